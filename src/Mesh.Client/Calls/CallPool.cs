namespace Mesh.Calls;

/// <summary>
/// Keeps ended calls for the next ones: a call carries a cancellation source with its timer and a finalizer, both dear to make and
/// cheap to keep. One a thread, for calls that end where they started, then some a processor, without a lock; what finds no place is
/// left to the collector.
/// </summary>
internal sealed class CallPool
{
    // An ended call knows nothing of its mesh, so what lies here keeps none alive.
    [ThreadStatic]
    private static Call? _ofThread;

    private readonly Slot[] _slots = new Slot[Math.Max(Environment.ProcessorCount, 1) * SlotsPerProcessor];

    private const int SlotsPerProcessor = 32;

    public Call Rent(TimeProvider timeProvider)
    {
        Call? own = _ofThread;
        if (own is not null && ReferenceEquals(own.TimeProvider, timeProvider))
        {
            _ofThread = null;
            return own;
        }

        int start = Start();
        for (int i = 0; i < SlotsPerProcessor; i++)
        {
            ref Call? slot = ref _slots[start + i].Call;
            if (slot is not null && Interlocked.Exchange(ref slot, null) is { } call)
                return call;
        }

        return new Call(timeProvider);
    }

    public void Return(Call call)
    {
        if (_ofThread is null)
        {
            _ofThread = call;
            return;
        }

        int start = Start();
        for (int i = 0; i < SlotsPerProcessor; i++)
        {
            ref Call? slot = ref _slots[start + i].Call;
            if (slot is null && Interlocked.CompareExchange(ref slot, call, null) is null)
                return;
        }

        call.Dispose();
    }

    private int Start() => (int)((uint)Thread.GetCurrentProcessorId() % (uint)(_slots.Length / SlotsPerProcessor)) * SlotsPerProcessor;

    private struct Slot
    {
        public Call? Call;
    }
}
