using Mesh.Control;
using Mesh.Resources;
using Mesh.Snapshots;

namespace Mesh.Sources.Discovery;

/// <summary>
/// Feeds clusters of type EDS by the user's own discovery: those whose source is no control plane and whose load assignment nobody gives. A
/// cluster has no endpoints until its first set comes. Control loop only, but where said.
/// </summary>
internal sealed class DiscoveredClusters : IEndpointResolution, IAsyncDisposable
{
    private readonly IEndpointDiscovery _discovery;
    private readonly SnapshotStore _store;
    private readonly ControlLoop _loop;
    private readonly Random _random;
    private readonly DiscoveryLog _log;
    private readonly Dictionary<string, Service> _services = new(StringComparer.Ordinal);
    private readonly List<Task> _ending = [];
    private bool _stopped;

    public DiscoveredClusters(IEndpointDiscovery discovery, SnapshotStore store, ControlLoop loop, Random random, DiscoveryLog log)
    {
        _discovery = discovery;
        _store = store;
        _loop = loop;
        _random = random;
        _log = log;
    }

    /// <inheritdoc/>
    public EndpointsResource? Find(ClusterResource cluster) =>
        cluster.Type != DiscoveryType.Eds ? null
        : _services.TryGetValue(cluster.EndpointsName, out Service? service) ? service.Assignment
        : new EndpointsResource(cluster.EndpointsName, []);

    /// <inheritdoc/>
    public void Follow(MeshSnapshot snapshot, ResourceSet set)
    {
        if (_stopped)
            return;
        foreach (Service service in _services.Values)
            service.Clusters.Clear();
        foreach (Cluster? cluster in snapshot.Clusters)
        {
            if (cluster is { Failure: null } && set.LacksEndpoints(cluster.Resource))
                ServiceOf(cluster.Resource.EndpointsName).Clusters.Add(cluster.Name);
        }

        foreach (Service gone in _services.Values.Where(service => service.Clusters.Count == 0).ToList())
            End(gone);
    }

    /// <summary>Ends when the first word has come of every service that is watched now, good or bad. From anywhere.</summary>
    public async Task FirstSetsAsync() => await Task.WhenAll(await _loop.RunAsync(() => _services.Values.Select(service => service.First.Task).ToList()).ConfigureAwait(false)).ConfigureAwait(false);

    /// <summary>Watches no service any more; before <see cref="DisposeAsync"/> off the control loop.</summary>
    public void Stop()
    {
        _stopped = true;
        foreach (Service service in _services.Values.ToList())
            End(service);
    }

    /// <summary>Ends when no watch runs any more.</summary>
    public async ValueTask DisposeAsync() => await Task.WhenAll(_ending).ConfigureAwait(false);

    private Service ServiceOf(string name)
    {
        if (_services.TryGetValue(name, out Service? known))
            return known;
        var service = new Service(name);
        service.Watch = new ServiceWatch(_discovery, name, _loop, _random, set => OnFound(service, set), why => OnFailed(service, why));
        return _services[name] = service;
    }

    private void End(Service service)
    {
        _services.Remove(service.Name);
        service.First.TrySetResult();
        _ending.RemoveAll(task => task.IsCompleted);
        _ending.Add(service.Watch!.DisposeAsync().AsTask());
    }

    private void OnFound(Service service, IReadOnlyList<DiscoveredEndpoint> set)
    {
        EndpointsResource? assignment = DiscoveredSet.ToAssignment(service.Name, set, out IReadOnlyList<string> errors);
        if (assignment is null)
        {
            _log.Refused(service.Name, errors);
        }
        else
        {
            if (service.IsFailing)
                _log.Returned(service.Name, set.Count);
            service.IsFailing = false;
            service.Assignment = assignment;
            _store.Resolve(service.Clusters);
        }

        service.First.TrySetResult();
    }

    private void OnFailed(Service service, string why)
    {
        if (!service.IsFailing)
            _log.Failed(service.Name, why);
        service.IsFailing = true;
        service.First.TrySetResult();
    }

    /// <summary>One service, and the clusters it feeds.</summary>
    private sealed class Service(string name)
    {
        public string Name => name;

        public List<string> Clusters { get; } = [];

        public EndpointsResource Assignment { get; set; } = new(name, []);

        public TaskCompletionSource First { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ServiceWatch? Watch { get; set; }

        public bool IsFailing { get; set; }
    }
}
