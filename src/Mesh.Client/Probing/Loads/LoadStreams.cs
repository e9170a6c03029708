using Mesh.Endpoints;
using Mesh.LoadBalancing;
using Mesh.Resources;
using Mesh.Snapshots;

namespace Mesh.Probing.Loads;

/// <summary>
/// Asks the endpoints of clusters whose policy goes by it for their load, out of band (<c>enable_oob_load_report</c>, gRFC A58). Control loop only, but
/// <see cref="DisposeAsync"/>.
/// </summary>
internal sealed class LoadStreams(TimeProvider timeProvider, Random random, LoadLog log) : IEndpointObserver, IAsyncDisposable
{
    private readonly Dictionary<ClusterState, Dictionary<EndpointState, LoadStream>> _clusters = [];
    private readonly List<Task> _ending = [];
    private bool _stopped;

    /// <inheritdoc/>
    public void Set(ClusterResource cluster, ClusterState state, TransportSettings transport, Endpoint[] endpoints, Endpoint[] before)
    {
        if (_stopped)
            return;

        // Reports come over gRPC, which HTTP/1.1 cannot carry.
        if (PickerFactory.ByReports(cluster.LoadBalancing) is not { EnableOobLoadReport: true } policy || transport.Protocol == UpstreamProtocol.Http1)
        {
            Remove(state);
            return;
        }

        _clusters.TryGetValue(state, out Dictionary<EndpointState, LoadStream>? known);
        var streams = new Dictionary<EndpointState, LoadStream>(endpoints.Length);
        foreach (Endpoint endpoint in endpoints)
        {
            if (streams.ContainsKey(endpoint.State))
                continue;
            if (known is not null && known.TryGetValue(endpoint.State, out LoadStream? stream) && stream.IsFor(endpoint, transport, policy))
                known.Remove(endpoint.State);
            else
                stream = new LoadStream(endpoint, cluster.Name, transport, policy, timeProvider, random, log);
            streams.Add(endpoint.State, stream);
        }

        _clusters[state] = streams;
        if (known is not null)
            End(known.Values);
    }

    /// <inheritdoc/>
    public void Remove(ClusterState state)
    {
        if (_clusters.Remove(state, out Dictionary<EndpointState, LoadStream>? known))
            End(known.Values);
    }

    /// <summary>Asks no endpoint any more; before <see cref="DisposeAsync"/> off the control loop.</summary>
    public void Stop()
    {
        _stopped = true;
        foreach (ClusterState state in _clusters.Keys.ToList())
            Remove(state);
    }

    /// <summary>Ends when all streams have ended.</summary>
    public async ValueTask DisposeAsync() => await Task.WhenAll(_ending).ConfigureAwait(false);

    private void End(IEnumerable<LoadStream> streams)
    {
        _ending.RemoveAll(task => task.IsCompleted);
        foreach (LoadStream stream in streams)
            _ending.Add(stream.DisposeAsync().AsTask());
    }
}
