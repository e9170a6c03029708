using Mesh.Control;
using Mesh.Endpoints;
using Mesh.LoadBalancing;
using Mesh.Resources;
using Mesh.Snapshots;

namespace Mesh.Probing.Checks;

/// <summary>
/// Keeps the endpoints of clusters with <c>health_checks</c> checked. Control loop only, but <see cref="DisposeAsync"/>.
/// </summary>
internal sealed class ActiveChecks(ControlLoop loop, Random random, CheckLog log) : IEndpointObserver, IAsyncDisposable
{
    private readonly HashSet<ClusterState> _clusters = [];
    private readonly List<Task> _ending = [];
    private bool _stopped;

    /// <summary>Makes what checks an endpoint.</summary>
    public Func<ProbeTarget, EndpointState, TimeProvider, Probe> CreateProbe { get; init; } = Probe.Create;

    /// <summary>Endpoints that wait for their first result.</summary>
    public FirstRound First { get; } = new();

    /// <inheritdoc/>
    public void Set(ClusterResource cluster, ClusterState state, TransportSettings transport, Endpoint[] endpoints, Endpoint[] before)
    {
        if (_stopped)
            return;
        if (cluster.HealthChecks.Count == 0)
        {
            Remove(state);
            return;
        }

        HashSet<EndpointState> serving = [];
        if (state.Checks is not ClusterChecks checks)
        {
            serving = [.. before.Select(endpoint => endpoint.State)];
            state.Checks = checks = new ClusterChecks(state, loop, random, log, First, CreateProbe);
            _clusters.Add(state);
        }

        checks.Set(cluster, transport, endpoints, serving);
    }

    /// <inheritdoc/>
    public void Remove(ClusterState state)
    {
        if (state.Checks is not ClusterChecks checks)
            return;
        state.Checks = null;
        _clusters.Remove(state);
        _ending.RemoveAll(task => task.IsCompleted);
        _ending.Add(checks.EndAsync());
    }

    /// <summary>Checks no endpoint any more; before <see cref="DisposeAsync"/> off the control loop.</summary>
    public void Stop()
    {
        _stopped = true;
        foreach (ClusterState state in _clusters.ToList())
            Remove(state);
    }

    /// <summary>Ends when no check is under way any more and all their connections are closed.</summary>
    public async ValueTask DisposeAsync() => await Task.WhenAll(_ending).ConfigureAwait(false);
}
