namespace Mesh.Calls;

/// <summary>
/// The token of a call with a limit that moves: the call's deadline, an attempt's, a silent read's. A limit that lies later than the
/// time the timer is armed for leaves the timer alone, which looks again when it fires; so most calls set a limit and touch no timer.
/// It knows nothing of its call, which an armed timer would else keep from the collector.
/// </summary>
internal sealed class CallTimer(TimeProvider timeProvider) : IDisposable
{
    private const long None = 0;
    private const long Fired = -1;

    /// <summary>A timer takes 49 days at most, and nobody waits longer.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(49);

    private readonly CancellationTokenSource _cancel = new();
    private readonly Lock _arming = new();
    private readonly long _tolerance = timeProvider.TimestampFrequency / 1000;
    private ITimer? _timer;

    /// <summary>The timestamp at which the token ends; <see cref="None"/>, or <see cref="Fired"/>, which nothing overwrites.</summary>
    private long _limit;

    /// <summary>The timestamp the timer is armed for. Written under the lock, which only arming takes.</summary>
    private long _due = long.MaxValue;

    public TimeProvider TimeProvider => timeProvider;

    public CancellationToken Token => _cancel.Token;

    /// <summary>Ends the token now.</summary>
    public void Cancel() => _cancel.Cancel();

    /// <summary>The timestamp of a time from now; at least 1.</summary>
    public long After(TimeSpan span) =>
        Math.Max(timeProvider.GetTimestamp() + (long)((span < Longest ? span : Longest).TotalSeconds * timeProvider.TimestampFrequency), 1);

    /// <summary>What is left until a timestamp, at least zero.</summary>
    public TimeSpan Until(long timestamp)
    {
        TimeSpan left = timeProvider.GetElapsedTime(timeProvider.GetTimestamp(), timestamp);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    /// <summary>Whether a timestamp has come. Timers count whole milliseconds, so one may fire early by less than that.</summary>
    public bool HasPassed(long timestamp) => timeProvider.GetTimestamp() + _tolerance > timestamp;

    /// <summary>Makes the token end at a timestamp, instead of any set before.</summary>
    public void Set(long limit)
    {
        long seen = Volatile.Read(ref _limit);
        while (seen != Fired)
        {
            long found = Interlocked.CompareExchange(ref _limit, limit, seen);
            if (found == seen)
            {
                if (limit > None && limit < Volatile.Read(ref _due))
                    ArmIfEarlier();
                return;
            }

            seen = found;
        }
    }

    /// <summary>Lifts the limit.</summary>
    public void Clear() => Set(None);

    /// <summary>Lifts the limit and tells whether the token can serve another call.</summary>
    public bool TryReset() =>
        (Volatile.Read(ref _limit) == None || Interlocked.Exchange(ref _limit, None) != Fired) && !_cancel.IsCancellationRequested;

    /// <summary>Stops the timer. The token is left as it is: somebody may be ending it at this moment.</summary>
    public void Dispose() => _timer?.Dispose();

    private void ArmIfEarlier()
    {
        lock (_arming)
        {
            long limit = Volatile.Read(ref _limit);
            if (limit > None && limit < _due)
                Arm(limit);
        }
    }

    private void Arm(long limit)
    {
        Volatile.Write(ref _due, limit);
        _timer ??= CreateTimer();
        _timer.Change(TimeSpan.FromMilliseconds(Math.Floor(Until(limit).TotalMilliseconds)), Timeout.InfiniteTimeSpan);
    }

    private ITimer CreateTimer()
    {
        // The first call's context must not live on in the timer of those that come after it.
        using AsyncFlowControl? _ = ExecutionContext.IsFlowSuppressed() ? null : ExecutionContext.SuppressFlow();
        return timeProvider.CreateTimer(static timer => ((CallTimer)timer!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private void OnTimer()
    {
        lock (_arming)
        {
            // A limit set before this is seen below; one set after it finds no timer armed, and arms it.
            Interlocked.Exchange(ref _due, long.MaxValue);
            while (true)
            {
                long limit = Volatile.Read(ref _limit);
                if (limit <= None)
                    return;
                if (!HasPassed(limit))
                {
                    Arm(limit);
                    return;
                }

                if (Interlocked.CompareExchange(ref _limit, Fired, limit) == limit)
                    break;
            }
        }

        _cancel.Cancel();
    }
}
