namespace Mesh.Policies.Faults;

/// <summary>How many calls of the process are under a fault; Envoy's <c>active_faults</c>. A call counts once, until it ends.</summary>
internal sealed class FaultCounter
{
    private int _active;

    /// <summary>Counts one more while there are fewer than a limit.</summary>
    public bool TryStart(uint? most)
    {
        int now = Interlocked.Increment(ref _active);
        if (now <= (most ?? uint.MaxValue))
            return true;
        Interlocked.Decrement(ref _active);
        return false;
    }

    public void End() => Interlocked.Decrement(ref _active);
}
