using Mesh.Primitives;

namespace Mesh.Resources;

/// <summary><c>envoy.config.route.v3.RouteConfiguration</c>.</summary>
internal sealed record RouteConfigurationResource
{
    public required string Name { get; init; }

    public ValueList<VirtualHostResource> VirtualHosts { get; init; }

    public HeaderMutationsResource Headers { get; init; } = HeaderMutationsResource.None;

    /// <summary>Apply header mutations from the outside in, so that the most specific has the last word.</summary>
    public bool MostSpecificHeaderMutationsWins { get; init; }

    /// <summary>Whether a route to an unknown cluster refuses the configuration; null leaves it to the kind of source.</summary>
    public bool? ValidateClusters { get; init; }

    public bool IgnorePortInHostMatching { get; init; }

    /// <summary>Match paths without what follows a ';'.</summary>
    public bool IgnorePathParametersInPathMatching { get; init; }

    /// <summary>A header that gives the host to choose the virtual host by, in place of the authority; empty for none.</summary>
    public string VhostHeader { get; init; } = "";

    public ValueList<MirrorPolicyResource> MirrorPolicies { get; init; }

    public ValueList<FilterOverrideResource> FilterOverrides { get; init; }

    /// <summary>Tables are told apart by value; a hash over a whole one would cost as much as reading it.</summary>
    public override int GetHashCode() => HashCode.Combine(Name, VirtualHosts.Count);
}

/// <summary><c>envoy.config.route.v3.VirtualHost</c>.</summary>
internal sealed record VirtualHostResource
{
    public required string Name { get; init; }

    public ValueList<string> Domains { get; init; }

    public ValueList<RouteResource> Routes { get; init; }

    /// <summary>Chooses one of <see cref="MatcherRoutes"/>, in place of <see cref="Routes"/>; null where there is none.</summary>
    public MatcherResource? Matcher { get; init; }

    /// <summary>The lists of routes that <see cref="Matcher"/> leads to; in each the first that matches is taken.</summary>
    public ValueList<ValueList<RouteResource>> MatcherRoutes { get; init; }

    /// <summary>All its routes, of the list or of the tree.</summary>
    public IReadOnlyList<RouteResource> AllRoutes => Matcher is null ? Routes : [.. MatcherRoutes.SelectMany(routes => routes)];

    public HeaderMutationsResource Headers { get; init; } = HeaderMutationsResource.None;

    public RetryPolicyResource? RetryPolicy { get; init; }

    /// <summary>Tell the server which attempt it gets (<c>include_request_attempt_count</c>).</summary>
    public bool IncludeRequestAttemptCount { get; init; }

    /// <summary>Tell the caller how many attempts its answer took (<c>include_attempt_count_in_response</c>).</summary>
    public bool IncludeAttemptCountInResponse { get; init; }

    /// <summary>Which plaintext requests are redirected to https.</summary>
    public TlsRequirement RequireTls { get; init; }

    /// <summary>Names for parts of the traffic, the first that matches.</summary>
    public ValueList<VirtualClusterResource> VirtualClusters { get; init; }

    public ValueList<MirrorPolicyResource> MirrorPolicies { get; init; }

    public HedgePolicyResource? HedgePolicy { get; init; }

    public ValueList<RateLimitResource> RateLimits { get; init; }

    public ValueList<FilterOverrideResource> FilterOverrides { get; init; }

    public MetadataResource Metadata { get; init; } = MetadataResource.None;
}

/// <summary><c>VirtualHost.TlsRequirementType</c>.</summary>
internal enum TlsRequirement
{
    None,
    ExternalOnly,
    All,
}

/// <summary><c>envoy.config.route.v3.VirtualCluster</c>: all headers must match.</summary>
internal sealed record VirtualClusterResource(string Name, ValueList<HeaderMatcherResource> Headers);

/// <summary><c>envoy.config.route.v3.Route</c>.</summary>
internal sealed record RouteResource
{
    /// <summary>Its name; empty when none was given.</summary>
    public string Name { get; init; } = "";

    public required RouteMatchResource Match { get; init; }

    /// <summary>Forward to a cluster; <see cref="RouteActionResource.None"/> when the route answers by itself.</summary>
    public RouteActionResource Action { get; init; } = RouteActionResource.None;

    /// <summary>Answer with a redirect.</summary>
    public RedirectResource? Redirect { get; init; }

    /// <summary>Answer without a server.</summary>
    public DirectResponseResource? DirectResponse { get; init; }

    public HeaderMutationsResource Headers { get; init; } = HeaderMutationsResource.None;

    public ValueList<FilterOverrideResource> FilterOverrides { get; init; }

    public MetadataResource Metadata { get; init; } = MetadataResource.None;
}
