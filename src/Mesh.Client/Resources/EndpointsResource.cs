using Mesh.Primitives;

namespace Mesh.Resources;

/// <summary><c>envoy.config.endpoint.v3.ClusterLoadAssignment</c>.</summary>
internal sealed record EndpointsResource(string Name, ValueList<LocalityEndpointsResource> Localities);

/// <summary><c>envoy.config.endpoint.v3.LocalityLbEndpoints</c>.</summary>
/// <param name="Locality"><c>region/zone/sub_zone</c>; empty when none was given.</param>
/// <param name="Priority">0 is used first.</param>
/// <param name="Endpoints">The endpoints, in order.</param>
internal sealed record LocalityEndpointsResource(string Locality, uint Priority, ValueList<EndpointResource> Endpoints);

/// <summary><c>envoy.config.endpoint.v3.LbEndpoint</c>.</summary>
/// <param name="Host">An IP address, a DNS name (DNS clusters only), or the path of a Unix socket when <paramref name="Port"/> is <see cref="UnixSocket"/>.</param>
/// <param name="Port">The port, or <see cref="UnixSocket"/>.</param>
/// <param name="Health"><c>LbEndpoint.health_status</c>.</param>
internal sealed record EndpointResource(string Host, int Port, EndpointHealth Health = EndpointHealth.Unknown)
{
    /// <summary>The <see cref="Port"/> of an endpoint that is a Unix socket (<c>core.v3.Pipe</c>).</summary>
    public const int UnixSocket = -1;

    /// <summary>The name it goes by in <c>auto_host_rewrite</c>: <c>Endpoint.hostname</c>, else its DNS name; empty for none.</summary>
    public string HostName { get; init; } = "";

    /// <summary><c>127.0.0.1:5001</c>, <c>[::1]:5001</c> or <c>unix:/run/a.sock</c>.</summary>
    public string Address => Port == UnixSocket ? "unix:" + Host : Host.Contains(':') ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}

/// <summary><c>envoy.config.core.v3.HealthStatus</c>.</summary>
internal enum EndpointHealth : byte
{
    Unknown,
    Healthy,
    Unhealthy,
    Draining,
    Timeout,
    Degraded,
}
