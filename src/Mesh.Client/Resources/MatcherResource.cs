using Mesh.Primitives;

namespace Mesh.Resources;

/// <summary>
/// <c>xds.type.matcher.v3.Matcher</c>. Its leaves are the numbers of actions that whoever owns it keeps beside it, so that one kind of
/// tree serves routes and clusters alike.
/// </summary>
internal abstract record MatcherResource
{
    /// <summary>What is taken when nothing else is; null for nothing.</summary>
    public OnMatchResource? OnNoMatch { get; init; }

    /// <summary><c>matcher_list</c>: the first whose predicate holds; an empty list always takes <see cref="OnNoMatch"/>.</summary>
    public sealed record List(ValueList<FieldMatcherResource> Matchers) : MatcherResource;

    /// <summary><c>exact_match_map</c>, or <c>prefix_match_map</c> where the longest key that the input begins with is tried first.</summary>
    public sealed record Map(MatchInputResource Input, bool ByPrefix, ValueList<KeyValuePair<string, OnMatchResource>> Entries) : MatcherResource;

    /// <summary><c>xds.type.matcher.v3.IPMatcher</c>: the narrowest range that holds the address is tried first.</summary>
    public sealed record Addresses(MatchInputResource Input, ValueList<AddressRangesResource> Ranges) : MatcherResource;

    /// <summary><c>xds.type.matcher.v3.ServerNameMatcher</c>: an exact name, then the longest <c>*.suffix</c>, then <c>*</c>.</summary>
    public sealed record ServerNames(MatchInputResource Input, ValueList<KeyValuePair<string, OnMatchResource>> Domains) : MatcherResource;
}

/// <summary><c>Matcher.OnMatch</c>: another tree, or an action by its number.</summary>
/// <param name="Matcher">The tree to go on with; null for an action.</param>
/// <param name="Action">The action's number; -1 for a tree.</param>
/// <param name="KeepMatching">Go on as if it had not matched.</param>
internal sealed record OnMatchResource(MatcherResource? Matcher, int Action, bool KeepMatching);

/// <summary><c>Matcher.MatcherList.FieldMatcher</c>.</summary>
internal sealed record FieldMatcherResource(PredicateResource Predicate, OnMatchResource OnMatch);

/// <summary><c>IPMatcher.IPRangeMatcher</c>.</summary>
/// <param name="Ranges">Where an address must lie, in any of them.</param>
/// <param name="OnMatch">What is taken.</param>
/// <param name="Exclusive">Not tried after a narrower range whose tree had nothing.</param>
internal sealed record AddressRangesResource(ValueList<CidrRangeResource> Ranges, OnMatchResource OnMatch, bool Exclusive);

/// <summary><c>Matcher.MatcherList.Predicate</c>.</summary>
internal abstract record PredicateResource
{
    /// <summary>An input's text; an absent one holds for nothing.</summary>
    public sealed record Single(MatchInputResource Input, StringMatcherResource Value) : PredicateResource;

    public sealed record Or(ValueList<PredicateResource> Any) : PredicateResource;

    public sealed record And(ValueList<PredicateResource> All) : PredicateResource;

    public sealed record Not(PredicateResource Inner) : PredicateResource;
}

/// <summary>What a tree looks at.</summary>
/// <param name="Kind">Which part of the request.</param>
/// <param name="Name">Its name, of a header in lower case.</param>
internal sealed record MatchInputResource(MatchInputKind Kind, string Name);

/// <summary>The inputs a tree may have.</summary>
internal enum MatchInputKind
{
    /// <summary><c>envoy.type.matcher.v3.HttpRequestHeaderMatchInput</c>.</summary>
    Header,

    /// <summary><c>envoy.type.matcher.v3.HttpRequestQueryParamMatchInput</c>, decoded.</summary>
    QueryParameter,

    /// <summary><c>envoy.extensions.matching.common_inputs.network.v3.FilterStateInput</c>, which a client's own call has none of.</summary>
    FilterState,
}
