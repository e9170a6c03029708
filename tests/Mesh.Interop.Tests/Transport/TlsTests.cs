using System.Net;
using Mesh.TestKit;
using Mesh.TestKit.Certificates;
using Mesh.TestKit.Servers;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Mesh.Interop.Tests.Transport;

/// <summary>Whom a cluster with TLS trusts, what it shows of itself, and what it says when it refuses.</summary>
public sealed class TlsTests : IDisposable
{
    private const string Untrusted = "The peer's certificate was refused: its chain is not trusted (";
    private readonly CertificateAuthority _authority = CertificateAuthority.Create();
    private readonly TempFolder _folder = new();

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task APeerOfATrustedAuthorityIsTaken()
    {
        using var middle = _authority.CreateIntermediate();
        using var certificate = middle.IssueServer("shop.test");
        await using var server = await StartAsync(certificate);
        await using var mesh = await StartMeshAsync(server.Port, $"ca: {Trust(certificate)}, sni: shop.test");
        Assert.Equal(HttpStatusCode.OK, (await mesh.GetAsync("https://shop/")).Status);
        var record = server.Records.Single();
        Assert.Equal(("https", "shop", "shop.test"), (record.Scheme, record.Authority, record.ServerName));
    }

    [Fact]
    public async Task APeerOfAnotherAuthorityIsRefused()
    {
        using var other = CertificateAuthority.Create("Other Root");
        using var certificate = other.IssueServer("shop.test");
        using var trusted = _authority.IssueServer("shop.test");
        await AssertRefusedAsync(certificate, $"ca: {Trust(trusted)}, sni: shop.test", Untrusted);
    }

    [Fact]
    public async Task TheSystemsRootsDoNotHoldIt()
    {
        using var certificate = _authority.IssueServer("shop.test");
        await AssertRefusedAsync(certificate, "sni: shop.test", Untrusted);
    }

    [Fact]
    public async Task AnExpiredCertificateIsRefused()
    {
        var now = TimeProvider.System.GetUtcNow();
        var request = new LeafRequest { Names = ["shop.test"], NotBefore = now.AddDays(-3), NotAfter = now.AddDays(-2) };
        using var certificate = _authority.Issue(request);
        await AssertRefusedAsync(certificate, $"ca: {Trust(certificate)}, sni: shop.test", "expired");
    }

    [Fact]
    public async Task ACertificateForClientsIsRefused()
    {
        using var certificate = _authority.IssueClient("shop", "shop.test");
        await AssertRefusedAsync(certificate, $"ca: {Trust(certificate)}, sni: shop.test", Untrusted);
    }

    [Theory]
    // The name sent is the name wanted, unless others are named.
    [InlineData("sni: shop.test", "its names [Dns:other.test, IpAddress:127.0.0.1] match none of [")]
    [InlineData("sni: other.test, names: [shop.test, spiffe://mesh/shop]", "match none of [")]
    [InlineData("sni: other.test, names: [127.0.0.2]", "match none of [")]
    public async Task AWrongNameIsRefused(string tls, string reason)
    {
        using var certificate = _authority.IssueServer("other.test", "127.0.0.1");
        await AssertRefusedAsync(certificate, $"ca: {Trust(certificate)}, {tls}", reason);
    }

    [Theory]
    [InlineData("sni: other.test", "other.test")]
    [InlineData("sni: shop.test, names: [other.test]", "shop.test")]
    [InlineData("sni: shop.test, names: [127.0.0.1]", "shop.test")]
    [InlineData("sni: shop.test, names: ['spiffe://mesh/orders', 'spiffe://mesh/shop']", "shop.test")]
    [InlineData("names: ['a.wild.test']", "shop")]
    // Without a name the service's own is sent and wanted.
    [InlineData("", "shop")]
    public async Task ARightNameIsTakenAndTheNameSentIsTheOneConfigured(string tls, string sent)
    {
        using var certificate = _authority.IssueServer("other.test", "shop", "127.0.0.1", "spiffe://mesh/shop", "*.wild.test");
        await using var server = await StartAsync(certificate);
        await using var mesh = await StartMeshAsync(server.Port, $"ca: {Trust(certificate)}, {tls}".TrimEnd(',', ' '));
        Assert.Equal((HttpStatusCode.OK, "", ""), await mesh.GetAsync("https://shop/"));
        Assert.Equal(sent, server.Records.Single().ServerName);
    }

    [Theory]
    [InlineData("http1")]
    [InlineData("http2")]
    public async Task TheClientCertificateIsShown(string protocol)
    {
        using var certificate = _authority.IssueServer("shop.test");
        using var clients = CertificateAuthority.Create("Clients");
        using var middle = clients.CreateIntermediate();
        using var identity = middle.IssueClient("caller", "spiffe://mesh.test/caller");
        await using var server = await StartAsync(certificate, clientAuthority: clients);
        var files = new PemFolder(_folder["identity"], identity);
        await using var mesh = await StartMeshAsync(
            server.Port, $"ca: {Trust(certificate)}, sni: shop.test, cert: {files.CertificateFile}, key: {files.KeyFile}", protocol);
        Assert.Equal(HttpStatusCode.OK, (await mesh.GetAsync("https://shop/")).Status);
        Assert.Equal("CN=caller", server.Records.Single().ClientSubject);
    }

