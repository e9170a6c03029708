using Mesh.Primitives;

namespace Mesh.Resources;

/// <summary><c>envoy.config.route.v3.RouteAction</c>.</summary>
internal sealed record RouteActionResource
{
    public static readonly RouteActionResource None = new();

    /// <summary><c>Route.non_forwarding_action</c>: a server's. A client's calls on the route fail (gRFC A36).</summary>
    public static readonly RouteActionResource OfServers = new() { MissingSpecifier = "non_forwarding_action" };

    /// <summary>The clusters by weight; <c>RouteAction.cluster</c> is one of weight 1.</summary>
    public ValueList<WeightedClusterResource> Clusters { get; init; }

    /// <summary>Whether <see cref="Clusters"/> was given as <c>weighted_clusters</c>.</summary>
    public bool IsWeighted { get; init; }

    /// <summary>A request header that names the cluster; empty for none.</summary>
    public string ClusterHeader { get; init; } = "";

    /// <summary>A request header whose number chooses among the weights; empty for chance (<c>WeightedCluster.header_name</c>).</summary>
    public string WeightHeader { get; init; } = "";

    /// <summary>Choose among the weights by the hash of the request, where it has one (<c>WeightedCluster.use_hash_policy</c>).</summary>
    public bool WeightsByHash { get; init; }

    /// <summary>
    /// Chooses one of <see cref="Clusters"/>, none of them weighted (<c>envoy.extensions.router.cluster_specifiers.matcher.v3</c>); null
    /// where weights choose.
    /// </summary>
    public MatcherResource? ClusterMatcher { get; init; }

    /// <summary>The type of an optional cluster specifier that this version does not have: calls on the route fail. Empty for none.</summary>
    public string MissingSpecifier { get; init; } = "";

    /// <summary>What a request is hashed by.</summary>
    public ValueList<HashPolicyResource> HashPolicies { get; init; }

    /// <summary>What the metadata <c>envoy.lb</c> of endpoints is to hold, as a JSON object (<c>metadata_match</c>); empty for nothing.</summary>
    public string MetadataMatch { get; init; } = "";

    /// <summary>The status of calls to a cluster that is not known.</summary>
    public int ClusterNotFoundStatus { get; init; } = 503;

    /// <summary>Replaces the matched prefix or path; empty for none.</summary>
    public string PrefixRewrite { get; init; } = "";

    public RegexRewriteResource? RegexRewrite { get; init; }

    /// <summary>A URI template that makes the path of the variables of the one that matched; empty for none.</summary>
    public string PathTemplateRewrite { get; init; } = "";

    /// <summary>A format that makes the path, which keeps its query; empty for none.</summary>
    public string PathRewriteFormat { get; init; } = "";

    /// <summary>A format that makes the authority; empty for none.</summary>
    public string HostRewriteFormat { get; init; } = "";

    /// <summary>Replaces the authority; empty for none.</summary>
    public string HostRewriteLiteral { get; init; } = "";

    /// <summary>A request header whose value replaces the authority; empty for none.</summary>
    public string HostRewriteHeader { get; init; } = "";

    /// <summary>Makes the authority of the path.</summary>
    public RegexRewriteResource? HostRewritePathRegex { get; init; }

    /// <summary>The authority is the name of the endpoint that is picked, where it has one.</summary>
    public bool AutoHostRewrite { get; init; }

    /// <summary>Put the authority that is replaced at the end of <c>x-forwarded-host</c>.</summary>
    public bool AppendForwardedHost { get; init; }

    /// <summary>The whole call with its retries; null is Envoy's 15 s for HTTP, zero is off. gRPC calls do not read it (gRFC A31).</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary><c>RoutingPriority.HIGH</c>, which has limits of its own.</summary>
    public bool IsHighPriority { get; init; }

    /// <summary>How long a stream may be silent; null leaves it to the listener, zero is off.</summary>
    public TimeSpan? IdleTimeout { get; init; }

    /// <summary><c>MaxStreamDuration.max_stream_duration</c>; null leaves it to the listener, zero is off (gRFC A31).</summary>
    public TimeSpan? MaxStreamDuration { get; init; }

    /// <summary><c>MaxStreamDuration.grpc_timeout_header_max</c>; null when unset, zero leaves the caller's deadline alone (gRFC A31).</summary>
    public TimeSpan? GrpcTimeoutHeaderMax { get; init; }

    public RetryPolicyResource? RetryPolicy { get; init; }

    /// <summary>Which redirects the mesh follows itself; null for none.</summary>
    public InternalRedirectResource? InternalRedirect { get; init; }

