namespace Mesh.Calls;

/// <summary>
/// Keeps ended calls for the next ones: a call carries a cancellation source with its timer and a finalizer, both dear to make and
/// cheap to keep. One slot a processor, without a lock; what finds no place is left to the collector.
/// </summary>
internal sealed class CallPool
{
    private readonly Slot[] _slots = new Slot[Math.Max(Environment.ProcessorCount, 1) * SlotsPerProcessor];

    private const int SlotsPerProcessor = 32;

    public Call Rent(CallEngine engine)
    {
        int start = Start();
        for (int i = 0; i < SlotsPerProcessor; i++)
        {
            ref Call? slot = ref _slots[start + i].Call;
            if (slot is not null && Interlocked.Exchange(ref slot, null) is { } call)
                return call;
        }

        return new Call(engine);
    }

    public void Return(Call call)
    {
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
