using Google.Protobuf.WellKnownTypes;
using Mesh.Primitives;
using Mesh.Resources;
using Mesh.Wire.Protos.Envoy.Config.Cluster.V3;
using Mesh.Wire.Protos.Envoy.Extensions.LoadBalancingPolicies.ClientSideWeightedRoundRobin.V3;
using Mesh.Wire.Protos.Envoy.Extensions.LoadBalancingPolicies.LeastRequest.V3;
using Mesh.Wire.Protos.Envoy.Extensions.LoadBalancingPolicies.Maglev.V3;
using Mesh.Wire.Protos.Envoy.Extensions.LoadBalancingPolicies.PickFirst.V3;
using Mesh.Wire.Protos.Envoy.Extensions.LoadBalancingPolicies.RandomSubsetting.V3;
using Mesh.Wire.Protos.Envoy.Extensions.LoadBalancingPolicies.RingHash.V3;
using Mesh.Wire.Protos.Envoy.Extensions.LoadBalancingPolicies.RoundRobin.V3;
using Mesh.Wire.Protos.Envoy.Extensions.LoadBalancingPolicies.WrrLocality.V3;
using LbPolicy = Mesh.Wire.Protos.Envoy.Config.Cluster.V3.Cluster.Types.LbPolicy;
using RandomPolicy = Mesh.Wire.Protos.Envoy.Extensions.LoadBalancingPolicies.Random.V3.Random;
using SubsetPolicy = Mesh.Wire.Protos.Envoy.Extensions.LoadBalancingPolicies.Subset.V3.Subset;
using UdpaStruct = Mesh.Wire.Protos.Udpa.Type.V1.TypedStruct;
using XdsStruct = Mesh.Wire.Protos.Xds.Type.V3.TypedStruct;

namespace Mesh.Wire.Decode;

/// <summary>
/// <c>Cluster.load_balancing_policy</c> (gRFC A52): the first policy of the list that is known; one that is known and wrong is an error.
/// Without it, <c>lb_policy</c> and its configuration.
/// </summary>
internal static class LoadBalancingDecoder
{
    /// <summary>How deep policies may stand within one another (gRFC A52).</summary>
    private const int MaxDepth = 16;

    public static LoadBalancingPolicyResource Decode(Cluster message, DecoderSettings settings, Unsupportable unsupported, ErrorCollector errors)
    {
        LoadBalancingPolicyResource old = Capped(LbPolicyDecoder.Decode(message, settings.Dialect, unsupported, errors), settings);
        old = SubsetDecoder.Decode(message, old, settings.Dialect, errors);
        if (message.LoadBalancingPolicy is null)
        {
            if (message.LbPolicy == LbPolicy.LoadBalancingPolicyConfig)
                errors.Error("load_balancing_policy", "required where lb_policy is LOAD_BALANCING_POLICY_CONFIG");

            // gRPC has no policy but the ring that does not choose a locality first (gRFC A52).
            return settings.Dialect == XdsDialect.Grpc && old is not RingHashResource ? new WrrLocalityResource(old) : old;
        }

        using (errors.At("load_balancing_policy"))
            return Decode(message.LoadBalancingPolicy, settings, depth: 0, unsupported, errors) ?? old;
    }

    private static LoadBalancingPolicyResource? Decode(LoadBalancingPolicy message, DecoderSettings settings, int depth, Unsupportable unsupported, ErrorCollector errors)
    {
        if (IsTooDeep(depth, errors))
            return null;
        var unknown = new List<string>();
        for (int i = 0; i < message.Policies.Count; i++)
        {
            using (errors.At("policies", i))
            using (errors.At("typed_extension_config"))
            using (errors.At("typed_config"))
            {
                if (message.Policies[i].TypedExtensionConfig?.TypedConfig is not { } config)
                {
                    errors.Error("required");
                    return null;
                }

                int before = errors.ErrorCount;
                LoadBalancingPolicyResource? policy = Decode(config, settings, depth, unsupported, errors, out string type);
                if (policy is not null || errors.ErrorCount > before)
                    return policy;
                unknown.Add(type);
            }
        }

        unsupported.Report("policies", unknown.Count == 0 ? "at least one policy is required" : $"none of the policies is supported: {string.Join(", ", unknown)}", errors);
        return null;
    }

