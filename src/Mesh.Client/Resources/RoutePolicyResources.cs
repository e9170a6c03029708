using Mesh.Primitives;

namespace Mesh.Resources;

/// <summary><c>RouteAction.HashPolicy</c>: one of the things a request is hashed by.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Name">The header in lower case, the cookie, the query parameter, or the key of the filter state.</param>
/// <param name="Terminal">Stop here when there is a hash.</param>
internal sealed record HashPolicyResource(HashPolicyKind Kind, string Name, bool Terminal)
{
    /// <summary>The filter state of gRFC A42, the only one a client has: it stands for the process.</summary>
    public const string ChannelId = "io.grpc.channel_id";

    /// <summary>What a header's value becomes first.</summary>
    public RegexRewriteResource? Rewrite { get; init; }

    /// <summary>Make a cookie of this life when the request has none; zero is for the session, null makes none.</summary>
    public TimeSpan? CookieTtl { get; init; }

    public string CookiePath { get; init; } = "";

    public ValueList<KeyValuePair<string, string>> CookieAttributes { get; init; }
}

/// <summary><c>RouteAction.HashPolicy.policy_specifier</c>.</summary>
internal enum HashPolicyKind
{
    Header,
    Cookie,
    SourceIp,
    QueryParameter,
    FilterState,

    /// <summary>A policy that hashes nothing (<c>connection_properties</c> without <c>source_ip</c>).</summary>
    None,
}

/// <summary><c>envoy.config.route.v3.InternalRedirectPolicy</c>: which redirects of a server the mesh follows itself.</summary>
internal sealed record InternalRedirectResource
{
    public uint MaxRedirects { get; init; } = 1;

    /// <summary>Of 301, 302, 303, 307 and 308.</summary>
    public ValueList<uint> Statuses { get; init; } = [302];

    public bool AllowCrossScheme { get; init; }

    /// <summary><c>safe_cross_scheme</c>: never from https to http.</summary>
    public bool SafeCrossScheme { get; init; }

    /// <summary><c>previous_routes</c>: never to a route that the request has been on.</summary>
    public bool NotToPreviousRoutes { get; init; }

    /// <summary><c>allow_listed_routes</c>: only to these; null for any.</summary>
    public ValueList<string>? AllowedRoutes { get; init; }

    /// <summary>Headers of the redirect that the next request takes over, in lower case.</summary>
    public ValueList<string> HeadersToCopy { get; init; }
}

/// <summary><c>RouteAction.RequestMirrorPolicy</c>.</summary>
internal sealed record MirrorPolicyResource
{
    /// <summary>The cluster; empty when a header names it.</summary>
    public string Cluster { get; init; } = "";

    /// <summary>A request header that names the cluster, in lower case; empty for none.</summary>
    public string ClusterHeader { get; init; } = "";

    /// <summary>The part of the requests; null for all.</summary>
    public FractionResource? Fraction { get; init; }

    /// <summary>Of that part; a client has no runtime to override it.</summary>
    public string RuntimeKey { get; init; } = "";

    /// <summary>Null leaves it to tracing.</summary>
    public bool? TraceSampled { get; init; }

    public bool KeepsHost { get; init; }

    public string HostRewriteLiteral { get; init; } = "";

    public HeaderMutationsResource Headers { get; init; } = HeaderMutationsResource.None;
}

/// <summary><c>envoy.config.route.v3.HedgePolicy</c>.</summary>
internal sealed record HedgePolicyResource(uint InitialRequests, FractionResource AdditionalRequestChance, bool OnPerTryTimeout);

/// <summary><c>RouteAction.UpgradeConfig</c>.</summary>
internal sealed record UpgradeResource(string Type, bool Enabled, bool Connects, bool AllowsPost);

/// <summary><c>envoy.config.route.v3.RateLimit</c>, its actions as they were given.</summary>
internal sealed record RateLimitResource(uint Stage, string DisableKey, ValueList<RateLimitActionResource> Actions);

/// <summary><c>RateLimit.Action</c>: the member that is set, and its content as JSON.</summary>
internal sealed record RateLimitActionResource(string Kind, string Value);

/// <summary>
/// One entry of <c>typed_per_filter_config</c>: what a filter, by the name it has in the listener, is told on this way (gRFC A39).
/// </summary>
/// <param name="Filter">The filter's name.</param>
/// <param name="TypeName">The full name of its configuration's type; empty for none.</param>
/// <param name="Disabled">The filter does not run on this way.</param>
internal sealed record FilterOverrideResource(string Filter, string TypeName, bool Disabled)
{
    /// <summary>What the filter is configured with on this way; null leaves it as it is.</summary>
    public FilterConfigResource? Config { get; init; }
}

/// <summary><c>Metadata.filter_metadata</c>: a JSON object for each namespace.</summary>
internal sealed record MetadataResource(ValueList<KeyValuePair<string, string>> Namespaces)
{
    public static readonly MetadataResource None = new(default(ValueList<KeyValuePair<string, string>>));
}

/// <summary><c>RetryPolicy.RateLimitedRetryBackOff</c>.</summary>
internal sealed record RateLimitedBackOffResource(ValueList<ResetHeaderResource> ResetHeaders, TimeSpan MaxInterval);

/// <summary><c>RetryPolicy.ResetHeader</c>: seconds to wait, or the time to wait for.</summary>
internal sealed record ResetHeaderResource(string Name, bool IsUnixTime);

/// <summary><c>RetryPolicy.RetryHostPredicate</c>: what makes an endpoint one that a retry passes over.</summary>
/// <param name="Kind">Which predicate.</param>
/// <param name="Metadata">For <see cref="HostPredicateKind.OmitHostMetadata"/> what an endpoint's <c>envoy.lb</c> holds, as a JSON object; empty otherwise.</param>
internal sealed record HostPredicateResource(HostPredicateKind Kind, string Metadata = "");

/// <summary>The extensions of <c>envoy.extensions.retry.host</c>.</summary>
internal enum HostPredicateKind
{
    /// <summary><c>previous_hosts</c>: those that the call has been on.</summary>
    PreviousHosts,

    /// <summary><c>omit_canary_hosts</c>: those whose metadata says <c>envoy.lb: {canary: true}</c>.</summary>
    OmitCanaryHosts,

    /// <summary><c>omit_host_metadata</c>: those whose metadata holds all that is given.</summary>
    OmitHostMetadata,
}

/// <summary><c>RetryPolicy.RetryPriority</c> of type <c>previous_priorities</c>.</summary>
/// <param name="UpdateFrequency">After how many attempts the priorities are weighed anew.</param>
internal sealed record RetryPriorityResource(uint UpdateFrequency);
