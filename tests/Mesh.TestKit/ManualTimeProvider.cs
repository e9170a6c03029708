namespace Mesh.TestKit;

/// <summary>
/// A clock that stands still until the test moves it. <see cref="Advance"/> fires every timer that falls due, in order of
/// due time and then of arming, on the caller's thread and with the clock at the timer's own due time.
/// </summary>
/// <remarks>
/// A timer armed with a due time of zero fires on the next <see cref="Advance"/>, be it by zero: a callback never runs inside
/// the call that arms its timer. What a callback throws comes out of <see cref="Advance"/>.
/// </remarks>
public sealed class ManualTimeProvider : TimeProvider
{
    // A real timestamp is never zero; starting there would hide code that takes zero for "never".
    private const long FirstTimestamp = TimeSpan.TicksPerDay;

    private readonly Lock _advancing = new();
    private readonly Lock _lock = new();
    private readonly SortedSet<ManualTimer> _armed = new(
        Comparer<ManualTimer>.Create(static (x, y) => (x.Due, x.Order).CompareTo((y.Due, y.Order))));
    private DateTimeOffset _utcAtFirstTimestamp;
    private long _timestamp = FirstTimestamp;
    private long _lastOrder;

    /// <summary>Starts the clock at 2030-01-01 00:00 UTC, or where the test says.</summary>
    public ManualTimeProvider(DateTimeOffset? start = null) =>
        _utcAtFirstTimestamp = (start ?? new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero)).ToUniversalTime();

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>Timers now waiting to fire: how a test knows that a loop has gone to sleep, or has left nothing behind.</summary>
    public int ArmedTimers
    {
        get { lock (_lock) return _armed.Count; }
    }

    /// <inheritdoc/>
    public override long GetTimestamp()
    {
        lock (_lock) return _timestamp;
    }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock) return _utcAtFirstTimestamp.AddTicks(_timestamp - FirstTimestamp);
    }

    /// <summary>Sets the wall clock alone, forwards or back, as an administrator would: timestamps and timers do not notice.</summary>
    public void SetUtcNow(DateTimeOffset value)
    {
        lock (_lock) _utcAtFirstTimestamp = value.ToUniversalTime().AddTicks(FirstTimestamp - _timestamp);
    }

    /// <summary>
    /// Moves the clock and fires what falls due on the way. Callers on several threads take turns; a callback may itself
    /// advance, arm or dispose, and the outer call still ends at its own target or later.
    /// </summary>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        lock (_advancing)
        {
            var target = GetTimestamp() + by.Ticks;
            while (TakeDue(target) is { } timer)
                timer.Fire();
        }
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private ManualTimer? TakeDue(long target)
    {
        lock (_lock)
        {
            if (_armed.Min is not { } timer || timer.Due > target)
            {
                _timestamp = Math.Max(_timestamp, target);
                return null;
            }

            _timestamp = Math.Max(_timestamp, timer.Due);
            _armed.Remove(timer);
            if (timer.Period > 0)
                Arm_NeedsLock(timer, timer.Due + timer.Period);
            return timer;
        }
    }

    private void Arm_NeedsLock(ManualTimer timer, long due)
    {
        timer.Due = due;
        timer.Order = ++_lastOrder;
        _armed.Add(timer);
    }

    private sealed class ManualTimer(ManualTimeProvider time, TimerCallback callback, object? state) : ITimer
    {
        private readonly ExecutionContext? _context = ExecutionContext.Capture();
        private bool _disposed;

        public long Due { get; set; }
        public long Order { get; set; }
        public long Period { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(dueTime, Timeout.InfiniteTimeSpan);
            ArgumentOutOfRangeException.ThrowIfLessThan(period, Timeout.InfiniteTimeSpan);
            lock (time._lock)
            {
                if (_disposed)
                    return false;

                // Out of the set before its sort key changes.
                time._armed.Remove(this);
                Period = Math.Max(period.Ticks, 0);
                if (dueTime != Timeout.InfiniteTimeSpan)
                    time.Arm_NeedsLock(this, time._timestamp + dueTime.Ticks);
                return true;
            }
        }

        public void Fire()
        {
            if (_context is null)
                callback(state);
            else
                ExecutionContext.Run(_context, static o => ((ManualTimer)o!).Call(), this);
        }

        public void Dispose()
        {
            lock (time._lock)
            {
                _disposed = true;
                time._armed.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Call() => callback(state);
    }
}
