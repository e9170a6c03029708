using Mesh.Primitives;

namespace Mesh.Resources;

/// <summary><c>envoy.config.endpoint.v3.ClusterLoadAssignment</c>.</summary>
internal sealed record EndpointsResource(string Name, ValueList<LocalityEndpointsResource> Localities)
{
    /// <summary><c>policy.drop_overloads</c>: shares of the calls that are dropped, each drawn for in turn.</summary>
    public ValueList<DropOverloadResource> Drops { get; init; }

    /// <summary>Envoy's <see cref="OverprovisioningFactor"/>.</summary>
    public const uint DefaultOverprovisioning = 140;

    /// <summary>How far the healthy share of a priority may fall before calls spill over, in percent.</summary>
    public uint OverprovisioningFactor { get; init; } = DefaultOverprovisioning;

    /// <summary>Whether a priority's health counts endpoints by their weight.</summary>
    public bool WeightedPriorityHealth { get; init; }
}

/// <summary><c>ClusterLoadAssignment.Policy.DropOverload</c>.</summary>
/// <param name="Category">Its name, in load reports.</param>
/// <param name="PerMillion">How many of a million calls it drops.</param>
internal sealed record DropOverloadResource(string Category, uint PerMillion);

/// <summary><c>envoy.config.endpoint.v3.LocalityLbEndpoints</c>.</summary>
/// <param name="Locality"><c>region/zone/sub_zone</c>; empty when none was given.</param>
/// <param name="Priority">0 is used first.</param>
/// <param name="Endpoints">The endpoints, in order.</param>
internal sealed record LocalityEndpointsResource(string Locality, uint Priority, ValueList<EndpointResource> Endpoints)
{
    /// <summary><c>load_balancing_weight</c>, relative to the other localities of its priority; null when unset.</summary>
    public uint? Weight { get; init; }
}

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

    /// <summary>The DNS name that <see cref="Host"/> is an address of; empty where the host is what was configured.</summary>
    public string DnsName { get; init; } = "";

    /// <summary>The host that TLS sends and verifies where the cluster names no other: what was configured, and not what it was resolved to.</summary>
    public string ConfiguredHost => DnsName.Length > 0 ? DnsName : Host;

    /// <summary><c>load_balancing_weight</c>, relative to the other endpoints of its locality.</summary>
    public uint Weight { get; init; } = 1;

    /// <summary>What a hash ring knows it by instead of its address (metadata <c>envoy.lb: {hash_key}</c>, gRFC A76); empty for the address.</summary>
    public string HashKey { get; init; } = "";

    /// <summary>Its metadata <c>envoy.lb</c> beside that key, as a JSON object; empty for none.</summary>
    public string Metadata { get; init; } = "";

    /// <summary><c>Endpoint.health_check_config</c>; null where its checks are as its cluster's.</summary>
    public EndpointHealthCheckResource? HealthCheck { get; init; }

    /// <summary>Further addresses of the same endpoint (<c>Endpoint.additional_addresses</c>, gRFC A61). It goes by <see cref="Address"/> whichever is used.</summary>
    public ValueList<EndpointAddress> AdditionalAddresses { get; init; }

    /// <summary><c>127.0.0.1:5001</c>, <c>[::1]:5001</c> or <c>unix:/run/a.sock</c>.</summary>
    public string Address => AddressOf(Host, Port);

    /// <summary>An address as <see cref="Address"/> writes it.</summary>
    public static string AddressOf(string host, int port) => port == UnixSocket ? "unix:" + host : host.Contains(':') ? $"[{host}]:{port}" : $"{host}:{port}";
}

/// <summary>One address of an endpoint, with the host and port of <see cref="EndpointResource"/>.</summary>
internal readonly record struct EndpointAddress(string Host, int Port)
{
    public override string ToString() => EndpointResource.AddressOf(Host, Port);
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