    /// <summary>Where copies go; of the route, else of the virtual host, else of the route configuration.</summary>
    public ValueList<MirrorPolicyResource> MirrorPolicies { get; init; }

    /// <summary>Of the route, else of the virtual host.</summary>
    public HedgePolicyResource? HedgePolicy { get; init; }

    public ValueList<RateLimitResource> RateLimits { get; init; }

    public ValueList<UpgradeResource> Upgrades { get; init; }
}

/// <summary><c>envoy.config.route.v3.WeightedCluster.ClusterWeight</c>.</summary>
internal sealed record WeightedClusterResource(string Name, uint Weight)
{
    /// <summary>A request header that names the cluster, in place of <see cref="Name"/>; empty for none.</summary>
    public string ClusterHeader { get; init; } = "";

    public HeaderMutationsResource Headers { get; init; } = HeaderMutationsResource.None;

    /// <summary>The same as the route's <see cref="RouteActionResource.MetadataMatch"/>, over which it counts; empty for nothing.</summary>
    public string MetadataMatch { get; init; } = "";

    /// <summary>Replaces the authority, where no rewrite of the route does; empty for none.</summary>
    public string HostRewriteLiteral { get; init; } = "";

    public ValueList<FilterOverrideResource> FilterOverrides { get; init; }
}

/// <summary><c>envoy.config.route.v3.RetryPolicy</c>.</summary>
internal sealed record RetryPolicyResource
{
    /// <summary>
    /// Whose rules the calls of gRPC clients follow; plain HTTP follows Envoy's in either. It is an option of the mesh and nothing that a
    /// policy says, so it is not public: differences between policies leave it out.
    /// </summary>
    internal XdsDialect Dialect { get; init; }

    public RetryConditions RetryOn { get; init; }

    /// <summary>Retries beyond the first attempt; Envoy's default is 1.</summary>
    public uint NumRetries { get; init; } = 1;

    /// <summary>The limit of one attempt; null or zero is the route's timeout.</summary>
    public TimeSpan? PerTryTimeout { get; init; }

    public ValueList<uint> RetriableStatusCodes { get; init; }

    /// <summary>Of a response, any of which makes it one to retry (<c>retriable-headers</c>).</summary>
    public ValueList<HeaderMatcherResource> RetriableHeaders { get; init; }

    /// <summary>Of a request, one of which it must have to be sent again; none asks for nothing.</summary>
    public ValueList<HeaderMatcherResource> RetriableRequestHeaders { get; init; }

    /// <summary>How long an attempt may be silent; null or zero is off.</summary>
    public TimeSpan? PerTryIdleTimeout { get; init; }

    /// <summary>Which endpoints a retry passes over (<c>retry_host_predicate</c>).</summary>
    public ValueList<HostPredicateResource> HostPredicates { get; init; }

    /// <summary>Which priorities a retry passes over (<c>retry_priority</c>); null for none.</summary>
    public RetryPriorityResource? Priority { get; init; }

    /// <summary>How often a retry picks anew when a predicate passes over what was picked.</summary>
    public uint HostSelectionMaxAttempts { get; init; } = 1;

    /// <summary>What a server that limits its rate says of when to come back; null asks for nothing.</summary>
    public RateLimitedBackOffResource? RateLimited { get; init; }

    /// <summary>Envoy's default is 25 ms.</summary>
    public TimeSpan BaseInterval { get; init; } = TimeSpan.FromMilliseconds(25);

    /// <summary>Envoy's default is 10 times the base.</summary>
    public TimeSpan MaxInterval { get; init; } = TimeSpan.FromMilliseconds(250);
}

/// <summary>The conditions of <c>RetryPolicy.retry_on</c> (Envoy's <c>x-envoy-retry-on</c> and <c>x-envoy-retry-grpc-on</c>; gRFC A44).</summary>
[Flags]
internal enum RetryConditions
{
    None = 0,
    ServerError = 1 << 0,
    GatewayError = 1 << 1,
    Reset = 1 << 2,
    ConnectFailure = 1 << 3,
    RefusedStream = 1 << 4,
    Retriable4xx = 1 << 5,
    RetriableStatusCodes = 1 << 6,
    RetriableHeaders = 1 << 7,
    ResetBeforeRequest = 1 << 8,
    EnvoyRateLimited = 1 << 9,

    /// <summary>Known, and never the case: there is no HTTP/3.</summary>
    Http3PostConnectFailure = 1 << 10,
    GrpcCancelled = 1 << 16,
    GrpcDeadlineExceeded = 1 << 17,
    GrpcInternal = 1 << 18,
    GrpcResourceExhausted = 1 << 19,
    GrpcUnavailable = 1 << 20,
}
