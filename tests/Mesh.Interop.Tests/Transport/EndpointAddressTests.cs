using System.Net;
using Mesh.TestKit;
using Mesh.TestKit.Certificates;
using Mesh.TestKit.Servers;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Mesh.Interop.Tests.Transport;

/// <summary>Every kind of address an endpoint may have.</summary>
public sealed class EndpointAddressTests : IDisposable
{
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
    public async Task UnixSocket(string protocol, HttpProtocols protocols)
    {
        await using var server = await TestServer.StartAsync(o =>
        {
            o.UnixSocketPath = _folder["s"];
            o.Protocols = protocols;
        });
        await AssertReachedAsync(server, $"unix:{_folder["s"]}", protocol);
    }

    [Fact]
    public async Task UnixSocketWithTls()
    {
        using var certificate = _authority.IssueServer("shop.test");
        await using var server = await TestServer.StartAsync(o =>
        {
            o.UnixSocketPath = _folder["s"];
            o.Protocols = HttpProtocols.Http2;
            o.Certificate = certificate;
        });
        var files = new PemFolder(_folder["tls"], certificate);
        await AssertReachedAsync(server, $"unix:{_folder["s"]}", "http2", Shop.Tls(files.AuthorityFile));
    }

    [Theory]
    [InlineData("http1", HttpProtocols.Http1)]
    [InlineData("http2", HttpProtocols.Http2)]
    public async Task IPv6(string protocol, HttpProtocols protocols)
    {
        await using var server = await TestServer.StartAsync(o =>
        {
            o.Address = IPAddress.IPv6Loopback;
            o.Protocols = protocols;
        });
        await AssertReachedAsync(server, $"[::1]:{server.Port}", protocol);
    }

    [Fact]
    public async Task Name()
    {
        await using var server = await TestServer.StartAsync();
        await using var mesh = await MeshedClient.StartAsync(Shop.Yaml($"localhost:{server.Port}", "http1"));
        for (var i = 0; i < 2; i++)
            Assert.Equal(HttpStatusCode.OK, (await mesh.GetAsync("http://shop/a?b=c")).Status);
        Assert.Equal([("/a?b=c", "shop"), ("/a?b=c", "shop")], server.Records.Select(r => (r.Target, r.Authority)));

        // One by the name, and another once the name is resolved.
        Assert.InRange(server.Counts.Connections, 1, 2);
    }

    [Fact]
    public async Task WhereNobodyListensTheReplySaysSo()
    {
        var address = $"127.0.0.1:{FreePort.Next()}";
        await using var mesh = await MeshedClient.StartAsync(Shop.Yaml(address, "http1"));
        var (status, flag, reason) = await mesh.GetAsync("http://shop/");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "UF"), (status, flag));
        Assert.Contains($"cluster 'shop': Connecting to {address} failed: Connection refused", reason, StringComparison.Ordinal);
    }

    private static async Task AssertReachedAsync(TestServer server, string address, string protocol, string tls = "")
    {
        await using var mesh = await MeshedClient.StartAsync(Shop.Yaml(address, protocol, tls));
        for (var i = 0; i < 2; i++)
            Assert.Equal(HttpStatusCode.OK, (await mesh.GetAsync("http://shop/a?b=c")).Status);
        Assert.Equal([("/a?b=c", "shop"), ("/a?b=c", "shop")], server.Records.Select(r => (r.Target, r.Authority)));
        Assert.Equal(1, server.Counts.Connections);
    }
}
