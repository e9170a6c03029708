using System.Threading.Channels;
using Mesh.Probing.Dns;
using Mesh.TestKit;

namespace Mesh.Client.Tests.Probing.Dns;

/// <summary>A clock that the test moves, and that tells when the next asking is set: only then may it be moved on.</summary>
internal sealed class DnsTime : TimeProvider
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

    /// <summary>In how long a name is asked for again, once that is set.</summary>
    public async Task<TimeSpan> NextDueAsync() => await _set.Reader.ReadAsync().AsTask().WaitAsync(Limit, System);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ITimer timer = _time.CreateTimer(callback, state, dueTime, period);

        // The other timers there are limit the wait for an answer.
        if (dueTime != DnsLookup.Limit)
            _set.Writer.TryWrite(dueTime);
        return timer;
    }
}
