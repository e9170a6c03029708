using Mesh.Primitives;
using Mesh.Resources;
using Mesh.Wire.Protos.Envoy.Config.Core.V3;
using Mesh.Wire.Protos.Envoy.Extensions.LoadBalancingPolicies.Common.V3;
using Mesh.Wire.Protos.Envoy.Type.V3;
using CommonLbConfig = Mesh.Wire.Protos.Envoy.Config.Cluster.V3.Cluster.Types.CommonLbConfig;
using OldSlowStart = Mesh.Wire.Protos.Envoy.Config.Cluster.V3.Cluster.Types.SlowStartConfig;
using ZoneAware = Mesh.Wire.Protos.Envoy.Extensions.LoadBalancingPolicies.Common.V3.LocalityLbConfig.Types.ZoneAwareLbConfig;

namespace Mesh.Wire.Decode;

/// <summary>What load-balancing policies have in common: localities, slow start, hashing; and <c>Cluster.common_lb_config</c>.</summary>
internal static class LocalityLbDecoder
{
    public static CommonLbResource? Decode(CommonLbConfig? message, DecoderSettings settings, ErrorCollector errors)
    {
        if (message is null)
            return null;
        using (errors.At("common_lb_config"))
        {
            LocalityLbResource? locality = null;
            if (message.ZoneAwareLbConfig is { } zone)
            {
                using (errors.At("zone_aware_lb_config"))
                {
                    ReportZones(settings, errors);
                    locality = new LocalityLbResource(new ZoneAwareResource
                    {
                        RoutingEnabledPercent = Percent(zone.RoutingEnabled, "routing_enabled", 100, errors),
                        MinClusterSize = zone.MinClusterSize ?? 6,
                        FailTrafficOnPanic = zone.FailTrafficOnPanic,
                    });
                }
            }
            else if (message.LocalityWeightedLbConfig is not null)
            {
                locality = new LocalityLbResource(ZoneAware: null);
            }

            using (errors.At("override_host_status"))
                CheckStates(message.OverrideHostStatus, errors);
            return new CommonLbResource
            {
                HealthyPanicThreshold = Percent(message.HealthyPanicThreshold, "healthy_panic_threshold", 50, errors),
                IgnoreNewUntilChecked = message.IgnoreNewHostsUntilFirstHc,
                Locality = locality,
                Hashing = Hashing(message.ConsistentHashingLbConfig, errors),
                OverrideHostStatus = message.OverrideHostStatus?.Statuses.Select(state => (EndpointHealth)state).ToValueList(),
            };
        }
    }

    public static LocalityLbResource? Decode(LocalityLbConfig? message, DecoderSettings settings, ErrorCollector errors)
    {
        switch (message?.LocalityConfigSpecifierCase)
        {
            case LocalityLbConfig.LocalityConfigSpecifierOneofCase.LocalityWeightedLbConfig:
                return new LocalityLbResource(ZoneAware: null);
            case LocalityLbConfig.LocalityConfigSpecifierOneofCase.ZoneAwareLbConfig:
                using (errors.At("locality_lb_config"))
                using (errors.At("zone_aware_lb_config"))
                {
                    ReportZones(settings, errors);
                    return new LocalityLbResource(Decode(message.ZoneAwareLbConfig, errors));
                }

            case LocalityLbConfig.LocalityConfigSpecifierOneofCase.None:
                errors.Error("locality_lb_config", "required: zone_aware_lb_config or locality_weighted_lb_config");
                return null;
            default:
                return null;
        }
    }

    public static SlowStartResource? Decode(SlowStartConfig? message, ErrorCollector errors) =>
        message is null ? null : SlowStart(message.SlowStartWindow, message.Aggression, message.MinWeightPercent, errors);

    public static SlowStartResource? Decode(OldSlowStart? message, ErrorCollector errors) =>
        message is null ? null : SlowStart(message.SlowStartWindow, message.Aggression, message.MinWeightPercent, errors);

