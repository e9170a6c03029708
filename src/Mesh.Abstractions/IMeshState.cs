namespace Mesh;

/// <summary>
/// A read-only view of what the mesh knows right now: where its configuration came from, what it was compiled to, and what of
/// it has no effect. Each property is taken from the published snapshot when read; reading changes nothing and may be done from
/// any thread.
/// </summary>
public interface IMeshState
{
    /// <summary>The number of the published snapshot: 0 before the first, then rising by one with each publication.</summary>
    long Version { get; }

    /// <summary>Whether a snapshot has been published, so that calls can be routed.</summary>
    bool IsReady { get; }

    /// <summary>The sources of configuration, in the order they were added.</summary>
    IReadOnlyList<SourceView> Sources { get; }

    /// <summary>The listeners, by name.</summary>
    IReadOnlyList<ListenerView> Listeners { get; }

    /// <summary>The route configurations, by name.</summary>
    IReadOnlyList<RouteConfigurationView> Routes { get; }

    /// <summary>The clusters, by name, each with its endpoints.</summary>
    IReadOnlyList<ClusterView> Clusters { get; }

    /// <summary>Fields that were understood but have no effect, each with its place and path.</summary>
    IReadOnlyList<string> IgnoredFields { get; }

    /// <summary>The control planes that are spoken to, the preferred one first; empty where there are none.</summary>
    IReadOnlyList<ControlPlaneView> ControlPlanes { get; }

    /// <summary>
    /// The resources that control planes were asked for, by type and name, as they were received: what a client status discovery
    /// service (CSDS) tells.
    /// </summary>
    IReadOnlyList<ResourceView> Resources { get; }
}

/// <summary>One control plane.</summary>
/// <param name="Server">Where it is, as the bootstrap writes it.</param>
/// <param name="IsConnected">Whether a stream to it is open.</param>
/// <param name="IsDelta">Whether the delta variant of the protocol is spoken.</param>
/// <param name="Identifier">Who answers, as it says itself; null when it does not.</param>
/// <param name="LastError">Why the last stream ended or could not be opened; null once a response came on the present one.</param>
public sealed record ControlPlaneView(string Server, bool IsConnected, bool IsDelta, string? Identifier, string? LastError);

/// <summary>One resource that a control plane was asked for.</summary>
/// <param name="Type">Its type URL, as <c>type.googleapis.com/envoy.config.cluster.v3.Cluster</c>.</param>
/// <param name="Name">Its name.</param>
/// <param name="Status">
/// Its <c>ClientResourceStatus</c>: <c>REQUESTED</c>, <c>DOES_NOT_EXIST</c>, <c>ACKED</c>, <c>NACKED</c>, <c>RECEIVED_ERROR</c> or <c>TIMEOUT</c>.
/// </param>
/// <param name="Version">The version in use; null when there is none.</param>
/// <param name="UpdatedAt">When the content in use was taken over; null when there is none.</param>
public sealed record ResourceView(string Type, string Name, string Status, string? Version, DateTimeOffset? UpdatedAt)
{
    /// <summary>Why there is no content, or no newer one; null when all is well.</summary>
    public string? Error { get; init; }

    /// <summary>The version that was refused last; null when the newest is in use.</summary>
    public string? RejectedVersion { get; init; }

    /// <summary>When that was; null when the newest is in use.</summary>
    public DateTimeOffset? RejectedAt { get; init; }

    /// <summary>Whether the content is the last known good from disk, which no control plane has confirmed since the start.</summary>
    public bool IsStale { get; init; }

    /// <summary>The message as received, in protobuf's wire form; empty when there is none, and for whatever holds a key.</summary>
    public ReadOnlyMemory<byte> Raw { get; init; }

    /// <summary>Its fields that have no effect, each with its path.</summary>
    public IReadOnlyList<string> IgnoredFields { get; init; } = [];
}

