using Mesh.TestKit;

namespace Mesh.Client.Tests.Sources.Xds.Fakes;

/// <summary>A clock of the test's that knows when its next timer is due, and how many loops sleep by it.</summary>
internal sealed class VirtualTime : TimeProvider
{
    private readonly ManualTimeProvider _inner = new();
    private readonly Lock _lock = new();
    private readonly HashSet<Timer> _armed = [];

    public override long TimestampFrequency => _inner.TimestampFrequency;

    /// <summary>Timers that wait to fire.</summary>
    public int Armed
    {
        get { lock (_lock) return _armed.Count; }
    }

    /// <summary>Tasks that wait in <see cref="Task.Delay(TimeSpan, TimeProvider)"/>.</summary>
    public int Sleeping
    {
        get { lock (_lock) return _armed.Count(timer => timer.IsSleep); }
    }

    /// <summary>When the next timer fires, as a timestamp; null for never.</summary>
    public long? NextDue
    {
        get { lock (_lock) return _armed.Count == 0 ? null : _armed.Min(timer => timer.Due); }
    }

    public override long GetTimestamp() => _inner.GetTimestamp();

    public override DateTimeOffset GetUtcNow() => _inner.GetUtcNow();

    public void Advance(TimeSpan by) => _inner.Advance(by);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state);
        timer.Start(dueTime, period);
        return timer;
    }

    private sealed class Timer(VirtualTime time, TimerCallback callback, object? state) : ITimer
    {
        private ITimer? _inner;

        // The state of a timer of Task.Delay is its task.
        public bool IsSleep => state is Task;

        public long Due { get; private set; }

        // Counted only once it runs: who finds it counted may let the time pass at once, which it must not miss.
        public void Start(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._lock)
            {
                _inner = time._inner.CreateTimer(_ => Fire(), null, dueTime, period);
                Arm(dueTime);
            }
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._lock)
            {
                bool changed = _inner!.Change(dueTime, period);
                Arm(dueTime);
                return changed;
            }
        }

        public void Dispose()
        {
            Disarm();
            _inner?.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Fire()
        {
            Disarm();
            callback(state);
        }

        private void Arm(TimeSpan dueTime)
        {
            Due = time.GetTimestamp() + dueTime.Ticks;
            if (dueTime == Timeout.InfiniteTimeSpan)
                time._armed.Remove(this);
            else
                time._armed.Add(this);
        }

        private void Disarm()
        {
            lock (time._lock)
                time._armed.Remove(this);
        }
    }
}
