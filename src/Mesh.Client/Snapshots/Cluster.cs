using System.Diagnostics;
using Mesh.Endpoints;
using Mesh.LoadBalancing;
using Mesh.Policies.Limits;
using Mesh.Resources;

namespace Mesh.Snapshots;

/// <summary>One cluster as one snapshot sees it. Its picker alone changes with the health of its endpoints.</summary>
[DebuggerDisplay("{Name} {Endpoints.Length} endpoints")]
internal sealed class Cluster
{
    private volatile Picker _picker;

    public Cluster(ClusterResource resource, EndpointsResource assignment, ClusterState state, TransportSettings transport, Endpoint[] endpoints)
    {
        Resource = resource;
        Assignment = assignment;
        State = state;
        Transport = transport;
        Endpoints = endpoints;
        Failure = resource.Unsupported;
        UsesHash = PickerFactory.UsesHash(resource.LoadBalancing);
        Aggregate = resource.Type == DiscoveryType.Aggregate && resource.Unsupported is null ? new Aggregate(resource) : null;
        ByReports = PickerFactory.ByReports(resource.LoadBalancing);
        RequestLimit = RequestLimit.Of(resource.CircuitBreakers);
        ConnectionLimit = ConnectionLimit.Of(resource.CircuitBreakers, highPriority: false);
        HighConnectionLimit = ConnectionLimit.Of(resource.CircuitBreakers, highPriority: true);
        lock (state.HealthLock)
        {
            _picker = MakePicker();
            state.HealthChanged = () => _picker = MakePicker();
        }
    }

    public string Name => Resource.Name;

    public ClusterResource Resource { get; }

    public EndpointsResource Assignment { get; }

    public ClusterState State { get; }

    public TransportSettings Transport { get; }

    public Endpoint[] Endpoints { get; }

    /// <summary>Chooses the endpoint of an attempt, by the state the endpoints are in now.</summary>
    public Picker Picker => _picker;

    /// <summary>Its choice among other clusters, which stand for it; null where it has endpoints of its own.</summary>
    public Aggregate? Aggregate { get; }

    /// <summary>The health of its priorities as it is now, in order.</summary>
    public PriorityHealth[] HealthOfPriorities() => PickerFactory.HealthOf(Resource, Endpoints);

    /// <summary>Whether its policy asks for a request's hash.</summary>
    public bool UsesHash { get; }

    /// <summary>The policy that goes by the load its endpoints report; null where none does.</summary>
    public WeightedRoundRobinResource? ByReports { get; }

    /// <summary>How many calls may be in flight to it.</summary>
    public RequestLimit RequestLimit { get; }

    /// <summary>How many connections its HTTP/1.1 calls may hold; null where nothing limits them but <see cref="RequestLimit"/>.</summary>
    public ConnectionLimit? ConnectionLimit { get; }

    /// <summary>The same of <c>RoutingPriority</c> HIGH.</summary>
    public ConnectionLimit? HighConnectionLimit { get; }

    /// <summary>Why no call can be sent to it; null when they can.</summary>
    public string? Failure { get; init; }

    public bool PlaintextAllowed => Resource.PlaintextAllowed;

    private Picker MakePicker()
    {
        var pickers = (PickerState)(State.Pickers ??= new PickerState(Random.Shared));
        return PickerFactory.Create(Resource, Assignment, Endpoints, State, pickers, Random.Shared);
    }
}
