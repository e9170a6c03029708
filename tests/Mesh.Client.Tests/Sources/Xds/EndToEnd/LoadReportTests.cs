using Mesh.Client.Tests.Calls;
using Mesh.TestKit;
using Mesh.TestKit.ControlPlane;
using Mesh.TestKit.Servers;
using Mesh.Wire.Protos.Envoy.Config.Endpoint.V3;
using Microsoft.AspNetCore.Http;
using Xunit;
using Texts = Mesh.Client.Tests.Xds;

namespace Mesh.Client.Tests.Sources.Xds.EndToEnd;

/// <summary>A cluster with <c>lrs_server: {self: {}}</c> is reported on (LRS v3), and only such a one.</summary>
public sealed class LoadReportTests : XdsMeshTest
{
    [Fact]
    public async Task CallsAreReportedAsTheyWent()
    {
        AdsServer server = await StartControlPlaneAsync(new AdsServerOptions { LoadReportingInterval = TimeSpan.FromMilliseconds(50) });
        server.Set(Reported("shop", await StartServerAsync()));
        MeshHost host = await StartXdsAsync(server.Bootstrap);
        using HttpClient client = Client(host);
        for (int i = 0; i < 5; i++)
            await client.GetStringAsync(new Uri("http://shop/"));
        for (int i = 0; i < 2; i++)
        {
            using HttpResponseMessage failed = await client.GetAsync(new Uri("http://shop/status/503"));
            Assert.Equal(503, (int)failed.StatusCode);
        }

        await Wait.EventuallyAsync(() => server.LoadReports.Sum(report => (long)report.Issued) == 7, Soon, "a report of every call");
        Assert.All(server.LoadReports, report => Assert.Equal(("shop", "shop-eds"), (report.Cluster, report.Endpoints)));
        await Wait.EventuallyAsync(() => server.LoadReports.Sum(report => (long)report.Successful) == 5, Soon, "what succeeded");
        await Wait.EventuallyAsync(() => server.LoadReports.Sum(report => (long)report.Failed) == 2, Soon, "what failed");
        Assert.All(server.LoadReports, report => Assert.True(report.Interval > TimeSpan.Zero));
    }

    [Fact]
    public async Task WhatEndpointsSayIsPassedOnAsAsked()
    {
        AdsServer server = await StartControlPlaneAsync(new AdsServerOptions { LoadReportingInterval = TimeSpan.FromMilliseconds(50) });
        TestServer endpoint = await StartServerAsync(async context =>
        {
            context.Response.Headers["endpoint-load-metrics"] = "TEXT cpu_utilization=0.5,mem_utilization=0.25,named_metrics.queue=3,named_metrics.other=1";
            await context.Response.WriteAsync("loaded");
            return true;
        });
        server.Set(Reported("shop", endpoint).Replace("lrs_server: {self: {}},", "lrs_server: {self: {}}, lrs_report_endpoint_metrics: [cpu_utilization, named_metrics.queue, unknown],", StringComparison.Ordinal));
        MeshHost host = await StartXdsAsync(server.Bootstrap);
        using HttpClient client = Client(host);
        for (int i = 0; i < 4; i++)
            await client.GetStringAsync(new Uri("http://shop/"));

        await Wait.EventuallyAsync(() => server.LoadReports.Sum(report => (long)report.Successful) == 4, Soon, "a report of every call");
        List<UpstreamLocalityStats> localities = [.. server.LoadReports.SelectMany(report => report.Message.UpstreamLocalityStats)];
        Assert.Equal((4, 2.0), (localities.Sum(locality => (long)(locality.CpuUtilization?.NumRequestsFinishedWithMetric ?? 0)), localities.Sum(locality => locality.CpuUtilization?.TotalMetricValue ?? 0)));
        Assert.All(localities, locality => Assert.Null(locality.MemUtilization));
        List<EndpointLoadMetricStats> named = [.. localities.SelectMany(locality => locality.LoadMetricStats)];
        Assert.All(named, metric => Assert.Equal("named_metrics.queue", metric.MetricName));
        Assert.Equal((4, 12.0), (named.Sum(metric => (long)metric.NumRequestsFinishedWithMetric), named.Sum(metric => metric.TotalMetricValue)));
    }

    [Fact]
    public async Task WhatIsNotSentIsReportedToo()
    {
        AdsServer server = await StartControlPlaneAsync(new AdsServerOptions { LoadReportingInterval = TimeSpan.FromMilliseconds(50) });
        string tree = Reported("shop", await StartServerAsync());
        server.Set(tree.Replace("cluster_name: shop-eds,", "cluster_name: shop-eds, policy: {drop_overloads: [{category: lb, drop_percentage: {numerator: 100}}]},", StringComparison.Ordinal));
        MeshHost host = await StartXdsAsync(server.Bootstrap);
        using HttpClient client = Client(host);
        for (int i = 0; i < 3; i++)
            (await client.GetAsync(new Uri("http://shop/"))).Dispose();
        await Wait.EventuallyAsync(() => server.LoadReports.Sum(report => (long)report.Dropped) == 3, Soon, "a report of every drop");
        Assert.Equal(("lb", 3), (server.LoadReports.SelectMany(report => report.Message.DroppedRequests).Select(drop => drop.Category).Distinct().Single(), server.LoadReports.SelectMany(report => report.Message.DroppedRequests).Sum(drop => (long)drop.DroppedCount)));

        server.Set(tree.Replace("lrs_server:", "circuit_breakers: {thresholds: [{max_requests: 0}]}, lrs_server:", StringComparison.Ordinal));
        await Wait.EventuallyAsync(async () => (await client.GetAsync(new Uri("http://shop/"))).Header("x-mesh-flag") == "UO", Soon, "the breaker");
        await Wait.EventuallyAsync(
            () => server.LoadReports.Sum(report => (long)report.Dropped) > server.LoadReports.SelectMany(report => report.Message.DroppedRequests).Sum(drop => (long)drop.DroppedCount), Soon, "a report of what the breaker refused");
        Assert.Equal(0, server.LoadReports.Sum(report => (long)report.Issued));
    }

    [Fact]
    public async Task AServerThatTakesNoReportsIsNamedOnceAndHarmsNoCall()
    {
        AdsServer server = await StartControlPlaneAsync(new AdsServerOptions { SupportsLoadReports = false });
        server.Set(Reported("shop", await StartServerAsync()));
        MeshHost host = await StartXdsAsync(server.Bootstrap);
        using HttpClient client = Client(host);
        Assert.Equal("server", await client.GetStringAsync(new Uri("http://shop/")));
        await Wait.EventuallyAsync(() => Told().Count > 0, Soon, "a line in the log");
        Assert.Equal("server", await client.GetStringAsync(new Uri("http://shop/")));
        Assert.Contains("UNIMPLEMENTED", Assert.Single(Told()), StringComparison.OrdinalIgnoreCase);
    }

    private IReadOnlyList<string> Told() => Log.Messages("LoadReportsEnded");

    private static string Reported(string host, TestServer server) =>
        Tree(host, server).Replace("type: EDS,", "type: EDS, lrs_server: {self: {}},", StringComparison.Ordinal);
}
