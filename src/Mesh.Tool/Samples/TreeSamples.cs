using Mesh.Resources;

namespace Mesh.Tool.Samples;

/// <summary>What a request must have to come to each action of a matcher tree, as far as examples can be made.</summary>
internal static class TreeSamples
{
    /// <summary>Every action with one way to it.</summary>
    public static IEnumerable<(int Action, IReadOnlyList<KeyValuePair<MatchInputResource, string>> Way)> Of(MatcherResource tree) => Of(tree, []);

    private static IEnumerable<(int Action, IReadOnlyList<KeyValuePair<MatchInputResource, string>> Way)> Of(
        MatcherResource tree, IReadOnlyList<KeyValuePair<MatchInputResource, string>> way)
    {
        IEnumerable<(OnMatchResource Then, IReadOnlyList<KeyValuePair<MatchInputResource, string>> Steps)> branches = tree switch
        {
            MatcherResource.List list => list.Matchers.Select(each => (each.OnMatch, Of(each.Predicate))),
            MatcherResource.Map map => map.Entries.Select(entry => (entry.Value, Step(map.Input, entry.Key))),
            MatcherResource.Addresses addresses => addresses.Ranges.Select(each => (each.OnMatch, Step(addresses.Input, each.Ranges[0].Network.BaseAddress.ToString()))),
            MatcherResource.ServerNames names => names.Domains.Select(entry => (entry.Value, Step(names.Input, entry.Key.Replace("*", "a", StringComparison.Ordinal)))),
            _ => [],
        };
        if (tree.OnNoMatch is { } rest)
            branches = branches.Append((rest, []));
        return branches.SelectMany(branch => branch.Then.Matcher is { } inner ? Of(inner, [.. way, .. branch.Steps]) : [(branch.Then.Action, [.. way, .. branch.Steps])]);
    }

    private static IReadOnlyList<KeyValuePair<MatchInputResource, string>> Of(PredicateResource predicate) => predicate switch
    {
        PredicateResource.Single single => ValueExamples.Of(single.Value) is { } value ? Step(single.Input, value) : [],
        PredicateResource.Or { Any: [var first, ..] } => Of(first),
        PredicateResource.And and => [.. and.All.SelectMany(Of)],
        _ => [],
    };

    private static IReadOnlyList<KeyValuePair<MatchInputResource, string>> Step(MatchInputResource input, string value) => [KeyValuePair.Create(input, value)];
}