    public static ConsistentHashingResource? Decode(ConsistentHashingLbConfig? message, ErrorCollector errors)
    {
        if (message is null)
            return null;
        using (errors.At("consistent_hashing_lb_config"))
            return new ConsistentHashingResource(message.UseHostnameForHashing, BalanceFactor(message.HashBalanceFactor, errors));
    }

    public static uint? BalanceFactor(uint? value, ErrorCollector errors)
    {
        if (value is < 100)
            errors.Error("hash_balance_factor", $"{value} is not allowed; at least 100 is");
        return value;
    }

    /// <summary>A share of a hundred.</summary>
    public static double Percent(Percent? message, string field, double unset, ErrorCollector errors)
    {
        if (message is { Value: var value } && !(value is >= 0 and <= 100))
            errors.Error(field, $"{value} is not allowed; 0 to 100 are");
        return message?.Value ?? unset;
    }

    /// <summary>What is honoured, and yet has no effect as things are.</summary>
    private static void ReportZones(DecoderSettings settings, ErrorCollector errors)
    {
        if (settings.Dialect == XdsDialect.Grpc)
            errors.Warning("gRPC has no zone-aware routing: it has no effect");
        else if (!settings.HasLocalCluster)
            errors.Warning("zones have no effect where the program does not name the cluster of its own instances (MeshOptions.LocalClusterName), as in Envoy");
    }

    private static ZoneAwareResource Decode(ZoneAware message, ErrorCollector errors)
    {
        if (message.LocalityBasis is not (ZoneAware.Types.LocalityBasis.HealthyHostsNum or ZoneAware.Types.LocalityBasis.HealthyHostsWeight))
            errors.Error("locality_basis", $"{(int)message.LocalityBasis} is not known; allowed are HEALTHY_HOSTS_NUM and HEALTHY_HOSTS_WEIGHT");
        return new ZoneAwareResource
        {
            RoutingEnabledPercent = Percent(message.RoutingEnabled, "routing_enabled", 100, errors),
            MinClusterSize = message.MinClusterSize ?? 6,
            FailTrafficOnPanic = message.FailTrafficOnPanic,
            ForceLocalZoneMinSize = message.ForceLocalZone is { } force ? force.MinSize ?? 1 : message.ForceLocalityDirectRouting ? 1 : null,
            ByWeight = message.LocalityBasis == ZoneAware.Types.LocalityBasis.HealthyHostsWeight,
        };
    }

    private static ConsistentHashingResource Hashing(CommonLbConfig.Types.ConsistentHashingLbConfig? message, ErrorCollector errors)
    {
        if (message is null)
            return ConsistentHashingResource.Default;
        using (errors.At("consistent_hashing_lb_config"))
            return new ConsistentHashingResource(message.UseHostnameForHashing, BalanceFactor(message.HashBalanceFactor, errors));
    }

    private static void CheckStates(HealthStatusSet? message, ErrorCollector errors)
    {
        for (int i = 0; i < (message?.Statuses.Count ?? 0); i++)
        {
            if (message!.Statuses[i] is < HealthStatus.Unknown or > HealthStatus.Degraded)
            {
                using (errors.At("statuses", i))
                    errors.Error($"{(int)message.Statuses[i]} is not known; allowed are 0 to 5");
            }
        }
    }

    private static SlowStartResource SlowStart(Google.Protobuf.WellKnownTypes.Duration? window, RuntimeDouble? aggression, Percent? percent, ErrorCollector errors)
    {
        using (errors.At("slow_start_config"))
        {
            if (aggression is { DefaultValue: var value } && !(value > 0 && double.IsFinite(value)))
                errors.Error("aggression.default_value", $"{value} is not allowed; more than 0 is");
            return new SlowStartResource(window.Read("slow_start_window", errors) ?? TimeSpan.Zero, aggression?.DefaultValue ?? 1, Percent(percent, "min_weight_percent", 10, errors));
        }
    }
}
