using System.Net;
using Mesh.TestKit;
using Mesh.TestKit.Certificates;
using Mesh.TestKit.Servers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Mesh.Interop.Tests.Transport;

/// <summary>
/// What happens to connections when what they were made with is replaced: new calls go over new ones, a call under way ends on the
/// one it is on, and then the server sees the old ones closed.
/// </summary>
public sealed class GenerationTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private readonly CertificateAuthority _authority = CertificateAuthority.Create();
    private readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TempFolder _folder = new();

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("http1")]
    [InlineData("http2")]
    public async Task AReplacedClientCertificate(string protocol)
    {
        using var certificate = _authority.IssueServer("shop.test");
        using var first = _authority.IssueClient("first");
        using var second = _authority.IssueClient("second");
        await using var server = await StartAsync(certificate, clientAuthority: _authority);
        var identity = new PemFolder(_folder["identity"], first);
        await using var mesh = await MeshedClient.StartAsync(Shop.Yaml(server.Port, protocol, Shop.Tls(identity.AuthorityFile, identity)));

        var next = await ReplaceAsync(mesh, server, server, () => identity.Write(second));
        Assert.Equal(("CN=first", "CN=second"), (server.Records[0].ClientSubject, next.ClientSubject));
    }

    [Theory]
    [InlineData("http1")]
    [InlineData("http2")]
    public async Task AReplacedAuthority(string protocol)
    {
        using var other = CertificateAuthority.Create("Other Root");
        using var before = _authority.IssueServer("shop.test");
        using var after = other.IssueServer("shop.test");
        await using var server = await StartAsync(before);
        var files = new PemFolder(_folder["trust"], before);
        await using var mesh = await MeshedClient.StartAsync(Shop.Yaml(server.Port, protocol, Shop.Tls(files.AuthorityFile)));

        await ReplaceAsync(mesh, server, server, () =>
        {
            server.UseCertificate(after);
            files.Write(after);
        });
    }

    [Fact]
    public async Task WithdrawnTrustEndsNewCallsAndNotThoseUnderWay()
    {
        using var other = CertificateAuthority.Create("Other Root");
        using var certificate = _authority.IssueServer("shop.test");
        using var unrelated = other.IssueServer("shop.test");
        await using var server = await StartAsync(certificate);
        var files = new PemFolder(_folder["trust"], certificate);
        await using var mesh = await MeshedClient.StartAsync(Shop.Yaml(server.Port, "http2", Shop.Tls(files.AuthorityFile)));
        using var held = await HoldAsync(mesh);

        files.Write(unrelated);
        await Wait.EventuallyAsync(async () => (await mesh.GetAsync("http://shop/")).Flag == "UF", Limit);

        _release.SetResult();
        Assert.Equal("held to the end", await held.Content.ReadAsStringAsync());
        await Wait.EventuallyAsync(() => server.Counts.OpenConnections == 0, Limit);
    }

    [Fact]
    public async Task AnotherProtocol()
    {
        using var certificate = _authority.IssueServer("shop.test");
        await using var server = await StartAsync(certificate);
        var files = new PemFolder(_folder["trust"], certificate);
        var tls = Shop.Tls(files.AuthorityFile);
        await using var mesh = await MeshedClient.StartAsync(Shop.Yaml(server.Port, "http1", tls));
        var next = await ReplaceAsync(mesh, server, server, () => mesh.Update(Shop.Yaml(server.Port, "http2", tls)));
        Assert.Equal(("HTTP/1.1", "HTTP/2"), (server.Records[0].Protocol, next.Protocol));
    }

    [Theory]
    [InlineData("http1", HttpProtocols.Http1)]
    [InlineData("http2", HttpProtocols.Http2)]
    public async Task ARemovedEndpoint(string protocol, HttpProtocols protocols)
    {
        await using var gone = await StartAsync(null, protocols);
        await using var stays = await StartAsync(null, protocols);
        await using var mesh = await MeshedClient.StartAsync(Shop.Yaml(gone.Port, protocol));
        await ReplaceAsync(mesh, gone, stays, () => mesh.Update(Shop.Yaml(stays.Port, protocol)));
        Assert.Equal(0, gone.Counts.OpenConnections);
    }

    [Fact]
    public async Task AnEndpointThatComesBack()
    {
        await using var server = await StartAsync(null, HttpProtocols.Http2);
        await using var other = await StartAsync(null, HttpProtocols.Http2);
        await using var mesh = await MeshedClient.StartAsync(Shop.Yaml(server.Port, "http2"));
        await ReplaceAsync(mesh, server, server, () =>
        {
            mesh.Update(Shop.Yaml(other.Port, "http2"));
            mesh.Update(Shop.Yaml(server.Port, "http2"));
        });
        Assert.Equal(0, other.Counts.Connections);
    }

    [Fact]
    public async Task ARemovedCluster()
    {
        await using var server = await StartAsync(null, HttpProtocols.Http2);
        await using var mesh = await MeshedClient.StartAsync(Shop.Yaml(server.Port, "http2"));
        using var held = await HoldAsync(mesh);
        mesh.Update("resources: []");
        Assert.Equal("NR", (await mesh.GetAsync("http://shop/")).Flag);
        Assert.Equal(1, server.Counts.OpenConnections);

        _release.SetResult();
        Assert.Equal("held to the end", await held.Content.ReadAsStringAsync());
        await Wait.EventuallyAsync(() => server.Counts.OpenConnections == 0, Limit);
    }

    /// <summary>
    /// Holds a call, makes the change, calls until a new connection carries the calls, ends the held call, and sees that only the new
    /// connection is left. Gives the first request that came over it.
    /// </summary>
    private async Task<RequestRecord> ReplaceAsync(MeshedClient mesh, TestServer before, TestServer after, Action change)
    {
        using var held = await HoldAsync(mesh);
        await CallAsync(mesh);
        var old = before.Records.Select(r => r.ConnectionId).ToHashSet(StringComparer.Ordinal);
        change();
        await Wait.EventuallyAsync(
            async () =>
            {
                await CallAsync(mesh);
                return after.Records.Any(r => !old.Contains(r.ConnectionId));
            },
            Limit);

        _release.SetResult();
        Assert.Equal("held to the end", await held.Content.ReadAsStringAsync());
        await Wait.EventuallyAsync(() => Open(before, after) == 1, Limit);
        var made = after.Counts.Connections;
        await CallAsync(mesh);
        Assert.Equal(made, after.Counts.Connections);
        return after.Records.First(r => !old.Contains(r.ConnectionId));
    }

    private static async Task CallAsync(MeshedClient mesh)
    {
        var (status, _, reason) = await mesh.GetAsync("http://shop/");
        Assert.True(status == HttpStatusCode.OK, $"{status} {reason}");
    }

    private static int Open(TestServer before, TestServer after) =>
        after.Counts.OpenConnections + (before == after ? 0 : before.Counts.OpenConnections);

    /// <summary>Starts a call of which the headers have come and the body has not ended.</summary>
    private static Task<HttpResponseMessage> HoldAsync(MeshedClient mesh) =>
        mesh.Http.GetAsync(new Uri("http://shop/held"), HttpCompletionOption.ResponseHeadersRead);

    private Task<TestServer> StartAsync(
        IssuedCertificate? certificate,
        HttpProtocols protocols = HttpProtocols.Http1AndHttp2,
        CertificateAuthority? clientAuthority = null) =>
        TestServer.StartAsync(o =>
        {
            o.Protocols = protocols;
            o.Certificate = certificate;
            o.ClientAuthority = clientAuthority;
            o.Handler = AnswerAsync;
        });

    private async Task<bool> AnswerAsync(HttpContext context)
    {
        if (context.Request.Path != "/held")
            return false;
        await context.Response.WriteAsync("held ");
        await _release.Task;
        await context.Response.WriteAsync("to the end");
        return true;
    }
}
