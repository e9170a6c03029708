using Mesh.Endpoints;
using Mesh.LoadBalancing;
using Mesh.Resources;
using Mesh.Snapshots;
using Mesh.Sources.Xds.Streams;
using Mesh.Transport;
using Mesh.Wire.Grpc;
using Mesh.Wire.Orca;

namespace Mesh.Probing.Loads;

/// <summary>
/// The load reports of one endpoint, over a connection of its own for as long as the endpoint is there (gRFC A51). A stream that ends is opened again
/// after gRPC's back-off; a server that does not know the service is asked once.
/// </summary>
internal sealed class LoadStream : IAsyncDisposable
{
    /// <summary>A report is small; an endpoint decides how long it is.</summary>
    private const int MaxMessageBytes = 64 * 1024;

    private readonly CancellationTokenSource _stop = new();
    private readonly Endpoint _endpoint;
    private readonly string _cluster;
    private readonly TransportSettings _transport;
    private readonly WeightedRoundRobinResource _policy;
    private readonly TimeProvider _timeProvider;
    private readonly AdsBackoff _backoff;
    private readonly LoadLog _log;
    private readonly Task _running;

    public LoadStream(Endpoint endpoint, string cluster, TransportSettings transport, WeightedRoundRobinResource policy, TimeProvider timeProvider, Random random, LoadLog log)
    {
        _endpoint = endpoint;
        _cluster = cluster;
        _transport = transport;
        _policy = policy;
        _timeProvider = timeProvider;
        _backoff = new AdsBackoff(timeProvider, random);
        _log = log;
        _running = Task.Run(RunAsync);
    }

    /// <summary>Whether it is what an update asks for.</summary>
    public bool IsFor(Endpoint endpoint, TransportSettings transport, WeightedRoundRobinResource policy) =>
        endpoint.Resource.Equals(_endpoint.Resource) && ReferenceEquals(transport, _transport) && policy.Equals(_policy);

    /// <summary>Ends it; done when its connection is closed.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        bool fails = false;
        while (!_stop.IsCancellationRequested)
        {
            bool reported = false;
            string reason = "the server ended the stream";
            try
            {
                _backoff.OnOpening();
                await ReadAsync(() => reported = true).ConfigureAwait(false);
            }
            catch (GrpcException e) when (e.Status.Code == GrpcStatusCode.Unimplemented && !_stop.IsCancellationRequested)
            {
                _log.NoLoadService(_endpoint.State.Address, _cluster);
                return;
            }
            catch (Exception e)
            {
                reason = e.Message;
            }

            if (_stop.IsCancellationRequested)
                return;
            if (!reported && !fails)
                _log.LoadStreamFailed(_endpoint.State.Address, _cluster, reason);
            fails = !reported;
            await Task.Delay(_backoff.Next(reported), _timeProvider, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ReadAsync(Action reported)
    {
        var connections = new OpenConnections();
        try
        {
            using GrpcChannel channel = Channel(connections);
            GrpcStream stream = await channel.OpenAsync(OrcaService.Stream, _stop.Token).ConfigureAwait(false);
            await using (stream.ConfigureAwait(false))
            {
                try
                {
                    await stream.WriteAsync(OrcaService.Request(_policy.OobReportingPeriod), _stop.Token).ConfigureAwait(false);
                    await stream.CompleteAsync().ConfigureAwait(false);
                }
                catch (GrpcException)
                {
                    // A server that has ended the call already says why to whoever reads.
                }

                while (await stream.ReadAsync(_stop.Token).ConfigureAwait(false) is { } message)
                {
                    reported();
                    if (OrcaReader.Read(message.Span) is { } report)
                        WeightedRoundRobinPicker.WeightOf(_endpoint.State).Update(report, _policy, _timeProvider.GetTimestamp());
                }
            }
        }
        finally
        {
            connections.Close();
        }
    }

    private GrpcChannel Channel(OpenConnections connections)
    {
        // What becomes of the connection is no matter of the endpoint's own counters.
        EndpointResource resource = _endpoint.Resource;
        var state = new EndpointState(resource.Address) { Resolved = _endpoint.State.Resolved, AdditionalAddresses = _endpoint.State.AdditionalAddresses };
        var connector = new Connector(resource, state, _transport.For(UpstreamProtocol.Http2, []), connections, _timeProvider);
        return new GrpcChannel(new GrpcChannelSettings(new Uri($"{(_transport.Tls is null ? "http" : "https")}://endpoint"), connector.ConnectAsync)
        {
            Authority = ProbeAuthority.Of(resource.HostName, _cluster, resource),
            MaxMessageBytes = MaxMessageBytes,
            TimeProvider = _timeProvider,
        });
    }
}
