using Mesh.Primitives;

namespace Mesh.Resources;

/// <summary>
/// <c>Cluster.lb_subset_config</c> and <c>subset.v3.Subset</c>: a part of the endpoints by their metadata <c>envoy.lb</c>, which a route asks for
/// (<c>metadata_match</c>), and of it one by the policy within.
/// </summary>
/// <param name="Child">The policy within.</param>
/// <param name="Selectors">The keys that make subsets; at least one.</param>
internal sealed record SubsetResource(LoadBalancingPolicyResource Child, ValueList<SubsetSelectorResource> Selectors) : LoadBalancingPolicyResource
{
    /// <summary>Where calls go that no subset is found for, unless the selector says so itself.</summary>
    public SubsetFallback Fallback { get; init; }

    /// <summary>What endpoints of the default subset hold, as a JSON object.</summary>
    public string DefaultSubset { get; init; } = "{}";

    /// <summary>Whether the weights of localities count within subsets.</summary>
    public bool LocalityWeightAware { get; init; }

    /// <summary>Whether the weight of a locality counts by the part of it that is in the subset.</summary>
    public bool ScaleLocalityWeight { get; init; }

    /// <summary>Whether any endpoint serves where <see cref="Fallback"/> leads to none.</summary>
    public bool PanicModeAny { get; init; }

    /// <summary>Whether a list in an endpoint's metadata stands for each of its items.</summary>
    public bool ListAsAny { get; init; }

    /// <summary>Whether a route's <c>fallback_list</c> is a list of what to ask for instead, in order (<c>metadata_fallback_policy</c> FALLBACK_LIST).</summary>
    public bool FallbackList { get; init; }

    /// <summary>Whether what no selector has is left out of what a route asks for.</summary>
    public bool AllowRedundantKeys { get; init; }
}

/// <summary><c>LbSubsetSelector</c>.</summary>
/// <param name="Keys">The keys, in order, each once.</param>
internal sealed record SubsetSelectorResource(ValueList<string> Keys)
{
    /// <summary>Where calls go that ask for these keys and find no subset.</summary>
    public SubsetFallback Fallback { get; init; } = SubsetFallback.NotDefined;

    /// <summary>The keys that are asked for instead (<c>fallback_keys_subset</c>), in order.</summary>
    public ValueList<string> FallbackKeys { get; init; }

    /// <summary>Whether a subset is the first of its endpoints alone, in whatever state.</summary>
    public bool SingleHost { get; init; }
}

/// <summary>Where calls go that no subset is found for.</summary>
internal enum SubsetFallback : byte
{
    /// <summary>Nowhere.</summary>
    None,

    /// <summary>To any endpoint of the cluster.</summary>
    AnyEndpoint,

    /// <summary>To the default subset.</summary>
    DefaultSubset,

    /// <summary>A selector's: to the subset of fewer keys.</summary>
    KeysSubset,

    /// <summary>A selector's: where the cluster says.</summary>
    NotDefined,
}
