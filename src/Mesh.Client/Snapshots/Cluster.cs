using System.Diagnostics;
using Mesh.Endpoints;
using Mesh.LoadBalancing;
using Mesh.Matching;
using Mesh.Policies.Hashing;
using Mesh.Policies.Limits;
using Mesh.Primitives;
using Mesh.Resources;

namespace Mesh.Snapshots;

/// <summary>One cluster as one snapshot sees it. Its picker alone changes with the health of its endpoints.</summary>
[DebuggerDisplay("{Name} {Endpoints.Length} endpoints")]
internal sealed class Cluster
{
    private readonly LocalZones? _zones;
    private volatile Picker _picker;
    private volatile Dictionary<string, Endpoint>? _byAddress;

    public Cluster(ClusterResource resource, EndpointsResource assignment, ClusterState state, TransportSettings transport, Endpoint[] endpoints, LocalZones? zones = null)
    {
        _zones = zones;
        Resource = resource;
        Assignment = assignment;
        State = state;
        Transport = transport;
        Endpoints = endpoints;
        Failure = resource.Unsupported;
        UsesHash = PickerFactory.UsesHash(resource.LoadBalancing);
        HashHeader = PickerFactory.HashHeader(resource.LoadBalancing);
        Aggregate = resource.Type == DiscoveryType.Aggregate && resource.Unsupported is null ? new Aggregate(resource) : null;
        ByReports = PickerFactory.ByReports(resource.LoadBalancing);
        ByLatency = PickerFactory.ByLatency(resource.LoadBalancing);
        ReportedMetrics = ReportedMetrics.Of(resource);
        RequestLimit = RequestLimit.Of(resource.CircuitBreakers);
        ConnectionLimit = ConnectionLimit.Of(resource.CircuitBreakers, highPriority: false);
        HighConnectionLimit = ConnectionLimit.Of(resource.CircuitBreakers, highPriority: true);
        EndpointConnectionLimit = ConnectionLimit.OfEndpoint(resource.PerHostCircuitBreakers, resource.CircuitBreakers, highPriority: false);
        HighEndpointConnectionLimit = ConnectionLimit.OfEndpoint(resource.PerHostCircuitBreakers, resource.CircuitBreakers, highPriority: true);
        LimitsConnections = (ConnectionLimit ?? HighConnectionLimit ?? EndpointConnectionLimit ?? HighEndpointConnectionLimit) is not null;
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

    /// <summary>The request header that its policy hashes itself, whatever the route says (gRFC A76); null where the route's hash policies count.</summary>
    public string? HashHeader { get; }

    /// <summary>The hash that a request goes by; null where it has none.</summary>
    public ulong? HashOf(Route route, in RequestView request, HashInputs? inputs = null)
    {
        if (HashHeader is null)
            return route.HashOf(request, inputs);
        return request.Find(HashHeader) is { } value ? XxHash64.Hash(value) : null;
    }

    /// <summary>The policy that goes by the load its endpoints report; null where none does.</summary>
    public WeightedRoundRobinResource? ByReports { get; }

    /// <summary>What its endpoints say of their load that load reports pass on; null for nothing.</summary>
    public ReportedMetrics? ReportedMetrics { get; }

    /// <summary>The policy that goes by how long its endpoints take to answer; null where none does.</summary>
    public PeakEwmaResource? ByLatency { get; }

    /// <summary>How many calls may be in flight to it.</summary>
    public RequestLimit RequestLimit { get; }

    /// <summary>How many connections its HTTP/1.1 calls may hold; null where nothing limits them but <see cref="RequestLimit"/>.</summary>
    public ConnectionLimit? ConnectionLimit { get; }

    /// <summary>The same of <c>RoutingPriority</c> HIGH.</summary>
    public ConnectionLimit? HighConnectionLimit { get; }

    /// <summary>How many connections HTTP/1.1 calls may hold to each of its endpoints; null for any number.</summary>
    public ConnectionLimit? EndpointConnectionLimit { get; }

    /// <summary>The same of <c>RoutingPriority</c> HIGH.</summary>
    public ConnectionLimit? HighEndpointConnectionLimit { get; }

    /// <summary>Whether any of these four limits connections.</summary>
    public bool LimitsConnections { get; }

    /// <summary>Why no call can be sent to it; null when they can.</summary>
    public string? Failure { get; init; }

    public bool PlaintextAllowed => Resource.PlaintextAllowed;

    /// <summary>
    /// The endpoint of a session, by its address; null where there is none, or its state is none that sessions stay in
    /// (<c>CommonLbConfig.override_host_status</c>): UNKNOWN, HEALTHY and DEGRADED unless it is set, and for gRPC the first two (gRFC A55).
    /// </summary>
    public Endpoint? FindForSession(string address)
    {
        if (!(_byAddress ??= IndexOf(Endpoints)).TryGetValue(address, out Endpoint? endpoint) || endpoint.State.IsEjected)
            return null;
        EndpointHealth health = HealthOf(endpoint);
        bool stays = Resource.CommonLb?.OverrideHostStatus is { } states ? states.Contains(health)
            : health is EndpointHealth.Unknown or EndpointHealth.Healthy || (health == EndpointHealth.Degraded && Resource.PriorityMode == PriorityMode.Shares);
        return stays ? endpoint : null;
    }

    /// <summary>The state that active health checks and its source give it together, the worse of the two.</summary>
    private static EndpointHealth HealthOf(Endpoint endpoint) => endpoint.Availability switch
    {
        Availability.Unhealthy when endpoint.Configured != Availability.Unhealthy => EndpointHealth.Unhealthy,
        Availability.Degraded => EndpointHealth.Degraded,
        _ => endpoint.Resource.Health,
    };

    private static Dictionary<string, Endpoint> IndexOf(Endpoint[] endpoints)
    {
        var index = new Dictionary<string, Endpoint>(endpoints.Length, StringComparer.Ordinal);
        foreach (Endpoint endpoint in endpoints)
            index.TryAdd(endpoint.State.Address, endpoint);
        return index;
    }

    private Picker MakePicker()
    {
        if (_zones is not null && _zones.Cluster == Name)
            _zones.Update(Endpoints);
        var pickers = (PickerState)(State.Pickers ??= new PickerState(State.Random));
        return PickerFactory.Create(Resource, Assignment, Endpoints, State, pickers, State.Random, _zones);
    }
}
