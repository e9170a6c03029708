using Mesh.Primitives;

namespace Mesh.Resources;

/// <summary>One of <c>HttpConnectionManager.http_filters</c> that acts on calls (gRFC A39); the router is none of them.</summary>
/// <param name="Name">Its name, by which routes override it.</param>
/// <param name="Config">What it is configured with, which also says what kind it is.</param>
/// <param name="Disabled">It runs only where a route overrides it.</param>
internal sealed record HttpFilterResource(string Name, FilterConfigResource Config, bool Disabled);

/// <summary>What a filter is configured with.</summary>
internal abstract record FilterConfigResource;

/// <summary>A filter of the user's own, in a <c>TypedStruct</c> (gRFC A39).</summary>
/// <param name="TypeName">What stands behind the last slash of its type URL.</param>
/// <param name="Configuration">Its configuration, as JSON.</param>
/// <param name="Type">Makes the filter.</param>
internal sealed record CustomFilterResource(string TypeName, string Configuration, IHttpFilterType Type) : FilterConfigResource;

/// <summary><c>envoy.extensions.filters.http.fault.v3.HTTPFault</c> (gRFC A33).</summary>
internal sealed record FaultResource : FilterConfigResource
{
    public FaultDelayResource? Delay { get; init; }

    public FaultAbortResource? Abort { get; init; }

    public FaultRateLimitResource? ResponseRateLimit { get; init; }

    /// <summary>Only for calls to this cluster; empty for all.</summary>
    public string UpstreamCluster { get; init; } = "";

    /// <summary>Only for requests that match all of these.</summary>
    public ValueList<HeaderMatcherResource> Headers { get; init; }

    /// <summary>Only for requests whose <c>x-envoy-downstream-service-node</c> is one of these; none for all.</summary>
    public ValueList<string> DownstreamNodes { get; init; }

    /// <summary>How many calls may be under a fault at once; null for any number.</summary>
    public uint? MaxActiveFaults { get; init; }
}

/// <summary><c>envoy.extensions.filters.common.fault.v3.FaultDelay</c>.</summary>
/// <param name="Fixed">How long; null leaves it to the request's headers (<c>header_delay</c>).</param>
/// <param name="Percentage">The part of the requests.</param>
internal sealed record FaultDelayResource(TimeSpan? Fixed, FractionResource Percentage);

/// <summary><c>FaultAbort</c>. Neither status leaves it to the request's headers (<c>header_abort</c>).</summary>
/// <param name="HttpStatus"><c>http_status</c>.</param>
/// <param name="GrpcStatus"><c>grpc_status</c>.</param>
/// <param name="Percentage">The part of the requests.</param>
internal sealed record FaultAbortResource(int? HttpStatus, int? GrpcStatus, FractionResource Percentage);

/// <summary><c>envoy.extensions.filters.common.fault.v3.FaultRateLimit</c>.</summary>
/// <param name="Fixed">How fast, in KiB a second; null leaves it to the request's headers (<c>header_limit</c>).</param>
/// <param name="Percentage">The part of the requests.</param>
internal sealed record FaultRateLimitResource(ulong? Fixed, FractionResource Percentage);

/// <summary><c>envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit</c>.</summary>
internal sealed record LocalRateLimitResource : FilterConfigResource
{
    /// <summary>The calls there may be; null for any number.</summary>
    public TokenBucketResource? Bucket { get; init; }

    /// <summary>The part of the calls that are counted.</summary>
    public FractionResource Enabled { get; init; }

    /// <summary>The part of those too many that are refused.</summary>
    public FractionResource Enforced { get; init; }

    /// <summary>The HTTP status of a call that is refused.</summary>
    public int Status { get; init; }

    /// <summary>A gRPC call that is refused gets RESOURCE_EXHAUSTED in place of what stands for the HTTP status.</summary>
    public bool AsResourceExhausted { get; init; }

    /// <summary>What the answer of a call that is refused has beside.</summary>
    public HeaderMutationsResource Headers { get; init; } = HeaderMutationsResource.None;
}

/// <summary><c>envoy.type.v3.TokenBucket</c>.</summary>
internal sealed record TokenBucketResource(uint MaxTokens, uint TokensPerFill, TimeSpan FillInterval);

/// <summary><c>envoy.extensions.filters.http.stateful_session.v3.StatefulSession</c> (gRFC A55): a session stays on the endpoint that began it.</summary>
/// <param name="Name">The cookie or header that carries the session.</param>
/// <param name="ByHeader">A header (<c>HeaderBasedSessionState</c>), not a cookie (<c>CookieBasedSessionState</c>).</param>
internal sealed record StatefulSessionResource(string Name, bool ByHeader) : FilterConfigResource
{
    /// <summary>A session whose endpoint cannot be used fails, and does not move.</summary>
    public bool Strict { get; init; }

    /// <summary>How long the cookie lives; zero is for the client's session.</summary>
    public TimeSpan CookieTtl { get; init; }

    /// <summary>The paths that have sessions, and the cookie's own; empty for all.</summary>
    public string CookiePath { get; init; } = "";

    /// <summary>Further attributes of the cookie.</summary>
    public ValueList<KeyValuePair<string, string>> CookieAttributes { get; init; }
}
