namespace Mesh.Simulation;

/// <summary>Something that happens at a moment.</summary>
internal interface IEvent
{
    void Happen();
}

/// <summary>
/// A clock that goes from event to event, in order of their moments and of those of one moment in the order they were planned. It has no timers: neither have the
/// parts that are simulated, which this shows.
/// </summary>
internal sealed class VirtualTime : TimeProvider
{
    // A real timestamp is never zero.
    private const long Start = TimeSpan.TicksPerDay;

    private readonly PriorityQueue<IEvent, Moment> _events = new();
    private long _planned;

    /// <summary>The time since the start, in ticks.</summary>
    public long Now { get; private set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long GetTimestamp() => Start + Now;

    public override DateTimeOffset GetUtcNow() => new(Start + Now, TimeSpan.Zero);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        throw new NotSupportedException("The call path has no timers.");

    /// <summary>Plans an event, so many ticks from now.</summary>
    public void After(long ticks, IEvent what) => _events.Enqueue(what, new Moment(Now + ticks, _planned++));

    /// <summary>Lets everything happen that is planned up to a time, and stands there; without one until nothing is planned any more.</summary>
    public void Run(long until = long.MaxValue)
    {
        while (_events.TryPeek(out IEvent? next, out Moment at) && at.Due <= until)
        {
            _events.Dequeue();
            Now = at.Due;
            next.Happen();
        }

        if (until != long.MaxValue)
            Now = until;
    }

    private readonly record struct Moment(long Due, long Order) : IComparable<Moment>
    {
        public int CompareTo(Moment other) => Due != other.Due ? Due.CompareTo(other.Due) : Order.CompareTo(other.Order);
    }
}
