using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Mesh.Resources;
using Mesh.Wire.Protos.Envoy.Config.Core.V3;
using Mesh.Wire.Protos.Envoy.Config.Endpoint.V3;
using Mesh.Wire.Protos.Envoy.Service.LoadStats.V3;

namespace Mesh.Wire.Discovery;

/// <summary>The calls of one cluster since the last report (<c>ClusterStats</c>).</summary>
/// <param name="Cluster">Its name.</param>
/// <param name="ServiceName">The name of its load assignment where it is another; empty otherwise.</param>
/// <param name="Localities">By locality.</param>
/// <param name="Drops">The calls that were dropped by policy (<c>drop_overloads</c>), by category.</param>
/// <param name="Overflows">The calls that were refused by the circuit breaker, which has no category (gRFC A32).</param>
/// <param name="Interval">How long that was.</param>
internal sealed record ClusterLoad(
    string Cluster, string ServiceName, IReadOnlyList<LocalityLoad> Localities, IReadOnlyDictionary<string, ulong> Drops, ulong Overflows, TimeSpan Interval);

/// <summary>The calls to one locality (<c>UpstreamLocalityStats</c>).</summary>
/// <param name="Locality"><c>region/zone/sub_zone</c>.</param>
/// <param name="Priority">Its priority.</param>
/// <param name="Issued">Started since the last report.</param>
/// <param name="Succeeded">Ended well since then.</param>
/// <param name="Failed">Ended badly since then.</param>
/// <param name="InProgress">Not ended now.</param>
/// <param name="Metrics">What its endpoints have said of their load, by name.</param>
internal sealed record LocalityLoad(string Locality, uint Priority, ulong Issued, ulong Succeeded, ulong Failed, ulong InProgress, IReadOnlyDictionary<string, MetricSum> Metrics);

/// <summary>What a server wants to be told.</summary>
/// <param name="Interval">How often.</param>
/// <param name="AllClusters">Of every cluster.</param>
/// <param name="Clusters">Else of these.</param>
internal sealed record LoadReportTerms(TimeSpan Interval, bool AllClusters, IReadOnlyList<string> Clusters)
{
    public bool Covers(string cluster) => AllClusters || Clusters.Contains(cluster, StringComparer.Ordinal);
}

/// <summary>Reads and writes the messages of load reporting.</summary>
internal static class LoadReportCodec
{
    public const string Method = "/envoy.service.load_stats.v3.LoadReportingService/StreamLoadStats";

    /// <summary>A client with this feature may be asked for all clusters at once.</summary>
    public const string AllClustersFeature = "envoy.lrs.supports_send_all_clusters";

    public static byte[] First(NodeIdentity node) => new LoadStatsRequest
    {
        Node = DiscoveryWriter.Encode(node with { Features = [.. node.Features, AllClustersFeature] }),
    }.ToByteArray();

    public static byte[] Write(IReadOnlyList<ClusterLoad> loads) => new LoadStatsRequest { ClusterStats = { loads.Select(Encode) } }.ToByteArray();

    /// <summary>Reads the terms; null, and why, when they are none.</summary>
    public static LoadReportTerms? Read(ReadOnlyMemory<byte> message, out string error)
    {
        error = "";
        try
        {
            var response = LoadStatsResponse.Parser.ParseFrom(message.Span);
            Duration? interval = response.LoadReportingInterval;
            if (interval is { Seconds: >= 0 and < int.MaxValue / 1000, Nanos: >= 0 and < 1_000_000_000 } && (interval.Seconds > 0 || interval.Nanos > 0))
                return new LoadReportTerms(interval.ToTimeSpan(), response.SendAllClusters, [.. response.Clusters]);
            error = $"load_reporting_interval '{interval}' is not allowed; it must be more than 0s and less than 24 days";
        }
        catch (InvalidProtocolBufferException e)
        {
            error = e.Message;
        }

        return null;
    }

    private static ClusterStats Encode(ClusterLoad load) => new()
    {
        ClusterName = load.Cluster,
        ClusterServiceName = load.ServiceName,
        LoadReportInterval = Duration.FromTimeSpan(load.Interval),
        UpstreamLocalityStats = { load.Localities.Select(Encode) },
        DroppedRequests = { load.Drops.Select(drop => new ClusterStats.Types.DroppedRequests { Category = drop.Key, DroppedCount = drop.Value }) },
        TotalDroppedRequests = load.Drops.Values.Aggregate(load.Overflows, (sum, count) => sum + count),
    };

    private static UpstreamLocalityStats Encode(LocalityLoad load)
    {
        string[] parts = load.Locality.Split('/');
        return new UpstreamLocalityStats
        {
            Locality = parts.Length == 3 ? new Locality { Region = parts[0], Zone = parts[1], SubZone = parts[2] } : new Locality(),
            Priority = load.Priority,
            TotalIssuedRequests = load.Issued,
            TotalSuccessfulRequests = load.Succeeded,
            TotalErrorRequests = load.Failed,
            TotalRequestsInProgress = load.InProgress,
            CpuUtilization = Field(load, OrcaReport.Cpu),
            MemUtilization = Field(load, OrcaReport.Memory),
            ApplicationUtilization = Field(load, OrcaReport.Application),
            LoadMetricStats =
            {
                load.Metrics.Where(metric => !OrcaReport.IsField(metric.Key)).Select(metric => new EndpointLoadMetricStats
                {
                    MetricName = metric.Key,
                    NumRequestsFinishedWithMetric = metric.Value.Requests,
                    TotalMetricValue = metric.Value.Total,
                }),
            },
        };
    }

    private static UnnamedEndpointLoadMetricStats? Field(LocalityLoad load, string name) => load.Metrics.TryGetValue(name, out MetricSum sum)
        ? new UnnamedEndpointLoadMetricStats { NumRequestsFinishedWithMetric = sum.Requests, TotalMetricValue = sum.Total }
        : null;
}
