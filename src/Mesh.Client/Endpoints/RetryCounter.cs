namespace Mesh.Endpoints;

/// <summary>
/// How many retries of one cluster and routing priority are under way: waiting for their turn, or sent and not answered. Calls of every
/// snapshot share it, and take and give back without a lock.
/// </summary>
internal sealed class RetryCounter
{
    private int _count;

    /// <summary>The retries under way.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Counts one more while there are fewer than a limit.</summary>
    public bool TryTake(long limit)
    {
        int seen = Volatile.Read(ref _count);
        while (seen < limit)
        {
            int found = Interlocked.CompareExchange(ref _count, seen + 1, seen);
            if (found == seen)
                return true;
            seen = found;
        }

        return false;
    }

    /// <summary>One that was taken is over.</summary>
    public void Release() => Interlocked.Decrement(ref _count);
}
