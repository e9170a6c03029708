using Mesh.Endpoints;
using Mesh.LoadBalancing;
using Mesh.Matching;
using Mesh.Policies.Outliers;
using Mesh.Resources;
using Mesh.Snapshots;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mesh.Simulation;

/// <summary>One process: a snapshot of its own, with states of its own. It knows nothing of what other processes do, as a real one.</summary>
internal sealed class SimulatedClient : IEvent
{
    private const string Source = "simulation";

    private readonly Fleet _fleet;
    private readonly SnapshotStore _store;
    private MeshSnapshot? _snapshot;
    private Cluster _cluster = null!;
    private Route _route = null!;
    private int _left;

    public SimulatedClient(Fleet fleet, ResourceSet set)
    {
        _fleet = fleet;
        _store = new SnapshotStore(static _ => { }, new OutlierDetectors(fleet.Time, fleet.Random, new OutlierLog(NullLogger.Instance)));
        _store.Await(Source);
        Update(set);
    }

    public Cluster Cluster => _cluster;

    public Route Route => _route;

    /// <summary>The limit of a call; null for none.</summary>
    public TimeSpan? Timeout { get; private set; }

    /// <summary>Takes a configuration over, as one from a control plane: compiled whole, with the counters that there are.</summary>
    public void Update(ResourceSet set)
    {
        var errors = new ErrorCollector();
        if (!_store.Replace(Source, set, errors))
            throw new InvalidOperationException(string.Join("; ", errors.Items));
        _snapshot = _store.Current!;
        using var message = new HttpRequestMessage();
        var request = new RequestView("GET", "http", ServiceText.Host, "/", message.Headers, null);
        ListenerChoice choice = _snapshot.FindListener(request, ServiceText.Host, 80);
        _route = choice.Host!.Match(request)!;
        _cluster = _route.Choose(request, _fleet.Random).FindCluster(_snapshot, request)!;
        Timeout = _route.Timeout(grpc: false, choice.Listener!).Value;
    }

    /// <summary>The endpoint of a hash, without a call.</summary>
    public int IndexOf(ulong hash) => Fleet.IndexOf(_cluster.Picker.Pick(new PickContext(hash)).Endpoint!);

    /// <summary>How many attempts went to each endpoint, by the product's own counters.</summary>
    public IEnumerable<long> Counts => _cluster.Endpoints.Select(endpoint => endpoint.State.Calls);

    /// <summary>Makes calls, each once the one before has ended.</summary>
    public void Call(int times)
    {
        _left = times;
        OnCallEnded();
    }

    /// <summary>It is time for the next call of those that come by rate.</summary>
    public void Happen()
    {
        if (_fleet.NextArrival() is not { } next)
            return;
        _fleet.Time.After(next, this);
        _fleet.Take().Start(this);
    }

    /// <summary>A call has ended: the next of those that come in turn follows.</summary>
    public void OnCallEnded()
    {
        // A call that fails without an attempt ends within this one.
        if (_left == 0)
            return;
        _left--;
        _fleet.Time.After(0, new Next(this));
    }

    private sealed class Next(SimulatedClient client) : IEvent
    {
        public void Happen() => client._fleet.Take().Start(client);
    }
}
