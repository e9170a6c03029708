using System.Diagnostics;
using Mesh.Endpoints;
using Mesh.LoadBalancing;
using Mesh.Resources;

namespace Mesh.Snapshots;

/// <summary>One cluster as one snapshot sees it.</summary>
[DebuggerDisplay("{Name} {Endpoints.Length} endpoints")]
internal sealed class Cluster(
    ClusterResource resource, EndpointsResource assignment, ClusterState state, TransportSettings transport, Endpoint[] endpoints)
{
    public string Name => Resource.Name;

    public ClusterResource Resource { get; } = resource;

    public EndpointsResource Assignment { get; } = assignment;

    public ClusterState State { get; } = state;

    public TransportSettings Transport { get; } = transport;

    public Endpoint[] Endpoints { get; } = endpoints;

    /// <summary>Chooses the endpoint of an attempt, by the state the endpoints are in.</summary>
    public Picker Picker { get; } = MakePicker(resource, assignment, state, endpoints);

    /// <summary>Whether its policy asks for a request's hash.</summary>
    public bool UsesHash { get; } = PickerFactory.UsesHash(resource.LoadBalancing);

    /// <summary>Why no call can be sent to it; null when they can.</summary>
    public string? Failure { get; init; } = resource.Unsupported;

    public bool PlaintextAllowed => Resource.PlaintextAllowed;

    private static Picker MakePicker(ClusterResource resource, EndpointsResource assignment, ClusterState state, Endpoint[] endpoints)
    {
        lock (state)
        {
            state.Pickers ??= new PickerState(Random.Shared);
            return PickerFactory.Create(resource, assignment, endpoints, state, (PickerState)state.Pickers, Random.Shared);
        }
    }
}