    private static LoadBalancingPolicyResource? Decode(Any config, DecoderSettings settings, int depth, Unsupportable unsupported, ErrorCollector errors, out string type)
    {
        type = AnyDecoder.TypeName(config.TypeUrl);
        if (type == RoundRobin.Descriptor.FullName)
            return AnyDecoder.Open<RoundRobin>(config, errors) is { } m ? new RoundRobinResource { SlowStart = LocalityLbDecoder.Decode(m.SlowStartConfig, errors), Locality = LocalityLbDecoder.Decode(m.LocalityLbConfig, settings, errors) } : null;
        if (type == LeastRequest.Descriptor.FullName)
            return AnyDecoder.Open<LeastRequest>(config, errors) is { } m ? Decode(m, settings, errors) : null;
        if (type == RingHash.Descriptor.FullName)
            return AnyDecoder.Open<RingHash>(config, errors) is { } m ? Capped(Decode(m, settings.Dialect, errors), settings) : null;
        if (type == PickFirst.Descriptor.FullName)
            return AnyDecoder.Open<PickFirst>(config, errors) is { } m ? new PickFirstResource(m.ShuffleAddressList) : null;
        if (type == ClientSideWeightedRoundRobin.Descriptor.FullName)
            return AnyDecoder.Open<ClientSideWeightedRoundRobin>(config, errors) is { } m ? Decode(m, errors) : null;
        if (type == WrrLocality.Descriptor.FullName)
        {
            if (AnyDecoder.Open<WrrLocality>(config, errors) is not { } m || !m.EndpointPickingPolicy.Require("endpoint_picking_policy", errors))
                return null;
            using (errors.At("endpoint_picking_policy"))
                return Decode(m.EndpointPickingPolicy, settings, depth + 1, unsupported, errors) is { } child ? new WrrLocalityResource(child) : null;
        }

        if (type == RandomSubsetting.Descriptor.FullName)
        {
            if (AnyDecoder.Open<RandomSubsetting>(config, errors) is not { } m || !m.ChildPolicy.Require("child_policy", errors))
                return null;
            if (m.SubsetSize is null or 0)
                errors.Error("subset_size", $"{(m.SubsetSize is null ? "required" : "0 is not allowed")}; at least 1 is");
            using (errors.At("child_policy"))
                return Decode(m.ChildPolicy, settings, depth + 1, unsupported, errors) is { } child ? new RandomSubsettingResource(m.SubsetSize ?? 1, child) : null;
        }

        if (type == XdsStruct.Descriptor.FullName)
            return AnyDecoder.Open<XdsStruct>(config, errors) is { } m ? Decode(type = AnyDecoder.TypeName(m.TypeUrl), m.Value, settings, depth, errors) : null;
        if (type == UdpaStruct.Descriptor.FullName)
            return AnyDecoder.Open<UdpaStruct>(config, errors) is { } m ? Decode(type = AnyDecoder.TypeName(m.TypeUrl), m.Value, settings, depth, errors) : null;

        // gRPC has none of these, and goes on to the next of the list.
        if (settings.Dialect == XdsDialect.Grpc)
            return null;
        if (type == RandomPolicy.Descriptor.FullName)
            return AnyDecoder.Open<RandomPolicy>(config, errors) is { } m ? new RandomResource(LocalityLbDecoder.Decode(m.LocalityLbConfig, settings, errors)) : null;
        if (type == SubsetPolicy.Descriptor.FullName)
        {
            if (AnyDecoder.Open<SubsetPolicy>(config, errors) is not { } m || !m.SubsetLbPolicy.Require("subset_lb_policy", errors))
                return null;
            if (depth > 0)
            {
                errors.Error("subsets stand at the top of load_balancing_policy alone, and not within another policy");
                return null;
            }

            LoadBalancingPolicyResource? child;
            using (errors.At("subset_lb_policy"))
                child = Decode(m.SubsetLbPolicy, settings, depth + 1, unsupported, errors);
            return child is null ? null : SubsetDecoder.Decode(m, child, errors);
        }

        if (type == Maglev.Descriptor.FullName)
            return AnyDecoder.Open<Maglev>(config, errors) is { } m ? Decode(m, errors) : null;
        return null;
    }

    /// <summary>A ring with the most entries that it may have.</summary>
    public static LoadBalancingPolicyResource Capped(LoadBalancingPolicyResource policy, DecoderSettings settings) => policy is RingHashResource ring
        ? ring with { Cap = settings.RingSizeCap ?? (settings.Dialect == XdsDialect.Grpc ? RingHashResource.GrpcCap : RingHashResource.LargestRing) }
        : policy;

    private static LoadBalancingPolicyResource? Decode(string name, Struct? value, DecoderSettings settings, int depth, ErrorCollector errors)
    {
        using (errors.At("value"))
            return Custom(name, value ?? new Struct(), settings, depth, errors);
    }

    /// <summary>A policy that goes by a name: the user's own, else one of gRPC's; null where there is none, or an error was reported.</summary>
    public static LoadBalancingPolicyResource? Custom(string name, Struct config, DecoderSettings settings, int depth, ErrorCollector errors) =>
        settings.CustomPolicies.TryGetValue(name, out ILoadBalancingPolicy? policy) ? new CustomPolicyResource(name, MetadataDecoder.Compact(config)) { Policy = policy }
        : name == PeakEwmaDecoder.Name ? PeakEwmaDecoder.Decode(config, errors)
        : GrpcPolicyDecoder.Decode(name, config, settings, depth, errors);

