using Mesh.Primitives;
using Mesh.Resources;
using Mesh.Wire.Protos.Envoy.Config.Common.MutationRules.V3;
using Mesh.Wire.Protos.Envoy.Config.Route.V3;
using MirrorPolicy = Mesh.Wire.Protos.Envoy.Config.Route.V3.RouteAction.Types.RequestMirrorPolicy;
using UpgradeConfig = Mesh.Wire.Protos.Envoy.Config.Route.V3.RouteAction.Types.UpgradeConfig;

namespace Mesh.Wire.Decode;

/// <summary><c>RequestMirrorPolicy</c>, <c>HedgePolicy</c> and <c>UpgradeConfig</c>.</summary>
internal static class RoutePolicyDecoder
{
    public static MirrorPolicyResource? Decode(MirrorPolicy message, ErrorCollector errors)
    {
        if (message.Cluster.Length > 0 && message.ClusterHeader.Length > 0)
            errors.Error("cluster_header", "set beside cluster; only one of them may be set");
        else if (message.ClusterHeader.Length > 0)
            HeaderMutationsDecoder.CheckHeaderName(message.ClusterHeader, "cluster_header", errors);
        else
            message.Cluster.Require("cluster", errors);
        RouteActionDecoder.CheckHost(message.HostRewriteLiteral, errors);
        return new MirrorPolicyResource
        {
            Cluster = message.Cluster,
            ClusterHeader = message.ClusterHeader.ToLowerInvariant(),
            Fraction = message.RuntimeFraction is null ? null : Fraction(message, errors),
            RuntimeKey = message.RuntimeFraction?.RuntimeKey ?? "",
            TraceSampled = message.TraceSampled,
            KeepsHost = message.DisableShadowHostSuffixAppend,
            HostRewriteLiteral = message.HostRewriteLiteral,
            Headers = Mutations(message, errors),
        };
    }

    public static HedgePolicyResource? Decode(HedgePolicy? message, ErrorCollector errors)
    {
        if (message is null)
            return null;
        using (errors.At("hedge_policy"))
        {
            if (message.InitialRequests == 0)
                errors.Error("initial_requests", "0 is not allowed; at least 1 is");
            FractionResource chance = message.AdditionalRequestChance is null
                ? new FractionResource(0, 100)
                : RouteMatchDecoder.Decode(message.AdditionalRequestChance, "additional_request_chance", errors) ?? default;
            return new HedgePolicyResource(message.InitialRequests ?? 1, chance, message.HedgeOnPerTryTimeout);
        }
    }

    public static UpgradeResource Decode(UpgradeConfig message, ErrorCollector errors)
    {
        message.UpgradeType.Require("upgrade_type", errors);
        bool connect = message.UpgradeType.Equals("CONNECT", StringComparison.OrdinalIgnoreCase) || message.UpgradeType.Equals("CONNECT-UDP", StringComparison.OrdinalIgnoreCase);
        if (message.ConnectConfig is not null && !connect)
            errors.Error("connect_config", $"upgrade_type is '{message.UpgradeType}'; only CONNECT and CONNECT-UDP may have it");
        return new UpgradeResource(message.UpgradeType, message.Enabled ?? true, message.ConnectConfig is not null, message.ConnectConfig?.AllowPost ?? false);
    }

    /// <summary>Reports types of upgrade that stand in a list more than once, in whatever case.</summary>
    public static void CheckUnique(ValueList<UpgradeResource> upgrades, ErrorCollector errors)
    {
        var types = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (UpgradeResource upgrade in upgrades)
        {
            if (!types.Add(upgrade.Type))
                errors.Error("upgrade_configs", $"'{upgrade.Type}' stands here more than once");
        }
    }

    private static FractionResource? Fraction(MirrorPolicy message, ErrorCollector errors)
    {
        using (errors.At("runtime_fraction"))
            return RouteMatchDecoder.Decode(message.RuntimeFraction, errors);
    }

    private static HeaderMutationsResource Mutations(MirrorPolicy message, ErrorCollector errors)
    {
        if (message.RequestHeadersMutations.Count == 0)
            return HeaderMutationsResource.None;
        var add = new List<HeaderToAddResource>();
        var remove = new List<string>();
        for (int i = 0; i < message.RequestHeadersMutations.Count; i++)
        {
            HeaderMutation mutation = message.RequestHeadersMutations[i];
            using (errors.At("request_headers_mutations", i))
            {
                switch (mutation.ActionCase)
                {
                    case HeaderMutation.ActionOneofCase.Append:
                        using (errors.At("append"))
                        {
                            if (HeaderMutationsDecoder.Decode(mutation.Append, errors) is { } added)
                                add.Add(added);
                        }

                        break;
                    case HeaderMutation.ActionOneofCase.Remove:
                        HeaderMutationsDecoder.CheckName(mutation.Remove, "remove", errors);
                        remove.Add(mutation.Remove.ToLowerInvariant());
                        break;
                    case HeaderMutation.ActionOneofCase.RemoveOnMatch:
                        if (mutation.RemoveOnMatch.KeyMatcher.Require("remove_on_match.key_matcher", errors))
                            HeaderMatcherDecoder.Decode(mutation.RemoveOnMatch.KeyMatcher, errors);
                        break;
                    default:
                        errors.Error("required: append, remove or remove_on_match");
                        break;
                }
            }
        }

        return new HeaderMutationsResource { RequestAdd = add.ToValueList(), RequestRemove = remove.ToValueList() };
    }
}
