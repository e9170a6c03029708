using Mesh.Primitives;

namespace Mesh.Resources;

/// <summary><c>envoy.config.cluster.v3.Cluster</c>.</summary>
internal sealed record ClusterResource
{
    public required string Name { get; init; }

    public required DiscoveryType Type { get; init; }

    /// <summary>For EDS the name of its load assignment: <c>eds_cluster_config.service_name</c>, else the cluster's name.</summary>
    public string EndpointsName { get; init; } = "";

    /// <summary><c>load_assignment</c>; null for EDS.</summary>
    public EndpointsResource? LoadAssignment { get; init; }

    /// <summary>Envoy's default is 5 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    public UpstreamProtocol Protocol { get; init; }

    /// <summary>The TLS transport socket; null is plaintext.</summary>
    public TlsContextResource? Tls { get; init; }

    /// <summary>How long a connection without calls is kept; null is Envoy's hour, zero is never closed.</summary>
    public TimeSpan? IdleTimeout { get; init; }

    /// <summary>How long a connection takes new calls; null or zero is for ever.</summary>
    public TimeSpan? MaxConnectionDuration { get; init; }

    /// <summary>Whether load is reported to the control plane that gave it (<c>lrs_server.self</c>).</summary>
    public bool LrsServerSelf { get; init; }

    /// <summary>Whether an https URL may be sent without TLS (metadata <c>mesh.sdk: {plaintext_allowed: true}</c>).</summary>
    public bool PlaintextAllowed { get; init; }
}

/// <summary><c>Cluster.DiscoveryType</c>; both DNS types are resolved when a connection is made.</summary>
internal enum DiscoveryType
{
    Static,
    StrictDns,
    LogicalDns,
    Eds,
}

/// <summary>What is spoken to the endpoints (<c>HttpProtocolOptions.upstream_protocol_options</c>).</summary>
internal enum UpstreamProtocol
{
    /// <summary>Unset, or the caller's: HTTP/1.1, and HTTP/2 for gRPC content.</summary>
    Default,

    /// <summary><c>explicit_http_config.http_protocol_options</c>: HTTP/1.1 and nothing else.</summary>
    Http1,

    /// <summary><c>explicit_http_config.http2_protocol_options</c>: HTTP/2 and nothing else.</summary>
    Http2,

    /// <summary><c>auto_config</c>: what ALPN agrees on; without TLS HTTP/1.1.</summary>
    Auto,
}
