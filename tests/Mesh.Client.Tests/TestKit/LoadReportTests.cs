using Mesh.TestKit.ControlPlane;
using Mesh.Wire.Protos.Envoy.Config.Core.V3;
using Mesh.Wire.Protos.Envoy.Config.Endpoint.V3;
using Mesh.Wire.Protos.Envoy.Service.LoadStats.V3;
using Xunit;

namespace Mesh.Client.Tests.TestKit;

public sealed class LoadReportTests
{
    [Fact]
    public async Task ReportsAreAskedForAndKept()
    {
        await using AdsServer server = await AdsServer.StartAsync(new AdsServerOptions { LoadReportingInterval = TimeSpan.FromSeconds(3) });
        await using var call = new RawAdsCall(server, RawAdsCall.Lrs);
        await call.SendAsync(new LoadStatsRequest { Node = new Node { Id = "me" } });
        LoadStatsResponse settings = await call.ReadAsync(LoadStatsResponse.Parser);
        Assert.Equal(TimeSpan.FromSeconds(3), settings.LoadReportingInterval.ToTimeSpan());
        Assert.True(settings.SendAllClusters);

        var stats = new ClusterStats { ClusterName = "a", ClusterServiceName = "eds-a", TotalDroppedRequests = 4 };
        stats.UpstreamLocalityStats.Add(new UpstreamLocalityStats { TotalIssuedRequests = 10, TotalSuccessfulRequests = 6, TotalErrorRequests = 1, TotalRequestsInProgress = 3 });
        stats.UpstreamLocalityStats.Add(new UpstreamLocalityStats { TotalIssuedRequests = 1, TotalSuccessfulRequests = 1 });
        await call.SendAsync(new LoadStatsRequest { ClusterStats = { stats } });
        ClusterLoadReport report = await server.WaitForLoadReportAsync("a");
        Assert.True(report is { Endpoints: "eds-a", Issued: 11, Successful: 7, Failed: 1, InProgress: 3, Dropped: 4 });
        Assert.Equal(report, Assert.Single(server.LoadReports));

        server.SetLoadReporting(TimeSpan.FromSeconds(1), ["a"]);
        settings = await call.ReadAsync(LoadStatsResponse.Parser);
        Assert.Equal(TimeSpan.FromSeconds(1), settings.LoadReportingInterval.ToTimeSpan());
        Assert.Equal(["a"], settings.Clusters);
        Assert.False(settings.SendAllClusters);
        Assert.Equal("me", server.LoadReporting.Requests[0].Node.Id);
        await call.CompleteAsync();
        Assert.Equal(0, (await call.EndAsync()).Status);
    }
}
