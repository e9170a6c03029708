using Mesh.Resources;
using Mesh.Wire.Protos.Envoy.Config.Cluster.V3;
using Mesh.Wire.Protos.Envoy.Config.Core.V3;
using LbPolicy = Mesh.Wire.Protos.Envoy.Config.Cluster.V3.Cluster.Types.LbPolicy;
using RingHashConfig = Mesh.Wire.Protos.Envoy.Config.Cluster.V3.Cluster.Types.RingHashLbConfig;

namespace Mesh.Wire.Decode;

/// <summary><c>Cluster.lb_policy</c> with its <c>lb_config</c>, and the checks that both ways of naming a policy share.</summary>
internal static class LbPolicyDecoder
{
    public static LoadBalancingPolicyResource Decode(Cluster message, XdsDialect dialect, Unsupportable unsupported, ErrorCollector errors)
    {
        LoadBalancingPolicyResource? ofConfig = DecodeConfig(message, dialect, errors);
        switch (message.LbPolicy)
        {
            case LbPolicy.RoundRobin:
                return ofConfig as RoundRobinResource ?? RoundRobinResource.Default;
            case LbPolicy.LeastRequest:
                return ofConfig as LeastRequestResource ?? new LeastRequestResource();
            case LbPolicy.RingHash:
                return (ofConfig as RingHashResource ?? new RingHashResource()) with { LocalityWeighted = dialect == XdsDialect.Grpc };
            case LbPolicy.LoadBalancingPolicyConfig:
                return RoundRobinResource.Default;
            case LbPolicy.Random or LbPolicy.Maglev or LbPolicy.ClusterProvided when dialect == XdsDialect.Grpc:
                if (message.LoadBalancingPolicy is null)
                    errors.Error("lb_policy", $"{message.LbPolicy.ProtoName()} is not allowed by gRPC; ROUND_ROBIN, RING_HASH and LEAST_REQUEST are");
                return RoundRobinResource.Default;
            case LbPolicy.Random:
                return new RandomResource();
            case LbPolicy.Maglev:
                return ofConfig as MaglevResource ?? new MaglevResource();
            case LbPolicy.ClusterProvided:
                // The policy of a cluster type of its own: of those there are only aggregate clusters, which choose among clusters.
                if (message.ClusterDiscoveryTypeCase != Cluster.ClusterDiscoveryTypeOneofCase.ClusterType && message.LoadBalancingPolicy is null)
                    unsupported.Report("lb_policy", $"CLUSTER_PROVIDED is no policy of a cluster of type {message.Type.ProtoName()}", errors);
                return RoundRobinResource.Default;
            default:
                errors.Error("lb_policy", $"{(int)message.LbPolicy} is not known; allowed are ROUND_ROBIN, LEAST_REQUEST, RING_HASH, RANDOM, MAGLEV, CLUSTER_PROVIDED and LOAD_BALANCING_POLICY_CONFIG");
                return RoundRobinResource.Default;
        }
    }

    public static uint ChoiceCount(uint? value, ErrorCollector errors)
    {
        if (value is < 2)
            errors.Error("choice_count", $"{value} is not allowed; at least 2 is");
        return value ?? 2;
    }

    public static double Bias(RuntimeDouble? message, ErrorCollector errors)
    {
        if (message is { DefaultValue: var value } && !(value >= 0 && double.IsFinite(value)))
            errors.Error("active_request_bias.default_value", $"{value} is not allowed; at least 0 is");
        return message?.DefaultValue ?? 1;
    }

    public static RingHashResource Ring(ulong? minimum, ulong? maximum, bool isUsed, ErrorCollector errors)
    {
        var ring = new RingHashResource();
        if (minimum > RingHashResource.LargestRing)
            errors.Error("minimum_ring_size", $"{minimum} is more than {RingHashResource.LargestRing}");
        if (maximum > RingHashResource.LargestRing)
            errors.Error("maximum_ring_size", $"{maximum} is more than {RingHashResource.LargestRing}");
        if (minimum is not null)
            ring = ring with { MinimumRingSize = minimum.Value };
        if (maximum is not null)
            ring = ring with { MaximumRingSize = maximum.Value };
        if (isUsed && ring.MinimumRingSize > ring.MaximumRingSize)
            errors.Error("maximum_ring_size", $"{ring.MaximumRingSize} is less than minimum_ring_size, {ring.MinimumRingSize}");
        return ring;
    }

    public static ulong TableSize(ulong? value, bool isUsed, ErrorCollector errors)
    {
        if (value > MaglevResource.LargestTable)
            errors.Error("table_size", $"{value} is more than {MaglevResource.LargestTable}");
        else if (isUsed && value is { } size && !IsPrime(size))
            errors.Error("table_size", $"{size} is not a prime number");
        return value ?? new MaglevResource().TableSize;
    }

    /// <summary>What <c>lb_config</c> configures. Envoy checks each field whatever the policy is, and how they go together where it is used.</summary>
    private static LoadBalancingPolicyResource? DecodeConfig(Cluster message, XdsDialect dialect, ErrorCollector errors)
    {
        switch (message.LbConfigCase)
        {
            case Cluster.LbConfigOneofCase.RingHashLbConfig:
                using (errors.At("ring_hash_lb_config"))
                    return DecodeRing(message.RingHashLbConfig, isUsed: message.LbPolicy == LbPolicy.RingHash, dialect, errors);
            case Cluster.LbConfigOneofCase.LeastRequestLbConfig:
                using (errors.At("least_request_lb_config"))
                {
                    return new LeastRequestResource
                    {
                        ChoiceCount = ChoiceCount(message.LeastRequestLbConfig.ChoiceCount, errors),
                        ActiveRequestBias = Bias(message.LeastRequestLbConfig.ActiveRequestBias, errors),
                        SlowStart = LocalityLbDecoder.Decode(message.LeastRequestLbConfig.SlowStartConfig, errors),
                    };
                }

            case Cluster.LbConfigOneofCase.MaglevLbConfig:
                using (errors.At("maglev_lb_config"))
                    return new MaglevResource { TableSize = TableSize(message.MaglevLbConfig.TableSize, isUsed: message.LbPolicy == LbPolicy.Maglev, errors) };
            case Cluster.LbConfigOneofCase.RoundRobinLbConfig:
                using (errors.At("round_robin_lb_config"))
                    return new RoundRobinResource { SlowStart = LocalityLbDecoder.Decode(message.RoundRobinLbConfig.SlowStartConfig, errors) };
            default:
                // original_dst_lb_config: the scan has refused it.
                return null;
        }
    }

    private static RingHashResource DecodeRing(RingHashConfig message, bool isUsed, XdsDialect dialect, ErrorCollector errors)
    {
        if (message.HashFunction is not (RingHashConfig.Types.HashFunction.XxHash or RingHashConfig.Types.HashFunction.MurmurHash2))
            errors.Error("hash_function", $"{(int)message.HashFunction} is not known; allowed are XX_HASH and MURMUR_HASH_2");
        else if (dialect == XdsDialect.Grpc && message.HashFunction != RingHashConfig.Types.HashFunction.XxHash)
            errors.Error("hash_function", "only XX_HASH is allowed by gRPC (gRFC A42)");
        return Ring(message.MinimumRingSize, message.MaximumRingSize, isUsed, errors) with { Murmur = message.HashFunction == RingHashConfig.Types.HashFunction.MurmurHash2 };
    }

    private static bool IsPrime(ulong number)
    {
        if (number < 2)
            return false;
        for (ulong divisor = 2; divisor * divisor <= number; divisor++)
        {
            if (number % divisor == 0)
                return false;
        }

        return true;
    }
}
