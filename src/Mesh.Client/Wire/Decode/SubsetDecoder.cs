using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Mesh.Primitives;
using Mesh.Resources;
using Mesh.Wire.Protos.Envoy.Config.Core.V3;
using Cluster = Mesh.Wire.Protos.Envoy.Config.Cluster.V3.Cluster;
using LbPolicy = Mesh.Wire.Protos.Envoy.Config.Cluster.V3.Cluster.Types.LbPolicy;
using Selector = Mesh.Wire.Protos.Envoy.Extensions.LoadBalancingPolicies.Subset.V3.Subset.Types.LbSubsetSelector;
using SelectorFallback = Mesh.Wire.Protos.Envoy.Extensions.LoadBalancingPolicies.Subset.V3.Subset.Types.LbSubsetSelector.Types.LbSubsetSelectorFallbackPolicy;
using Subset = Mesh.Wire.Protos.Envoy.Extensions.LoadBalancingPolicies.Subset.V3.Subset;

namespace Mesh.Wire.Decode;

/// <summary><c>subset.v3.Subset</c>, the same as <c>Cluster.lb_subset_config</c>, and the <c>metadata_match</c> that asks for subsets.</summary>
internal static class SubsetDecoder
{
    /// <summary>The namespace of metadata that subsets go by.</summary>
    private const string LoadBalancing = "envoy.lb";

    private const string NotInGrpc = "gRPC has no subsets: it has no effect";

    /// <summary>What <c>lb_subset_config</c> makes of the cluster's own policy.</summary>
    public static LoadBalancingPolicyResource Decode(Cluster message, LoadBalancingPolicyResource policy, XdsDialect dialect, ErrorCollector errors)
    {
        if (message.LbSubsetConfig is not { } config)
            return policy;
        using (errors.At("lb_subset_config"))
        {
            if (dialect == XdsDialect.Grpc)
                errors.Warning(NotInGrpc);
            else if (message.LoadBalancingPolicy is not null)
                errors.Error("not allowed beside load_balancing_policy, whose Subset says the same");
            else if (message.LbPolicy == LbPolicy.ClusterProvided)
                errors.Error("not allowed with lb_policy CLUSTER_PROVIDED");
            else
                return Decode(Subset.Parser.ParseFrom(config.ToByteString()), policy, errors); // the same fields under the same numbers
            return policy;
        }
    }

    public static LoadBalancingPolicyResource Decode(Subset message, LoadBalancingPolicyResource child, ErrorCollector errors)
    {
        if (message.FallbackPolicy is < Subset.Types.LbSubsetFallbackPolicy.NoFallback or > Subset.Types.LbSubsetFallbackPolicy.DefaultSubset)
            errors.Error("fallback_policy", $"{(int)message.FallbackPolicy} is not known; allowed are NO_FALLBACK, ANY_ENDPOINT and DEFAULT_SUBSET");
        if (message.MetadataFallbackPolicy is not (Subset.Types.LbSubsetMetadataFallbackPolicy.MetadataNoFallback or Subset.Types.LbSubsetMetadataFallbackPolicy.FallbackList))
            errors.Error("metadata_fallback_policy", $"{(int)message.MetadataFallbackPolicy} is not known; allowed are METADATA_NO_FALLBACK and FALLBACK_LIST");
        var selectors = new SubsetSelectorResource[message.SubsetSelectors.Count];
        for (int i = 0; i < selectors.Length; i++)
        {
            using (errors.At("subset_selectors", i))
                selectors[i] = Decode(message.SubsetSelectors[i], errors);
        }

        if (selectors.Length == 0)
        {
            errors.Warning("subset_selectors", "there are none, so there are no subsets: nothing here has an effect, as in Envoy");
            return child;
        }

        return new SubsetResource(child, selectors.ToValueList())
        {
            Fallback = (SubsetFallback)message.FallbackPolicy,
            DefaultSubset = MetadataDecoder.Compact(message.DefaultSubset ?? new Struct()),
            LocalityWeightAware = message.LocalityWeightAware,
            ScaleLocalityWeight = message.ScaleLocalityWeight,
            PanicModeAny = message.PanicModeAny,
            ListAsAny = message.ListAsAny,
            FallbackList = message.MetadataFallbackPolicy == Subset.Types.LbSubsetMetadataFallbackPolicy.FallbackList,
            AllowRedundantKeys = message.AllowRedundantKeys,
        };
    }

    /// <summary>What a route asks of endpoints, as a JSON object; empty for nothing.</summary>
    public static string DecodeMatch(Metadata? message, XdsDialect dialect, ErrorCollector errors)
    {
        if (message is null)
            return "";
        using (errors.At("metadata_match"))
        {
            if (dialect == XdsDialect.Grpc)
            {
                errors.Warning(NotInGrpc);
                return "";
            }

            using (errors.At("filter_metadata"))
            {
                foreach (string other in message.FilterMetadata.Keys.Where(name => name != LoadBalancing))
                    errors.Warning(other, $"only '{LoadBalancing}' is looked at: it has no effect");
            }

            return message.FilterMetadata.TryGetValue(LoadBalancing, out Struct? asked) && asked.Fields.Count > 0 ? MetadataDecoder.Compact(asked) : "";
        }
    }

    private static SubsetSelectorResource Decode(Selector message, ErrorCollector errors)
    {
        if (message.FallbackPolicy is < SelectorFallback.NotDefined or > SelectorFallback.KeysSubset)
            errors.Error("fallback_policy", $"{(int)message.FallbackPolicy} is not known; allowed are NOT_DEFINED, NO_FALLBACK, ANY_ENDPOINT, DEFAULT_SUBSET and KEYS_SUBSET");
        string[] keys = [.. message.Keys.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        string[] fallbackKeys = [.. message.FallbackKeysSubset.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        if (keys.Length == 0)
            errors.Warning("keys", "there are none, so the selector makes no subset: it has no effect");
        if (message.FallbackPolicy != SelectorFallback.KeysSubset)
        {
            if (fallbackKeys.Length > 0)
                errors.Error("fallback_keys_subset", "allowed only with fallback_policy KEYS_SUBSET");
        }
        else if (fallbackKeys.Length == 0)
            errors.Error("fallback_keys_subset", "required with fallback_policy KEYS_SUBSET");
        else if (fallbackKeys.FirstOrDefault(key => !keys.Contains(key, StringComparer.Ordinal)) is { } other)
            errors.Error("fallback_keys_subset", $"'{other}' is none of keys");
        else if (fallbackKeys.Length == keys.Length)
            errors.Error("fallback_keys_subset", "must hold fewer keys than keys does");
        return new SubsetSelectorResource(keys.ToValueList())
        {
            Fallback = message.FallbackPolicy switch
            {
                SelectorFallback.NoFallback => SubsetFallback.None,
                SelectorFallback.AnyEndpoint => SubsetFallback.AnyEndpoint,
                SelectorFallback.DefaultSubset => SubsetFallback.DefaultSubset,
                SelectorFallback.KeysSubset => SubsetFallback.KeysSubset,
                _ => SubsetFallback.NotDefined,
            },
            FallbackKeys = fallbackKeys.ToValueList(),
            SingleHost = message.SingleHostPerSubset,
        };
    }
}
