namespace Mesh.Primitives;

/// <summary>
/// Envoy's fully jittered exponential back-off: before retry n (from 1) a wait drawn evenly from
/// [0, min((2^n - 1) * base, max)) (<c>RetryPolicy.RetryBackOff</c>).
/// </summary>
internal static class JitteredBackoff
{
    /// <param name="retry">The retry about to be made, from 1.</param>
    /// <param name="baseInterval">The base interval; Envoy's default is 25 ms.</param>
    /// <param name="maxInterval">The longest wait; Envoy's default is 10 times the base.</param>
    /// <param name="random">A number from 0 (inclusive) to 1 (exclusive).</param>
    public static TimeSpan Delay(int retry, TimeSpan baseInterval, TimeSpan maxInterval, double random)
    {
        // Beyond 2^30 every base of a millisecond or more has long met any maximum.
        double ceiling = Math.Min(((1L << Math.Min(retry, 30)) - 1) * (double)baseInterval.Ticks, maxInterval.Ticks);
        return TimeSpan.FromTicks((long)(ceiling * random));
    }
}
