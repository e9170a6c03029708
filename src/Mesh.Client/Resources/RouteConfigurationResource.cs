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
}

/// <summary><c>envoy.config.route.v3.VirtualHost</c>.</summary>
internal sealed record VirtualHostResource
{
    public required string Name { get; init; }

    public ValueList<string> Domains { get; init; }

    public ValueList<RouteResource> Routes { get; init; }

    public HeaderMutationsResource Headers { get; init; } = HeaderMutationsResource.None;

    public RetryPolicyResource? RetryPolicy { get; init; }
}

/// <summary><c>envoy.config.route.v3.Route</c>.</summary>
internal sealed record RouteResource
{
    /// <summary>Its name; empty when none was given.</summary>
    public string Name { get; init; } = "";

    public required RouteMatchResource Match { get; init; }

    public required RouteActionResource Action { get; init; }

    public HeaderMutationsResource Headers { get; init; } = HeaderMutationsResource.None;
}

/// <summary><c>envoy.config.route.v3.RouteMatch</c>: all parts must match.</summary>
internal sealed record RouteMatchResource
{
    public required PathMatchKind PathKind { get; init; }

    public required string Path { get; init; }

    public bool CaseSensitive { get; init; } = true;

    public ValueList<HeaderMatcherResource> Headers { get; init; }
}

/// <summary>How <see cref="RouteMatchResource.Path"/> is compared (<c>RouteMatch.path_specifier</c>).</summary>
internal enum PathMatchKind
{
    Prefix,
    Exact,
}

/// <summary>
/// <c>envoy.config.route.v3.HeaderMatcher</c>: at most one of <see cref="Value"/>, <see cref="Range"/> and <see cref="Present"/>;
/// none means "present".
/// </summary>
internal sealed record HeaderMatcherResource
{
    /// <summary>The header's name in lower case, or a pseudo-header as <c>:method</c>.</summary>
    public required string Name { get; init; }

    public StringMatcherResource? Value { get; init; }

    public Int64RangeResource? Range { get; init; }

    public bool? Present { get; init; }

    public bool Invert { get; init; }

    public bool TreatMissingAsEmpty { get; init; }
}

/// <summary><c>envoy.type.matcher.v3.StringMatcher</c>.</summary>
internal sealed record StringMatcherResource(StringMatchKind Kind, string Value, bool IgnoreCase = false);

/// <summary>Which pattern of <c>StringMatcher.match_pattern</c> is set.</summary>
internal enum StringMatchKind
{
    Exact,
    Prefix,
    Suffix,
    Contains,
}

/// <summary><c>envoy.type.v3.Int64Range</c>: from <see cref="Start"/> (included) to <see cref="End"/> (excluded).</summary>
internal readonly record struct Int64RangeResource(long Start, long End);
