namespace Mesh.LoadBalancing;

/// <summary>Whether calls go to an endpoint.</summary>
internal enum Availability
{
    /// <summary>They do.</summary>
    Healthy,

    /// <summary>Only where there are not enough healthy ones.</summary>
    Degraded,

    /// <summary>They do not, unless nearly all are like that (panic).</summary>
    Unhealthy,
}
