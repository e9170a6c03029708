using System.Threading.Channels;
using Mesh.TestKit;

namespace Mesh.Client.Tests.Probing.Checks;

/// <summary>A clock that the test moves, and that tells when the next check is set: only then may it be moved on.</summary>
internal sealed class CheckTime : TimeProvider
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private readonly ManualTimeProvider _time = new();
    private readonly Channel<TimeSpan> _set = Channel.CreateUnbounded<TimeSpan>();

    public override long TimestampFrequency => _time.TimestampFrequency;

    /// <summary>Timers that wait.</summary>
    public int ArmedTimers => _time.ArmedTimers;

    public override long GetTimestamp() => _time.GetTimestamp();

    public override DateTimeOffset GetUtcNow() => _time.GetUtcNow();

    public void Advance(TimeSpan by) => _time.Advance(by);

    /// <summary>In how long the next check is due, once that is set.</summary>
    public async Task<TimeSpan> NextDueAsync() => await _set.Reader.ReadAsync().AsTask().WaitAsync(Limit, System);

    // Timeouts are armed as they are made; the timer of checks is set again and again.
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        dueTime == Timeout.InfiniteTimeSpan ? new Told(_time.CreateTimer(callback, state, dueTime, period), _set.Writer) : _time.CreateTimer(callback, state, dueTime, period);

    private sealed class Told(ITimer timer, ChannelWriter<TimeSpan> set) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            bool changed = timer.Change(dueTime, period);
            set.TryWrite(dueTime);
            return changed;
        }

        public void Dispose() => timer.Dispose();

        public ValueTask DisposeAsync() => timer.DisposeAsync();
    }
}
