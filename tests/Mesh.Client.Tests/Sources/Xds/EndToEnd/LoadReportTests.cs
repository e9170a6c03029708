using Mesh.Client.Tests.Calls;
using Mesh.TestKit;
using Mesh.TestKit.ControlPlane;
using Mesh.TestKit.Servers;
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
