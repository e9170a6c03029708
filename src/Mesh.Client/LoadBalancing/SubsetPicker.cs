using System.Collections.Concurrent;
using Mesh.Resources;

namespace Mesh.LoadBalancing;

/// <summary>
/// The subset that a route asks for, then an endpoint of it by the policy within (<c>subset.v3.Subset</c>, <c>Cluster.lb_subset_config</c>). What a route asks for is
/// looked up; the picker of a subset is made by the first call that comes to it.
/// </summary>
internal sealed class SubsetPicker : Picker
{
    /// <summary>The key of a route's list of what to ask for instead.</summary>
    private const string FallbackListKey = "fallback_list";

    private readonly string _cluster;
    private readonly SubsetResource _resource;
    private readonly SubsetIndex _index;
    private readonly MetadataCriteria _default;
    private readonly Func<Endpoint[], PickerState, Picker> _make;
    private readonly Random _random;
    private readonly ConcurrentDictionary<MetadataCriteria, SubsetChoice> _choices = new();
    private readonly ConcurrentDictionary<string, Picker> _pickers = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, PickerState> _states = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, PickerState>? _before;

    /// <param name="cluster">The cluster's name.</param>
    /// <param name="resource">What was asked.</param>
    /// <param name="endpoints">The endpoints; at least one.</param>
    /// <param name="make">Makes the picker of a subset of what its last one left.</param>
    /// <param name="random">Chance.</param>
    /// <param name="previous">The picker before, whose subsets go on where they were; null for none.</param>
    public SubsetPicker(string cluster, SubsetResource resource, Endpoint[] endpoints, Func<Endpoint[], PickerState, Picker> make, Random random, SubsetPicker? previous)
    {
        _cluster = cluster;
        _resource = resource;
        _index = previous is not null && ReferenceEquals(previous._index.Endpoints, endpoints) && previous._index.ListAsAny == resource.ListAsAny
            ? previous._index
            : new SubsetIndex(endpoints, resource.ListAsAny);
        _default = MetadataCriteria.None.With(resource.DefaultSubset);
        _make = make;
        _random = random;
        _before = previous?._states;
    }

    public override PickResult Pick(in PickContext context)
    {
        SubsetChoice choice = ChoiceFor(context.Criteria);
        PickResult result = choice.Pickers[0].Pick(context);
        for (int i = 1; i < choice.Pickers.Length && result.Kind == PickKind.Fail; i++)
            result = choice.Pickers[i].Pick(context);
        return result;
    }

    public override string? SubsetOf(MetadataCriteria? criteria) => ChoiceFor(criteria).Description;

    private SubsetChoice ChoiceFor(MetadataCriteria? criteria) => _choices.GetOrAdd(criteria ?? MetadataCriteria.None, static (asked, picker) => picker.Choose(asked), this);

    private SubsetChoice Choose(MetadataCriteria asked)
    {
        if (!_resource.FallbackList || asked.Find(FallbackListKey) is not { } list)
            return Find(asked);
        MetadataCriteria others = asked.Only(asked.Keys.Where(key => key != FallbackListKey));
        SubsetChoice[] choices = [.. OverridesOf(list).Select(each => Find(others.With(each)))];
        return choices.Length switch
        {
            0 => Find(others),
            1 => choices[0],
            _ => new SubsetChoice([.. choices.SelectMany(choice => choice.Pickers)], string.Join("; else ", choices.Select(choice => choice.Description))),
        };
    }

    /// <summary>The objects of a <c>fallback_list</c>; what is none asks for nothing more, as in Envoy.</summary>
    private static IEnumerable<string> OverridesOf(string list) => (MetadataText.Items(list) ?? []).Select(item => item[0] == '{' ? item : "");

    /// <summary>The subset of what is asked for, else where the selector of its keys falls back to, else where the cluster does.</summary>
    private SubsetChoice Find(MetadataCriteria asked)
    {
        MetadataCriteria criteria = asked;
        if (_resource.AllowRedundantKeys && _resource.Selectors.FirstOrDefault(selector => selector.Keys.All(key => asked.Find(key) is not null)) is { } first)
            criteria = asked.Only(first.Keys);
        if (_resource.Selectors.FirstOrDefault(each => each.Keys.Count > 0 && each.Keys.SequenceEqual(criteria.Keys, StringComparer.Ordinal)) is not { } selector)
            return FallBack(_resource.Fallback, criteria.Keys.Length == 0 ? "the route asks for no subset" : $"no selector has the keys of {criteria}", ofCluster: true);
        if (_index.Find(criteria).Length > 0)
            return new SubsetChoice([PickerOf(criteria, selector.SingleHost)], Describe(criteria));
        return selector.Fallback switch
        {
            SubsetFallback.KeysSubset => Find(criteria.Only(selector.FallbackKeys)),
            SubsetFallback.NotDefined => FallBack(_resource.Fallback, $"no endpoint has {criteria}", ofCluster: true),
            var own => FallBack(own, $"no endpoint has {criteria}", ofCluster: false),
        };
    }

    private SubsetChoice FallBack(SubsetFallback fallback, string why, bool ofCluster)
    {
        if (fallback == SubsetFallback.None)
            return new SubsetChoice([new FailingPicker($"cluster '{_cluster}' has no subset for the call: {why}, and there is no fallback (fallback_policy NO_FALLBACK)")], $"none: {why}");
        MetadataCriteria criteria = fallback == SubsetFallback.DefaultSubset ? _default : MetadataCriteria.None;
        string what = fallback == SubsetFallback.DefaultSubset ? $"the default, {Describe(criteria)}" : Describe(criteria);

        // Only the cluster's own fallback may come to nothing and be replaced, as in Envoy.
        bool panics = ofCluster && _resource.PanicModeAny;
        if (panics && _index.Find(criteria).Length == 0)
            what = $"{Describe(MetadataCriteria.None)} (panic_mode_any) in place of {what}";
        return new SubsetChoice(panics ? [PickerOf(criteria), PickerOf(MetadataCriteria.None)] : [PickerOf(criteria)], $"{what}: {why}");
    }

    private string Describe(MetadataCriteria criteria) =>
        criteria.Keys.Length == 0 ? "any endpoint" : $"{criteria} ({_index.Find(criteria).Length} of {_index.Endpoints.Length} endpoints)";

    private Picker PickerOf(MetadataCriteria criteria, bool singleHost = false)
    {
        string key = $"{criteria.KeysText}{criteria.ValuesText}{singleHost}";
        if (_pickers.TryGetValue(key, out Picker? known))
            return known;
        Endpoint[] members = _index.Find(criteria);
        if (members.Length == 0)
            return new FailingPicker($"no endpoint of cluster '{_cluster}' has {criteria}");
        if (singleHost)
            return _pickers.GetOrAdd(key, new RandomPicker([members.MinBy(endpoint => endpoint.Priority)!], _random));
        PickerState state = _states.GetOrAdd(key, _before?.GetValueOrDefault(key) ?? new PickerState(_random));

        // Once a subset and update: what one picker leaves for the next is used by one thread at a time.
        lock (state)
            return _pickers.TryGetValue(key, out known) ? known : _pickers.GetOrAdd(key, _make(members, state));
    }

    /// <summary>Where calls go that ask for something.</summary>
    /// <param name="Pickers">Each is asked where those before it have no endpoint; at least one.</param>
    /// <param name="Description">Which subset it is, and why.</param>
    private sealed record SubsetChoice(Picker[] Pickers, string Description);
}
