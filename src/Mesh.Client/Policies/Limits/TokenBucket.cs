namespace Mesh.Policies.Limits;

/// <summary>
/// A token bucket that fills all the time (<c>envoy.type.v3.TokenBucket</c>), without a timer or a lock. What it holds follows from the moment at
/// which it would have been empty, which each token that is taken moves on.
/// </summary>
/// <param name="capacity">The most it holds, and what it holds at first.</param>
/// <param name="perSecond">What comes in.</param>
internal sealed class TokenBucket(double capacity, double perSecond)
{
    /// <summary>What the arithmetic of seconds may lose of a token.</summary>
    private const double Rounding = 1e-6;

    private long _emptyAt = BitConverter.DoubleToInt64Bits(double.NegativeInfinity);

    /// <summary>Takes a token; false where there is none.</summary>
    /// <param name="now">The time in seconds, since whenever.</param>
    public bool TryTake(double now)
    {
        while (true)
        {
            long emptyAt = Volatile.Read(ref _emptyAt);
            double tokens = Math.Min(capacity, (now - BitConverter.Int64BitsToDouble(emptyAt)) * perSecond);
            if (tokens < 1 - Rounding)
                return false;
            if (Interlocked.CompareExchange(ref _emptyAt, BitConverter.DoubleToInt64Bits(now - ((tokens - 1) / perSecond)), emptyAt) == emptyAt)
                return true;
        }
    }
}
