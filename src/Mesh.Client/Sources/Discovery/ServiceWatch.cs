using Mesh.Control;

namespace Mesh.Sources.Discovery;

/// <summary>
/// Watches one service until it is disposed. What ends or throws is watched anew after 1 s, then after twice as long each time up to 30 s, give or
/// take a fifth; a set begins that anew.
/// </summary>
internal sealed class ServiceWatch : IAsyncDisposable
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);
    private readonly CancellationTokenSource _stop = new();
    private readonly IEndpointDiscovery _discovery;
    private readonly string _service;
    private readonly ControlLoop _loop;
    private readonly Random _random;
    private readonly Action<IReadOnlyList<DiscoveredEndpoint>> _found;
    private readonly Action<string> _failed;
    private readonly Task _running;

    /// <param name="discovery">Whom to ask.</param>
    /// <param name="service">The service.</param>
    /// <param name="loop">The control loop.</param>
    /// <param name="random">Chance.</param>
    /// <param name="found">Told of each set, on the control loop.</param>
    /// <param name="failed">Told why there will be no more for now, on the control loop.</param>
    public ServiceWatch(
        IEndpointDiscovery discovery, string service, ControlLoop loop, Random random, Action<IReadOnlyList<DiscoveredEndpoint>> found, Action<string> failed)
    {
        _discovery = discovery;
        _service = service;
        _loop = loop;
        _random = random;
        _found = found;
        _failed = failed;
        _running = Task.Run(RunAsync);
    }

    /// <summary>Watches no more; ends when that has ended.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await _stop.CancelAsync().ConfigureAwait(false);
        }
        catch (AggregateException)
        {
            // A callback of the discovery's own failed; it is cancelled all the same.
        }

        await _running.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        TimeSpan wait = Shortest;
        while (!_stop.IsCancellationRequested)
        {
            bool heard = false;
            string why = "the watch ended";
            try
            {
                await WatchAsync(() => heard = true).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                why = e.Message;
            }

            if (_stop.IsCancellationRequested)
                return;
            Post(() => _failed(why));
            if (heard)
                wait = Shortest;
            await Task.Delay(wait * (0.8 + (0.4 * _random.NextDouble())), _loop.TimeProvider, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            wait = wait > Longest / 2 ? Longest : wait * 2;
        }
    }

    private async Task WatchAsync(Action heard)
    {
        IAsyncEnumerator<IReadOnlyList<DiscoveredEndpoint>> sets = _discovery.WatchAsync(_service, _stop.Token).GetAsyncEnumerator(_stop.Token);
        bool isIdle = true;
        try
        {
            while (true)
            {
                // One that does not look at its token is left behind: it must hold up nobody's end.
                Task<bool> next = sets.MoveNextAsync().AsTask();
                try
                {
                    if (!await next.WaitAsync(_stop.Token).ConfigureAwait(false))
                        return;
                }
                finally
                {
                    isIdle = next.IsCompleted;
                }

                heard();
                IReadOnlyList<DiscoveredEndpoint> set = sets.Current;
                Post(() => _found(set));
            }
        }
        finally
        {
            if (isIdle)
                await sets.DisposeAsync().ConfigureAwait(false);
        }
    }

    private void Post(Action item) => _loop.Post(() =>
    {
        if (!_stop.IsCancellationRequested)
            item();
    });
}