    [Theory]
    [InlineData("http2", HttpProtocols.Http1, "h2")]
    [InlineData("http1", HttpProtocols.Http2, "http/1.1")]
    public async Task AServerWithoutTheClustersProtocolIsNamedAsSuch(string protocol, HttpProtocols served, string offered)
    {
        using var certificate = _authority.IssueServer("shop.test");
        await using var server = await StartAsync(certificate, served);
        await using var mesh = await StartMeshAsync(server.Port, $"ca: {Trust(certificate)}, sni: shop.test", protocol);
        var (status, flag, reason) = await mesh.GetAsync("https://shop/");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "UF"), (status, flag));
        AssertSays($"ALPN offered {offered}", reason);
        Assert.Equal((1, 0L), (server.Counts.Connections, server.Counts.Requests));
    }

    [Theory]
    [InlineData("http://shop/secret")]
    [InlineData("https://shop/secret")]
    public async Task NothingIsSentInPlaintextWhereTheServerHasNoTls(string url)
    {
        using var certificate = _authority.IssueServer("shop.test");
        await using var server = new RawServer();
        await using var mesh = await StartMeshAsync(server.Port, $"ca: {Trust(certificate)}, sni: shop.test");
        var (status, flag, reason) = await mesh.GetAsync(url);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "UF"), (status, flag));
        AssertSays("TLS", reason);
        // One handshake record with a ClientHello, perhaps an alert afterwards: never a request.
        Assert.Equal(0x16, server.Received[0][0]);
        Assert.All(server.Received, bytes => Assert.Equal(-1, bytes.AsSpan().IndexOf("secret"u8)));
    }

    [Fact]
    public async Task AnHttpUrlIsUpgraded()
    {
        using var certificate = _authority.IssueServer("shop.test");
        await using var server = await StartAsync(certificate);
        await using var mesh = await StartMeshAsync(server.Port, $"ca: {Trust(certificate)}, sni: shop.test");
        foreach (var url in new[] { "http://shop/", "https://shop/", "http://shop/" })
            Assert.Equal(HttpStatusCode.OK, (await mesh.GetAsync(url)).Status);
        Assert.All(server.Records, r => Assert.Equal(("https", "shop"), (r.Scheme, r.Authority)));
        Assert.Equal(1, server.Counts.Connections);
    }

    [Fact]
    public async Task AnHttpsUrlIsNotWeakenedUnlessAllowed()
    {
        await using var server = await TestServer.StartAsync();
        await using var mesh = await MeshedClient.StartAsync(Shop.Yaml(server.Port, "http1"));
        var (status, flag, reason) = await mesh.GetAsync("https://shop/");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "DPE"), (status, flag));
        AssertSays("allow_plaintext", reason);
        Assert.Equal(0, server.Counts.Connections);

        mesh.Update(Shop.Yaml(server.Port, "http1", "allow_plaintext: true"));
        Assert.Equal(HttpStatusCode.OK, (await mesh.GetAsync("https://shop/")).Status);
        Assert.Equal(("http", "shop"), (server.Records.Single().Scheme, server.Records.Single().Authority));
    }

    private static Task<TestServer> StartAsync(
        IssuedCertificate certificate,
        HttpProtocols protocols = HttpProtocols.Http1AndHttp2,
        CertificateAuthority? clientAuthority = null) =>
        TestServer.StartAsync(o =>
        {
            o.Protocols = protocols;
            o.Certificate = certificate;
            o.ClientAuthority = clientAuthority;
        });

    private static Task<MeshedClient> StartMeshAsync(int port, string tls, string protocol = "http1") =>
        MeshedClient.StartAsync(Shop.Yaml(port, protocol, $"tls: {{ {tls} }}"));

    /// <summary>As Assert.Contains, which would shorten the reason.</summary>
    private static void AssertSays(string part, string reason) =>
        Assert.True(reason.Contains(part, StringComparison.Ordinal), $"'{part}' is not in: {reason}");

    /// <summary>A file that holds the root of this certificate.</summary>
    private string Trust(IssuedCertificate certificate)
    {
        File.WriteAllText(_folder["ca.pem"], certificate.RootPem);
        return _folder["ca.pem"];
    }

    private static async Task AssertRefusedAsync(IssuedCertificate certificate, string tls, string expectedReason)
    {
        await using var server = await StartAsync(certificate);
        await using var mesh = await StartMeshAsync(server.Port, tls);
        foreach (var url in new[] { "http://shop/", "https://shop/" })
        {
            var (status, flag, reason) = await mesh.GetAsync(url);
            Assert.Equal((HttpStatusCode.ServiceUnavailable, "UF"), (status, flag));
            AssertSays($"cluster 'shop': Connecting to 127.0.0.1:{server.Port} failed: ", reason);
            AssertSays(expectedReason, reason);
        }

        Assert.Equal(0, server.Counts.Requests);
    }
}
