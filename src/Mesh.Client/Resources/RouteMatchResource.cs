using Mesh.Primitives;

namespace Mesh.Resources;

/// <summary><c>envoy.config.route.v3.RouteMatch</c>: all parts must match.</summary>
internal sealed record RouteMatchResource
{
    public required PathMatchKind PathKind { get; init; }

    /// <summary>The prefix, path or regular expression; empty for CONNECT.</summary>
    public required string Path { get; init; }

    /// <summary>Of prefixes and paths; a regular expression says so itself.</summary>
    public bool CaseSensitive { get; init; } = true;

    public ValueList<HeaderMatcherResource> Headers { get; init; }

    public ValueList<QueryParameterMatcherResource> QueryParameters { get; init; }

    public ValueList<CookieMatcherResource> Cookies { get; init; }

    /// <summary>gRPC requests only.</summary>
    public bool Grpc { get; init; }

    /// <summary>The part of the requests that may match; null for all.</summary>
    public FractionResource? RuntimeFraction { get; init; }

    public TlsContextMatchResource? TlsContext { get; init; }

    public ValueList<MetadataMatcherResource> DynamicMetadata { get; init; }

    public ValueList<FilterStateMatcherResource> FilterState { get; init; }
}

/// <summary>How <see cref="RouteMatchResource.Path"/> is compared (<c>RouteMatch.path_specifier</c>).</summary>
internal enum PathMatchKind
{
    Prefix,
    Exact,
    PathSeparatedPrefix,
    Regex,
    Template,
    Connect,
}

/// <summary><c>envoy.type.v3.FractionalPercent</c>.</summary>
internal readonly record struct FractionResource(uint Numerator, uint Denominator)
{
    /// <summary>Whether a number drawn for a request is among them.</summary>
    public bool Includes(ulong random) => random % Denominator < Numerator;

    public override string ToString() => $"{Numerator} of {Denominator}";
}

/// <summary><c>envoy.config.route.v3.QueryParameterMatcher</c>: a value to match, or whether it is there.</summary>
internal sealed record QueryParameterMatcherResource(string Name, StringMatcherResource? Value, bool Present);

/// <summary><c>envoy.config.route.v3.CookieMatcher</c>.</summary>
internal sealed record CookieMatcherResource(string Name, StringMatcherResource Value, bool Invert);

/// <summary><c>RouteMatch.TlsContextMatchOptions</c>: what the connection a request came on must be; null does not ask.</summary>
internal sealed record TlsContextMatchResource(bool? Presented, bool? Validated);

/// <summary><c>envoy.type.matcher.v3.MetadataMatcher</c>.</summary>
internal sealed record MetadataMatcherResource(string Filter, ValueList<string> Path, ValueMatcherResource Value, bool Invert);

/// <summary><c>envoy.type.matcher.v3.FilterStateMatcher</c>: a text, or ranges of addresses.</summary>
internal sealed record FilterStateMatcherResource(string Key, StringMatcherResource? Value, ValueList<CidrRangeResource> Ranges);

/// <summary><c>xds.core.v3.CidrRange</c>.</summary>
internal readonly record struct CidrRangeResource(System.Net.IPNetwork Network)
{
    /// <summary>An address of the other family lies in no range, not even as one mapped into IPv6.</summary>
    public bool Contains(System.Net.IPAddress address) => address.AddressFamily == Network.BaseAddress.AddressFamily && Network.Contains(address);
}

/// <summary><c>envoy.type.matcher.v3.ValueMatcher</c>.</summary>
internal abstract record ValueMatcherResource
{
    public sealed record Null : ValueMatcherResource;

    public sealed record Exact(double Value) : ValueMatcherResource;

    /// <summary>From <paramref name="Start"/> (included) to <paramref name="End"/> (excluded).</summary>
    public sealed record Range(double Start, double End) : ValueMatcherResource;

    public sealed record Text(StringMatcherResource Value) : ValueMatcherResource;

    public sealed record Flag(bool Value) : ValueMatcherResource;

    public sealed record Present(bool Value) : ValueMatcherResource;

    public sealed record OneOfList(ValueMatcherResource Item) : ValueMatcherResource;

    public sealed record Or(ValueList<ValueMatcherResource> Any) : ValueMatcherResource;
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
    Regex,
}

/// <summary><c>envoy.type.v3.Int64Range</c>: from <see cref="Start"/> (included) to <see cref="End"/> (excluded).</summary>
internal readonly record struct Int64RangeResource(long Start, long End);
