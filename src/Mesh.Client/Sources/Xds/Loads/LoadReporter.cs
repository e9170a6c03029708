using Mesh.Control;
using Mesh.Snapshots;
using Mesh.Sources.Xds.Streams;
using Mesh.Wire.Discovery;
using Mesh.Wire.Grpc;

namespace Mesh.Sources.Xds.Loads;

/// <summary>
/// Reports to one control plane how the clusters fare that it wants to hear of (<c>Cluster.lrs_server.self</c>, LRS v3): a stream beside that of
/// ADS, on which the server says what it wants and how often.
/// </summary>
internal sealed class LoadReporter : IAsyncDisposable
{
    private readonly IAdsTransport _transport;
    private readonly NodeIdentity _node;
    private readonly ControlLoop _loop;
    private readonly Func<IEnumerable<Cluster>> _clusters;
    private readonly LoadCounts _counts;
    private readonly AdsBackoff _backoff;
    private readonly Action<string> _ended;
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _running;
    private string? _told;

    /// <param name="transport">The way to the server; not owned.</param>
    /// <param name="node">Who reports.</param>
    /// <param name="loop">The control loop.</param>
    /// <param name="clusters">The clusters that name this server; asked on the control loop.</param>
    /// <param name="random">For the jitter.</param>
    /// <param name="ended">Told on the control loop why reports have ended, unless it is why they ended last time.</param>
    public LoadReporter(IAdsTransport transport, NodeIdentity node, ControlLoop loop, Func<IEnumerable<Cluster>> clusters, Random random, Action<string> ended)
    {
        _transport = transport;
        _node = node;
        _loop = loop;
        _clusters = clusters;
        _ended = ended;
        _counts = new LoadCounts(loop.TimeProvider);
        _backoff = new AdsBackoff(loop.TimeProvider, random);
        _running = Task.Run(RunAsync);
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _ending.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_ending.IsCancellationRequested)
        {
            _backoff.OnOpening();
            bool heard = await ReportAsync().ConfigureAwait(false);
            TimeSpan wait = _backoff.Next(heard);
            if (!_ending.IsCancellationRequested && wait > TimeSpan.Zero)
                await Task.Delay(wait, _loop.TimeProvider, _ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>One stream from its opening to its end; whether the server has said anything on it.</summary>
    private async Task<bool> ReportAsync()
    {
        bool heard = false;
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(_ending.Token);
        try
        {
            IAdsStream stream = await _transport.OpenAsync(LoadReportCodec.Method, ended.Token).ConfigureAwait(false);
            await using (stream.ConfigureAwait(false))
            {
                try
                {
                    await stream.WriteAsync(LoadReportCodec.First(_node), ended.Token).ConfigureAwait(false);
                }
                catch (GrpcException)
                {
                    // A server that has ended the call already says why to whoever reads.
                }

                Task sending = Task.CompletedTask;
                var terms = new Terms();
                try
                {
                    while (await stream.ReadAsync(ended.Token).ConfigureAwait(false) is { } message)
                    {
                        if (LoadReportCodec.Read(message, out string malformed) is not { } wanted)
                        {
                            Tell($"the server sent a message that is no load report response: {malformed}");
                            return heard;
                        }

                        terms.Current = wanted;
                        if (!heard)
                            sending = SendAsync(stream, terms, ended.Token);
                        heard = true;
                        _told = null;
                    }

                    Tell("the server ended the stream");
                }
                finally
                {
                    await ended.CancelAsync().ConfigureAwait(false);
                    await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }
            }
        }
        catch (GrpcException e)
        {
            // A server without load reports says UNIMPLEMENTED; it is asked again, ever more seldom.
            Tell(e.Message);
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // Reports are wanted no more.
        }

        return heard;
    }

    private void Tell(string reason)
    {
        if (_told == reason || _ending.IsCancellationRequested)
            return;
        _told = reason;
        _loop.Post(() => _ended(reason));
    }

    private async Task SendAsync(IAdsStream stream, Terms terms, CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(terms.Current!.Interval, _loop.TimeProvider, cancellationToken).ConfigureAwait(false);
            LoadReportTerms wanted = terms.Current;
            IReadOnlyList<ClusterLoad> loads = await _loop.RunAsync(() => _counts.Take(_clusters().Where(cluster => wanted.Covers(cluster.Name)))).ConfigureAwait(false);
            await stream.WriteAsync(LoadReportCodec.Write(loads), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>What the server asked for last.</summary>
    private sealed class Terms
    {
        private volatile LoadReportTerms? _current;

        public LoadReportTerms? Current
        {
            get => _current;
            set => _current = value;
        }
    }
}
