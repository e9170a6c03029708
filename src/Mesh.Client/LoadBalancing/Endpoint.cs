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

    /// <summary>Whether new calls may go there: UNKNOWN, HEALTHY and DEGRADED may (<c>LbEndpoint.health_status</c>).</summary>
    public bool IsUsable => Resource.Health is EndpointHealth.Unknown or EndpointHealth.Healthy or EndpointHealth.Degraded;
}
