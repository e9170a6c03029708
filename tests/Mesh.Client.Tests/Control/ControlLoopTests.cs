using Mesh.Control;
using Mesh.TestKit;
using Xunit;

namespace Mesh.Client.Tests.Control;

/// <summary>One item after the other, whatever they do.</summary>
public sealed class ControlLoopTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly RecordingLogger _logger = new();

    public void Dispose() => _logger.Dispose();

    [Fact]
    public async Task ItemsRunInTheOrderTheyWerePosted()
    {
        await using var loop = new ControlLoop(_time, _logger);
        var seen = new List<int>();
        for (int i = 0; i < 1000; i++)
        {
            int item = i;
            loop.Post(() => seen.Add(item));
        }

        Assert.Equal(1000, await loop.RunAsync(() => seen.Count));
        Assert.Equal(Enumerable.Range(0, 1000), seen);
    }

    [Fact]
    public async Task NoTwoItemsRunAtOnce()
    {
        await using var loop = new ControlLoop(_time, _logger);
        int running = 0, most = 0;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < 200; i++)
            {
                loop.Post(() =>
                {
                    most = Math.Max(most, Interlocked.Increment(ref running));
                    Interlocked.Decrement(ref running);
                });
            }
        })));
        Assert.Equal(1, await loop.RunAsync(() => most));
    }

    [Fact]
    public async Task AnItemThatThrowsIsLoggedAndTheNextOneRuns()
    {
        await using var loop = new ControlLoop(_time, _logger);
        loop.Post(() => throw new InvalidOperationException("planted"));
        Assert.Equal(1, await loop.RunAsync(() => 1));
        Assert.StartsWith("Error ControlItemFailed: ", Assert.Single(_logger.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhoWaitsGetsTheException()
    {
        await using var loop = new ControlLoop(_time, _logger);
        await Assert.ThrowsAsync<InvalidOperationException>(() => loop.RunAsync<int>(() => throw new InvalidOperationException("planted")));
        Assert.Empty(_logger.Lines);
    }

    [Fact]
    public async Task ItemsAreScheduledByTheClockGivenIn()
    {
        await using var loop = new ControlLoop(_time, _logger);
        int runs = 0;
        ITimer timer = loop.Schedule(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), () => runs++);
        var seen = new List<int>();
        for (int second = 0; second < 6; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            seen.Add(await loop.RunAsync(() => runs));
        }

        Assert.Equal([1, 1, 2, 2, 3, 3], seen);
        await timer.DisposeAsync();
        Assert.Equal(0, _time.ArmedTimers);
    }

    [Fact]
    public async Task DisposalRunsWhatWasPostedAndDropsWhatComesLater()
    {
        var loop = new ControlLoop(_time, _logger);
        int runs = 0;
        loop.Post(() => runs++);
        await loop.DisposeAsync();
        Assert.Equal(1, runs);
        loop.Post(() => runs++);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => loop.RunAsync(() => runs));
        Assert.Equal(1, runs);
    }
}
