namespace Mesh.Primitives;

/// <summary>
/// Work that falls due again and again and has no timer: whoever comes by once it is due does it, one thread at a time, and the others go on.
/// Times are timestamps of one clock. It is due at first.
/// </summary>
internal struct DueTime
{
    private long _due;
    private int _busy;

    /// <summary>Whether it is due and the caller is to do it; <see cref="End"/> must follow then.</summary>
    public bool TryBegin(long now) => now >= Volatile.Read(ref _due) && Interlocked.CompareExchange(ref _busy, 1, 0) == 0;

    /// <summary>It is done, and due again at a time; <see cref="long.MaxValue"/> is never.</summary>
    public void End(long next)
    {
        Volatile.Write(ref _due, next);
        Volatile.Write(ref _busy, 0);
    }
}
