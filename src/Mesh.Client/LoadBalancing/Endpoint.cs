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

    // Beside the endpoint, where a walk over ten thousand of them finds it in passing.
    public uint Weight { get; } = resource.Weight;

    /// <summary>Whether calls go there, by what its source says (<c>LbEndpoint.health_status</c>).</summary>
    public Availability Configured { get; } = resource.Health switch
    {
        EndpointHealth.Unknown or EndpointHealth.Healthy => Availability.Healthy,
        EndpointHealth.Degraded => Availability.Degraded,
        _ => Availability.Unhealthy,
    };

    /// <summary>Whether calls go there, by its source, by outlier detection and by active health checks.</summary>
    public Availability Availability
    {
        get
        {
            ActiveHealth active = State.ActiveHealth;
            if (State.IsEjected || active.HasFlag(ActiveHealth.Failed))
                return Availability.Unhealthy;
            return Configured == Availability.Healthy && active.HasFlag(ActiveHealth.Degraded) ? Availability.Degraded : Configured;
        }
    }

    /// <summary>Whether it counts among the endpoints of its priority.</summary>
    public bool Counts => !State.ActiveHealth.HasFlag(ActiveHealth.Excluded);
}
