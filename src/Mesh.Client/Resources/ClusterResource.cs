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

    /// <summary>How the names of its assignment are resolved; null unless it is STRICT_DNS or LOGICAL_DNS.</summary>
    public DnsSettingsResource? Dns { get; init; }

    /// <summary>Envoy's default is 5 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    public UpstreamProtocol Protocol { get; init; }

    /// <summary>The TLS transport socket; null is plaintext.</summary>
    public TlsContextResource? Tls { get; init; }

    /// <summary>How long a connection without calls is kept; null is Envoy's hour, zero is never closed.</summary>
    public TimeSpan? IdleTimeout { get; init; }

    /// <summary>How long a connection takes new calls; null or zero is for ever.</summary>
    public TimeSpan? MaxConnectionDuration { get; init; }

    /// <summary>How many calls a connection carries (<c>max_requests_per_connection</c>); 0 is any number.</summary>
    public uint MaxRequestsPerConnection { get; init; }

    /// <summary>How many connections there are to an endpoint for each call under way (<c>preconnect_policy.per_upstream_preconnect_ratio</c>); 1 opens none ahead.</summary>
    public double PreconnectRatio { get; init; } = 1;

    /// <summary><c>upstream_connection_options.tcp_keepalive</c>; null leaves it to the platform.</summary>
    public TcpKeepaliveResource? TcpKeepalive { get; init; }

    /// <summary><c>http2_protocol_options.connection_keepalive</c>; null sends no pings.</summary>
    public Http2KeepaliveResource? Http2Keepalive { get; init; }

    /// <summary><c>upstream_connection_options.happy_eyeballs_config</c>.</summary>
    public AddressOrderResource AddressOrder { get; init; } = AddressOrderResource.Default;

    /// <summary>Whether an https URL may be sent without TLS (metadata <c>mesh.sdk: {plaintext_allowed: true}</c>).</summary>
    public bool PlaintextAllowed { get; init; }

    /// <summary>
    /// Why no call can be sent by it though it was accepted: what it needs is known but not supported. Null where calls can be sent.
    /// </summary>
    public string? Unsupported { get; init; }

    /// <summary>The clusters of <c>envoy.clusters.aggregate</c>, in order of preference (gRFC A37); empty for other types.</summary>
    public ValueList<string> AggregateClusters { get; init; }

    /// <summary>Load is reported to the server that sent this cluster (<c>lrs_server.self</c>).</summary>
    public bool LrsServerSelf { get; init; }

    /// <summary>The ORCA metrics that load reports pass on (<c>lrs_report_endpoint_metrics</c>, gRFC A85).</summary>
    public ValueList<string> LrsReportEndpointMetrics { get; init; }

    public LoadBalancingPolicyResource LoadBalancing { get; init; } = RoundRobinResource.Default;

    public CommonLbResource? CommonLb { get; init; }

    public PriorityMode PriorityMode { get; init; }

    public OutlierDetectionResource? OutlierDetection { get; init; }

    /// <summary><c>health_checks</c>: an endpoint is healthy while none of them says otherwise.</summary>
    public ValueList<HealthCheckResource> HealthChecks { get; init; }

    /// <summary><c>circuit_breakers.thresholds</c>.</summary>
    public ValueList<CircuitBreakerResource> CircuitBreakers { get; init; }

    /// <summary><c>circuit_breakers.per_host_thresholds</c>.</summary>
    public ValueList<CircuitBreakerResource> PerHostCircuitBreakers { get; init; }
}

/// <summary>How calls go over from one priority to the next.</summary>
internal enum PriorityMode
{
    /// <summary>By share, as the healthy endpoints of a priority become too few for its load (Envoy: overprovisioning and panic).</summary>
    Shares,

    /// <summary>All at once, to the first priority with a usable endpoint (gRFC A56).</summary>
    FirstUsable,
}

/// <summary><c>Cluster.DiscoveryType</c>.</summary>
internal enum DiscoveryType
{
    Static,

    /// <summary>Each address of each of its names is an endpoint.</summary>
    StrictDns,

    /// <summary>Its name is the one endpoint, whose connections go where the name leads when they are made.</summary>
    LogicalDns,

    Eds,

    /// <summary><c>cluster_type</c> <c>envoy.clusters.aggregate</c>: the first of its clusters that can serve.</summary>
    Aggregate,

    /// <summary>One that this version cannot call: <see cref="ClusterResource.Unsupported"/> names it.</summary>
    Other,
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
