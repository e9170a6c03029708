using Mesh.Calls;
using Mesh.TestKit;
using Xunit;

namespace Mesh.Client.Tests.Calls;

/// <summary>A limit that moves, on a timer that is touched as seldom as can be.</summary>
public sealed class CallTimerTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly CallTimer _timer;

    public CallTimerTests() => _timer = new CallTimer(_time);

    public void Dispose() => _timer.Dispose();

    [Fact]
    public void ItEndsTheTokenAtTheLimit()
    {
        Set(10);
        Pass(9.9);
        Assert.False(_timer.Token.IsCancellationRequested);
        Pass(0.1);
        Assert.True(_timer.Token.IsCancellationRequested);
    }

    [Fact]
    public void ALaterLimitIsKeptThoughTheTimerFiresForTheEarlier()
    {
        Set(10);
        Pass(9);
        Set(10);
        Pass(9.9);
        Assert.False(_timer.Token.IsCancellationRequested);
        Pass(0.1);
        Assert.True(_timer.Token.IsCancellationRequested);
    }

    [Fact]
    public void AnEarlierLimitIsKeptThoughTheTimerWasArmedForALater()
    {
        Set(10);
        Set(2);
        Pass(2);
        Assert.True(_timer.Token.IsCancellationRequested);
    }

    [Fact]
    public void ALiftedLimitEndsNothingAndLeavesNoTimerInTheEnd()
    {
        Set(10);
        _timer.Clear();
        Pass(10);
        Assert.False(_timer.Token.IsCancellationRequested);
        Assert.Equal(0, _time.ArmedTimers);
        Set(3);
        Pass(3);
        Assert.True(_timer.Token.IsCancellationRequested);
    }

    /// <summary>The next call has its own limit, and the first one's time passing must not end it.</summary>
    [Fact]
    public void AResetOneServesTheNextCall()
    {
        Set(10);
        Pass(5);
        Assert.True(_timer.TryReset());
        Set(10);
        Pass(5);
        Assert.False(_timer.Token.IsCancellationRequested);
        Pass(5);
        Assert.True(_timer.Token.IsCancellationRequested);
    }

    [Fact]
    public void OneThatFiredServesNoOther()
    {
        Set(1);
        Pass(1);
        _timer.Clear();
        Assert.False(_timer.TryReset());
    }

    [Fact]
    public void OneThatWasCancelledServesNoOther()
    {
        _timer.Cancel();
        Assert.False(_timer.TryReset());
    }

    [Fact]
    public void ManyCallsInARowCostOneTimerEach15Seconds()
    {
        for (int i = 0; i < 1000; i++)
        {
            Set(15);
            Pass(0.01);
            Assert.Equal(1, _time.ArmedTimers);
            Assert.True(_timer.TryReset());
        }

        Assert.False(_timer.Token.IsCancellationRequested);
    }

    /// <summary>Threads that set and lift limits while the timer fires: the last limit set is kept, whatever the order.</summary>
    [Fact]
    public async Task TheLastLimitCountsWhateverRuns()
    {
        for (int round = 0; round < 200; round++)
        {
            using var timer = new CallTimer(_time);
            timer.Set(timer.After(TimeSpan.FromSeconds(1)));
            Task clock = Task.Run(() => Pass(0.999));
            Task setter = Task.Run(() =>
            {
                for (int i = 0; i < 50; i++)
                    timer.Set(timer.After(TimeSpan.FromSeconds(1 + (i % 3))));
                timer.Set(timer.After(TimeSpan.FromSeconds(2)));
            });
            await Task.WhenAll(clock, setter);
            Assert.False(timer.Token.IsCancellationRequested);
            Pass(2.001);
            Assert.True(timer.Token.IsCancellationRequested);
        }
    }

    private void Set(double seconds) => _timer.Set(_timer.After(TimeSpan.FromSeconds(seconds)));

    private void Pass(double seconds) => _time.Advance(TimeSpan.FromSeconds(seconds));
}
