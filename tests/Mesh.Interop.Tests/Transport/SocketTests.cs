using System.Net;
using Mesh.TestKit;
using Mesh.TestKit.Certificates;
using Mesh.TestKit.Servers;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Mesh.Interop.Tests.Transport;

/// <summary>Many hosts on one endpoint: how many connections the server sees.</summary>
public sealed class SocketTests : IDisposable
{
    /// <summary>How many authorities share the connections of one TLS pool.</summary>
    private const int PoolBound = 100;

    private const string AllHosts = "hosts: ['*.shop']";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private readonly CertificateAuthority _authority = CertificateAuthority.Create();
    private readonly TempFolder _folder = new();

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("http1", HttpProtocols.Http1)]
    [InlineData("http2", HttpProtocols.Http2)]
    public async Task WithoutTlsAllHostsShareOneConnection(string protocol, HttpProtocols protocols)
    {
        await using var server = await TestServer.StartAsync(o => o.Protocols = protocols);
        await using var mesh = await MeshedClient.StartAsync(Shop.Yaml(server.Port, protocol, AllHosts));
        for (var i = 0; i < 100; i++)
            Assert.Equal(HttpStatusCode.OK, (await mesh.GetAsync($"http://h{i}.shop/")).Status);

        Assert.Equal(1, server.Counts.Connections);
        AssertEachHostOnce(server, 100);
    }

    [Theory]
    [InlineData("http1")]
    [InlineData("http2")]
    public async Task OverTlsTheRuntimeKeepsConnectionsByHostAndTheMeshBoundsThem(string protocol)
    {
        using var certificate = _authority.IssueServer("shop.test");
        await using var server = await TestServer.StartAsync(o =>
        {
            o.Protocols = HttpProtocols.Http1AndHttp2;
            o.Certificate = certificate;
        });
        var files = new PemFolder(_folder["tls"], certificate);
        await using var mesh = await MeshedClient.StartAsync(Shop.Yaml(server.Port, protocol, AllHosts, Shop.Tls(files.AuthorityFile)));
        for (var i = 0; i < 3 * PoolBound; i++)
        {
            Assert.Equal(HttpStatusCode.OK, (await mesh.GetAsync($"https://h{i}.shop/")).Status);
            if (i % (PoolBound / 2) == 0)
                await Wait.EventuallyAsync(() => server.Counts.OpenConnections <= PoolBound, Limit);
        }

        AssertEachHostOnce(server, 3 * PoolBound);
        // The host called last still has its connection.
        var before = server.Counts.Connections;
        await mesh.GetAsync($"https://h{(3 * PoolBound) - 1}.shop/");
        Assert.Equal(before, server.Counts.Connections);
    }

    [Fact]
    public async Task NoCallFailsWhileManyReplaceThePool()
    {
        using var certificate = _authority.IssueServer("shop.test");
        await using var server = await TestServer.StartAsync(o =>
        {
            o.Protocols = HttpProtocols.Http1AndHttp2;
            o.Certificate = certificate;
        });
        var files = new PemFolder(_folder["tls"], certificate);
        await using var mesh = await MeshedClient.StartAsync(Shop.Yaml(server.Port, "http2", AllHosts, Shop.Tls(files.AuthorityFile)));
        await Parallel.ForAsync(0, 3 * PoolBound, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, _) =>
        {
            var (status, _, reason) = await mesh.GetAsync($"https://h{i}.shop/");
            Assert.True(status == HttpStatusCode.OK, $"h{i}: {status} {reason}");
        });

        AssertEachHostOnce(server, 3 * PoolBound);
        // Callers that replace the pool at the same moment may leave the winner with a few hosts more.
        await Wait.EventuallyAsync(() => server.Counts.OpenConnections <= PoolBound + 16, Limit);
    }

    private static void AssertEachHostOnce(TestServer server, int hosts)
    {
        var expected = Enumerable.Range(0, hosts).ToDictionary(i => $"h{i}.shop", _ => 1L);
        Assert.Equal(expected, server.Counts.ByHost);
    }
}