/// <summary>One source of configuration.</summary>
/// <param name="Name">Its name, as <c>file mesh.yaml</c>.</param>
/// <param name="Version">What identifies the content in use: for a text the first 12 hex digits of its SHA-256; null before the first good load.</param>
/// <param name="LoadedAt">When the content in use was taken over; null before the first good load.</param>
/// <param name="Age">How long ago that was; null before the first good load.</param>
/// <param name="Errors">Why the newest content was refused; empty when it is the one in use.</param>
public sealed record SourceView(string Name, string? Version, DateTimeOffset? LoadedAt, TimeSpan? Age, IReadOnlyList<string> Errors)
{
    /// <summary>Whether any of it is the last known good from disk, which no control plane has confirmed since the start.</summary>
    public bool IsStale { get; init; }
}

/// <summary>One listener.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Port">The port of its address; null for an API listener.</param>
/// <param name="RouteConfiguration">The name of its route configuration.</param>
public sealed record ListenerView(string Name, int? Port, string RouteConfiguration);

/// <summary>One route configuration.</summary>
/// <param name="Name">Its name.</param>
/// <param name="VirtualHosts">Its virtual hosts, in order.</param>
public sealed record RouteConfigurationView(string Name, IReadOnlyList<VirtualHostView> VirtualHosts);

/// <summary>One virtual host.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Domains">The host patterns that lead to it.</param>
/// <param name="Routes">Its routes, in the order they are tried.</param>
public sealed record VirtualHostView(string Name, IReadOnlyList<string> Domains, IReadOnlyList<RouteView> Routes);

/// <summary>One route.</summary>
/// <param name="Name">Its name, or its position as <c>routes[3]</c>.</param>
/// <param name="Match">What it matches, in words.</param>
/// <param name="Clusters">The clusters it leads to with their weights; one cluster has weight 1.</param>
public sealed record RouteView(string Name, string Match, IReadOnlyDictionary<string, long> Clusters);

/// <summary>One cluster.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Protocol">The protocol spoken to its endpoints: <c>http1</c>, <c>http2</c>, <c>auto</c>, or <c>default</c> (HTTP/1.1, HTTP/2 for gRPC).</param>
/// <param name="Tls">Whether its connections are TLS.</param>
/// <param name="InFlight">Calls that have not ended: a call ends when its response body ends.</param>
/// <param name="Endpoints">Its endpoints, by priority.</param>
public sealed record ClusterView(string Name, string Protocol, bool Tls, int InFlight, IReadOnlyList<EndpointView> Endpoints)
{
    /// <summary>Why no call can be sent to it; null when they can.</summary>
    public string? Error { get; init; }
}

/// <summary>One endpoint.</summary>
/// <param name="Address">Its address, as <c>127.0.0.1:5001</c>, <c>[::1]:5001</c>, <c>db.internal:80</c> or <c>unix:/run/a.sock</c>.</param>
/// <param name="Health">The health its source gave: <c>unknown</c>, <c>healthy</c>, <c>unhealthy</c>, <c>draining</c>, <c>timeout</c> or <c>degraded</c>.</param>
/// <param name="Priority">Its priority; 0 is used first.</param>
/// <param name="Locality">Its locality as <c>region/zone/sub_zone</c>; empty when none was given.</param>
/// <param name="InFlight">Calls on it that have not ended.</param>
/// <param name="Calls">Attempts sent to it since it became known.</param>
/// <param name="ConnectFailures">Connections to it that failed since it became known.</param>
public sealed record EndpointView(string Address, string Health, int Priority, string Locality, int InFlight, long Calls, long ConnectFailures)
{
    /// <summary>Whether outlier detection keeps calls away from it for now.</summary>
    public bool IsEjected { get; init; }

    /// <summary>
    /// What the active health checks say: <c>healthy</c>, <c>degraded</c>, <c>unhealthy</c>, or <c>unchecked</c> before their first result; null
    /// when it is not checked.
    /// </summary>
    public string? ActiveHealth { get; init; }

    /// <summary>Where new connections go, as <c>10.0.0.1:80</c>, for the one endpoint of a LOGICAL_DNS cluster; null when it is just its address.</summary>
    public string? ConnectsTo { get; init; }
}
