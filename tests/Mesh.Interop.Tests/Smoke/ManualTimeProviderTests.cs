using Mesh.TestKit;

namespace Mesh.Interop.Tests.Smoke;

public class ManualTimeProviderTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void TimersFireInOrderOfDueTimeEachAtItsOwnInstant()
    {
        var fired = new List<(string, TimeSpan)>();
        var start = _time.GetTimestamp();
        using var late = Arm("late", 3 * Second);
        using var early = Arm("early", Second);
        using var same = Arm("same", Second);
        using var after = Arm("after", 4 * Second);

        _time.Advance(3 * Second);

        Assert.Equal([("early", Second), ("same", Second), ("late", 3 * Second)], fired);
        Assert.Equal(1, _time.ArmedTimers);

        ITimer Arm(string name, TimeSpan due) =>
            _time.CreateTimer(_ => fired.Add((name, _time.GetElapsedTime(start))), null, due, Timeout.InfiniteTimeSpan);
    }

    [Fact]
    public void APeriodicTimerFiresOncePerPeriodUntilDisposed()
    {
        var count = 0;
        var timer = _time.CreateTimer(_ => count++, null, Second, 2 * Second);
        _time.Advance(5 * Second);
        Assert.Equal(3, count);

        timer.Dispose();
        _time.Advance(5 * Second);
        Assert.Equal(3, count);
        Assert.False(timer.Change(Second, Second));
        Assert.Equal(0, _time.ArmedTimers);
    }

    [Fact]
    public void ZeroFiresOnTheNextAdvanceAndNeverInsideTheCallThatArms()
    {
        var count = 0;
        using var timer = _time.CreateTimer(_ => count++, null, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        Assert.Equal(0, count);
        _time.Advance(TimeSpan.Zero);
        Assert.Equal(1, count);
    }

    [Fact]
    public void ACallbackMayArmChangeAndAdvance()
    {
        var start = _time.GetTimestamp();
        var chain = 0;
        ITimer? timer = null;
        timer = _time.CreateTimer(
            _ =>
            {
                chain++;
                timer!.Change(Second, Timeout.InfiniteTimeSpan);
                if (chain == 2)
                    _time.Advance(Second);
            },
            null,
            Second,
            Timeout.InfiniteTimeSpan);
        _time.Advance(4 * Second);
        timer.Dispose();

        Assert.Equal(4, chain);
        Assert.Equal(4 * Second, _time.GetElapsedTime(start));
    }

    [Fact]
    public void SteppingTheWallClockMovesNeitherTimestampsNorTimers()
    {
        var fired = false;
        using var timer = _time.CreateTimer(_ => fired = true, null, Second, Timeout.InfiniteTimeSpan);
        var stamp = _time.GetTimestamp();
        var then = new DateTimeOffset(2020, 5, 1, 12, 0, 0, TimeSpan.FromHours(2));
        _time.SetUtcNow(then);

        Assert.Equal(then, _time.GetUtcNow());
        Assert.Equal(stamp, _time.GetTimestamp());
        Assert.False(fired);

        _time.Advance(Second);
        Assert.Equal(then + Second, _time.GetUtcNow());
        Assert.True(fired);
    }

    [Fact]
    public async Task TheRuntimesWaitsObeyIt()
    {
        var delay = Task.Delay(Second, _time);
        using var source = new CancellationTokenSource(2 * Second, _time);
        _time.Advance(Second);
        await delay;
        Assert.False(source.IsCancellationRequested);
        _time.Advance(Second);
        Assert.True(source.IsCancellationRequested);
    }

    [Fact]
    public void AnAdvanceOfAnotherThreadWaitsForItsTurn()
    {
        var start = _time.GetTimestamp();
        var other = new Thread(() => _time.Advance(Second));
        var overtaken = false;
        using var timer = _time.CreateTimer(
            _ =>
            {
                other.Start();
                SpinWait.SpinUntil(() => (other.ThreadState & (ThreadState.WaitSleepJoin | ThreadState.Stopped)) != 0);
                overtaken = other.ThreadState.HasFlag(ThreadState.Stopped);
            },
            null,
            Second,
            Timeout.InfiniteTimeSpan);
        _time.Advance(Second);
        other.Join();

        Assert.False(overtaken);
        Assert.Equal(2 * Second, _time.GetElapsedTime(start));
    }

    [Fact]
    public void ACallbackRunsInTheContextThatMadeItsTimer()
    {
        var local = new AsyncLocal<string> { Value = "maker" };
        string? seen = null;
        using var timer = _time.CreateTimer(_ => seen = local.Value, null, Second, Timeout.InfiniteTimeSpan);
        local.Value = "advancer";
        _time.Advance(Second);
        Assert.Equal("maker", seen);
    }
}
