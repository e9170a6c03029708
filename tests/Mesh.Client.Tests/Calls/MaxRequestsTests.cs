using Mesh.TestKit;
using Mesh.TestKit.Servers;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Xunit;

namespace Mesh.Client.Tests.Calls;

/// <summary>How many requests a connection carries (<c>max_requests_per_connection</c>).</summary>
public sealed class MaxRequestsTests : MeshTest
{
    private readonly Gate _gate = new();

    [Theory]
    [InlineData(HttpProtocols.Http1, 1, 3, 3)]
    [InlineData(HttpProtocols.Http1, 2, 5, 3)]
    [InlineData(HttpProtocols.Http1, 0, 5, 1)]
    [InlineData(HttpProtocols.Http2, 1, 3, 3)]
    [InlineData(HttpProtocols.Http2, 2, 5, 3)]
    public async Task AConnectionIsNotUsedAgainOnceItHasHadThem(HttpProtocols protocols, int most, int calls, int connections)
    {
        TestServer server = await StartServerAsync(protocols: protocols);
        TestMesh mesh = await StartMeshAsync(Document(server, most, protocols));
        for (int i = 0; i < calls; i++)
            Assert.Equal("server", await mesh.Client.GetStringAsync("http://a/"));
        Assert.Equal(connections, server.Counts.Connections);
        Assert.All(server.Counts.ByConnection, requests => Assert.True(most == 0 || requests <= most));
        await Wait.EventuallyAsync(() => server.Counts.OpenConnections <= 1, Soon, "the others are closed");
    }

    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task CallsAtOnceAllEndAndNoConnectionHasMore(HttpProtocols protocols)
    {
        TestServer server = await StartServerAsync(protocols: protocols);
        TestMesh mesh = await StartMeshAsync(Document(server, 3, protocols));
        await Parallel.ForAsync(0, 200, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (_, token) => Assert.Equal("server", await mesh.Client.GetStringAsync("http://a/", token)));
        Assert.Equal(200, server.Counts.Requests);
        Assert.All(server.Counts.ByConnection, requests => Assert.InRange(requests, 0, 3));
        Assert.All(mesh.Outcomes, outcome => Assert.Equal(1, outcome.Attempts));
        await Wait.EventuallyAsync(() => server.Counts.OpenConnections <= 3, Soon, "the others are closed");
    }

    /// <summary>Nothing is wrong with a connection that has had its requests: what is under way on it takes as long as it takes.</summary>
    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task ACallUnderWayIsNotCut(HttpProtocols protocols)
    {
        TestServer server = await StartServerAsync(_gate.HoldAsync, protocols);
        TestMesh mesh = await StartMeshAsync(Document(server, 1, protocols), time: Time);
        Task<string> held = mesh.Client.GetStringAsync("http://a/hold");
        await ArrivedAsync(server, "/hold");
        Assert.Equal("server", await mesh.Client.GetStringAsync("http://a/"));
        Time.Advance(TimeSpan.FromDays(1));
        Assert.Equal("server", await mesh.Client.GetStringAsync("http://a/"));
        _gate.Open();
        Assert.Equal("released", await held);
        await Wait.EventuallyAsync(() => server.Counts.OpenConnections <= 1, Soon, "the first is closed");
    }

    /// <summary>Where other settings take the place of its own, it ends by the deadline like any other.</summary>
    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task OtherSettingsCutItByTheDeadline(HttpProtocols protocols)
    {
        TestServer server = await StartServerAsync(_gate.HoldAsync, protocols);
        TestMesh mesh = await StartMeshAsync(Document(server, 1, protocols), time: Time);

        // A request without a body may be sent a second time by the runtime.
        Task<HttpResponseMessage> held = mesh.Client.PostAsync("http://a/hold", new ByteArrayContent([1]));
        await ArrivedAsync(server, "/hold");
        Assert.Equal("server", await mesh.Client.GetStringAsync("http://a/"));
        mesh.Memory.Update(Document(server, 1, protocols, "connect_timeout: 3s, "));
        await Wait.EventuallyAsync(() => mesh.Host.Store.Current!.FindCluster("a")!.Transport.ConnectTimeout == TimeSpan.FromSeconds(3), Soon, "the update");
        Assert.Equal("server", await mesh.Client.GetStringAsync("http://a/"));
        Time.Advance(TimeSpan.FromMinutes(10));
        using HttpResponseMessage response = await held.WaitAsync(Soon);
        Assert.Equal((503, "UC"), ((int)response.StatusCode, response.Header("x-mesh-flag")));
        Assert.Equal("server", await mesh.Client.GetStringAsync("http://a/"));
    }

    [Fact]
    public async Task ACallOfAnOlderSnapshotBringsBackNoOlderConnections()
    {
        await using var tls = new TestTls();
        TestServer server = await StartServerAsync(certificate: tls.Certificate);
        TestMesh mesh = await StartMeshAsync(Document(server, 1, HttpProtocols.Http1));
        var old = mesh.Host.Store.Current!.FindCluster("a")!;
        mesh.Memory.Update(Document(server, 1, HttpProtocols.Http1, tls.TransportSocket));
        await Wait.EventuallyAsync(() => mesh.Host.Store.Current!.FindCluster("a")!.Transport.Tls is not null, Soon, "the update");
        Assert.Equal("server", await mesh.Client.GetStringAsync("http://a/"));
        for (int i = 0; i < 3; i++)
        {
            var pool = mesh.Host.Engine.Pools.TryAcquire(old.Endpoints[0], old.Transport, "a")!;
            Assert.NotNull(pool.Settings.Tls);
            pool.Release();
        }
    }

    private static string Document(TestServer server, int most, HttpProtocols protocols, string more = "") => Xds.Document(
        Xds.Listener("l", "r"),
        Xds.Resource(Xds.RoutesType, $"name: r, virtual_hosts: [{Xds.VirtualHost("a", "cluster: a, timeout: 0s, idle_timeout: 0s")}]"),
        Xds.ClusterWith("a", $"{(protocols == HttpProtocols.Http2 ? "http2_protocol_options: {}, " : "")}common_http_protocol_options: {{max_requests_per_connection: {most}}}, {more}", $"127.0.0.1:{server.Port}"));
}