    /// <summary>Whether policies are nested too deep, which is an error.</summary>
    public static bool IsTooDeep(int depth, ErrorCollector errors)
    {
        if (depth >= MaxDepth)
            errors.Error($"policies are nested deeper than {MaxDepth} (gRFC A52)");
        return depth >= MaxDepth;
    }

    private static LeastRequestResource Decode(LeastRequest message, DecoderSettings settings, ErrorCollector errors)
    {
        if (message.SelectionMethod is not (LeastRequest.Types.SelectionMethod.NChoices or LeastRequest.Types.SelectionMethod.FullScan))
            errors.Error("selection_method", $"{(int)message.SelectionMethod} is not known; allowed are N_CHOICES and FULL_SCAN");
        return new LeastRequestResource
        {
            ChoiceCount = LbPolicyDecoder.ChoiceCount(message.ChoiceCount, errors),
            ActiveRequestBias = LbPolicyDecoder.Bias(message.ActiveRequestBias, errors),
            FullScan = message.SelectionMethod == LeastRequest.Types.SelectionMethod.FullScan || message.EnableFullScan == true,
            SlowStart = LocalityLbDecoder.Decode(message.SlowStartConfig, errors),
            Locality = LocalityLbDecoder.Decode(message.LocalityLbConfig, settings, errors),
        };
    }

    private static RingHashResource Decode(RingHash message, XdsDialect dialect, ErrorCollector errors)
    {
        bool known = message.HashFunction is RingHash.Types.HashFunction.DefaultHash or RingHash.Types.HashFunction.XxHash or RingHash.Types.HashFunction.MurmurHash2;
        if (!known)
            errors.Error("hash_function", $"{(int)message.HashFunction} is not known; allowed are DEFAULT_HASH, XX_HASH and MURMUR_HASH_2");
        else if (dialect == XdsDialect.Grpc && message.HashFunction != RingHash.Types.HashFunction.XxHash)
            errors.Error("hash_function", "only XX_HASH is allowed by gRPC (gRFC A52)");
        var hashing = new ConsistentHashingResource(message.UseHostnameForHashing, LocalityLbDecoder.BalanceFactor(message.HashBalanceFactor, errors));
        return LbPolicyDecoder.Ring(message.MinimumRingSize, message.MaximumRingSize, isUsed: true, errors) with
        {
            Murmur = message.HashFunction == RingHash.Types.HashFunction.MurmurHash2,
            Hashing = LocalityLbDecoder.Decode(message.ConsistentHashingLbConfig, errors) ?? hashing,
            LocalityWeighted = message.LocalityWeightedLbConfig is not null || dialect == XdsDialect.Grpc,
        };
    }

    private static MaglevResource Decode(Maglev message, ErrorCollector errors) => new()
    {
        TableSize = LbPolicyDecoder.TableSize(message.TableSize, isUsed: true, errors),
        Hashing = LocalityLbDecoder.Decode(message.ConsistentHashingLbConfig, errors) ?? ConsistentHashingResource.Default,
        LocalityWeighted = message.LocalityWeightedLbConfig is not null,
    };

    private static WeightedRoundRobinResource Decode(ClientSideWeightedRoundRobin message, ErrorCollector errors)
    {
        if (message.ErrorUtilizationPenalty is { } penalty && !(penalty >= 0 && float.IsFinite(penalty)))
            errors.Error("error_utilization_penalty", $"{penalty} is not allowed; at least 0 is");
        var defaults = new WeightedRoundRobinResource();
        return new WeightedRoundRobinResource
        {
            EnableOobLoadReport = message.EnableOobLoadReport ?? false,
            OobReportingPeriod = message.OobReportingPeriod.Read("oob_reporting_period", errors) ?? defaults.OobReportingPeriod,
            BlackoutPeriod = message.BlackoutPeriod.Read("blackout_period", errors) ?? defaults.BlackoutPeriod,
            WeightExpirationPeriod = message.WeightExpirationPeriod.Read("weight_expiration_period", errors) ?? defaults.WeightExpirationPeriod,
            WeightUpdatePeriod = message.WeightUpdatePeriod.Read("weight_update_period", errors) ?? defaults.WeightUpdatePeriod,
            ErrorUtilizationPenalty = message.ErrorUtilizationPenalty ?? defaults.ErrorUtilizationPenalty,
            UtilizationMetrics = message.MetricNamesForComputingUtilization.ToValueList(),
            SlowStart = LocalityLbDecoder.Decode(message.SlowStartConfig, errors),
        };
    }
}
