using System.Diagnostics;
using Mesh.Endpoints;
using Mesh.Resources;

namespace Mesh.LoadBalancing;

/// <summary>One endpoint of a cluster as one snapshot sees it.</summary>
[DebuggerDisplay("{State.Address} {Resource.Health} priority {Priority}")]
internal sealed class Endpoint(EndpointResource resource, uint priority, string locality, EndpointState state)
{
    public EndpointResource Resource { get; } = resource;

    public uint Priority { get; } = priority;

    public string Locality { get; } = locality;

    public EndpointState State { get; } = state;

    /// <summary>Whether calls go there, by what its source says (<c>LbEndpoint.health_status</c>) and by outlier detection.</summary>
    public Availability Availability => State.IsEjected ? Availability.Unhealthy : Resource.Health switch
    {
        EndpointHealth.Unknown or EndpointHealth.Healthy => Availability.Healthy,
        EndpointHealth.Degraded => Availability.Degraded,
        _ => Availability.Unhealthy,
    };
}
