using Google.Protobuf.WellKnownTypes;
using Mesh.Resources;
using Mesh.Wire.Protos.Envoy.Config.Cluster.V3;
using Mesh.Wire.Protos.Envoy.Extensions.Clusters.Dns.V3;
using Family = Mesh.Wire.Protos.Envoy.Config.Cluster.V3.Cluster.Types.DnsLookupFamily;
using FamilyOfExtension = Mesh.Wire.Protos.Envoy.Extensions.Clusters.Common.Dns.V3.DnsLookupFamily;

namespace Mesh.Wire.Decode;

/// <summary>
/// <c>Cluster.dns_refresh_rate</c> and its siblings. Their values are checked whatever the cluster's type, as Envoy does, and count for the DNS
/// types alone. gRPC reads none of them; in its dialect they count as in Envoy's, but for a family that is not set: gRPC asks for both.
/// </summary>
internal static class DnsSettingsDecoder
{
    /// <summary>Envoy asks no name more often, and refuses a rate of just this.</summary>
    private const int MinNanos = 1_000_000;

    /// <summary>The settings; null for a cluster that resolves no names.</summary>
    public static DnsSettingsResource? Decode(Cluster message, DiscoveryType type, XdsDialect dialect, ErrorCollector errors)
    {
        bool resolves = type is DiscoveryType.StrictDns or DiscoveryType.LogicalDns;
        DnsSettingsResource settings = Decode(message, dialect, errors);
        if (resolves && message.ClusterType is null)
            return settings;
        WarnOfNoEffect(message, resolves ? "cluster_type says how names are resolved" : "only clusters of type STRICT_DNS and LOGICAL_DNS resolve names", errors);
        if (!resolves)
            return null;
        using (errors.At("cluster_type"))
        using (errors.At("typed_config"))
            return AnyDecoder.Open<DnsCluster>(message.ClusterType!.TypedConfig, errors) is { } own ? Decode(own, dialect, errors) : settings;
    }

    private static DnsSettingsResource Decode(Cluster message, XdsDialect dialect, ErrorCollector errors)
    {
        if (!System.Enum.IsDefined(message.DnsLookupFamily))
            errors.Error("dns_lookup_family", $"{(int)message.DnsLookupFamily} is not known; allowed are 0 to 4");
        DnsLookupFamily family = message.DnsLookupFamily switch
        {
            Family.V4Only => DnsLookupFamily.V4Only,
            Family.V6Only => DnsLookupFamily.V6Only,
            Family.V4Preferred => DnsLookupFamily.V4Preferred,
            Family.All => DnsLookupFamily.All,
            _ => Unset(dialect),
        };
        DnsFailureRateResource? failures = message.DnsFailureRefreshRate is { } rate ? FailureRate(rate.BaseInterval, rate.MaxInterval, errors) : null;
        return Settings(message.DnsRefreshRate, failures, message.DnsJitter, message.RespectDnsTtl, family, errors);
    }

    /// <summary>The same of a cluster of type <c>envoy.clusters.dns</c>, which brings its settings along (<c>DnsCluster</c>).</summary>
    private static DnsSettingsResource Decode(DnsCluster message, XdsDialect dialect, ErrorCollector errors)
    {
        if (!System.Enum.IsDefined(message.DnsLookupFamily))
            errors.Error("dns_lookup_family", $"{(int)message.DnsLookupFamily} is not known; allowed are 0 to 5");
        DnsLookupFamily family = message.DnsLookupFamily switch
        {
            FamilyOfExtension.V4Only => DnsLookupFamily.V4Only,
            FamilyOfExtension.V6Only => DnsLookupFamily.V6Only,
            FamilyOfExtension.V4Preferred => DnsLookupFamily.V4Preferred,
            FamilyOfExtension.All => DnsLookupFamily.All,
            FamilyOfExtension.Auto => DnsLookupFamily.Auto,
            _ => Unset(dialect),
        };
        DnsFailureRateResource? failures = message.DnsFailureRefreshRate is { } rate ? FailureRate(rate.BaseInterval, rate.MaxInterval, errors) : null;
        return Settings(message.DnsRefreshRate, failures, message.DnsJitter, message.RespectDnsTtl, family, errors);
    }

    private static DnsSettingsResource Settings(Duration? refreshRate, DnsFailureRateResource? failures, Duration? jitter, bool respectTtl, DnsLookupFamily family, ErrorCollector errors) => new()
    {
        RefreshRate = Interval(refreshRate, "dns_refresh_rate", errors) ?? DnsSettingsResource.DefaultRefreshRate,
        FailureRate = failures,
        Jitter = jitter.Read("dns_jitter", errors) ?? TimeSpan.Zero,
        RespectTtl = respectTtl,
        LookupFamily = family,
    };

    private static DnsLookupFamily Unset(XdsDialect dialect) => dialect == XdsDialect.Grpc ? DnsLookupFamily.All : DnsLookupFamily.Auto;

    private static DnsFailureRateResource? FailureRate(Duration? baseInterval, Duration? maxInterval, ErrorCollector errors)
    {
        using ErrorCollector.Scope scope = errors.At("dns_failure_refresh_rate");
        baseInterval.Require("base_interval", errors);
        TimeSpan? first = Interval(baseInterval, "base_interval", errors);
        TimeSpan? most = Interval(maxInterval, "max_interval", errors);
        if (first is not { } interval)
            return null;
        if (most < interval)
            errors.Error("max_interval", $"{most.Value.TotalSeconds:0.###}s is less than base_interval, {interval.TotalSeconds:0.###}s");
        return new DnsFailureRateResource(interval, most ?? (interval > TimeSpan.MaxValue / 10 ? TimeSpan.MaxValue : interval * 10));
    }

    private static TimeSpan? Interval(Duration? message, string field, ErrorCollector errors)
    {
        if (message.Read(field, errors, positive: true) is not { } interval)
            return null;
        if (message is not { Seconds: 0, Nanos: <= MinNanos })
            return interval;
        errors.Error(field, $"{interval.TotalSeconds:0.######}s is not allowed: it must be more than 0.001s");
        return null;
    }

    private static void WarnOfNoEffect(Cluster message, string why, ErrorCollector errors)
    {
        ReadOnlySpan<(bool IsSet, string Field)> fields =
        [
            (message.DnsRefreshRate is not null, "dns_refresh_rate"),
            (message.DnsFailureRefreshRate is not null, "dns_failure_refresh_rate"),
            (message.DnsJitter is not null, "dns_jitter"),
            (message.RespectDnsTtl, "respect_dns_ttl"),
            (message.DnsLookupFamily != Family.Auto, "dns_lookup_family"),
        ];
        foreach (var (isSet, field) in fields)
        {
            if (isSet)
                errors.Warning(field, $"{why}: it has no effect");
        }
    }
}
