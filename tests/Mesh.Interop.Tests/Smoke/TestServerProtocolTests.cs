using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Mesh.TestKit;
using Mesh.TestKit.Certificates;
using Mesh.TestKit.Servers;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Mesh.Interop.Tests.Smoke;

public sealed class TestServerProtocolTests : IDisposable
{
    private readonly CertificateAuthority _authority = CertificateAuthority.Create();

    public void Dispose() => _authority.Dispose();

    [Theory]
    [InlineData(HttpProtocols.Http1, false, "1.1", "HTTP/1.1", null)]
    [InlineData(HttpProtocols.Http2, false, "2.0", "HTTP/2", null)]
    [InlineData(HttpProtocols.Http1, true, "1.1", "HTTP/1.1", null)]
    [InlineData(HttpProtocols.Http1AndHttp2, true, "1.1", "HTTP/1.1", null)]
    [InlineData(HttpProtocols.Http1AndHttp2, true, "2.0", "HTTP/2", "h2")]
    [InlineData(HttpProtocols.Http2, true, "2.0", "HTTP/2", "h2")]
    public async Task TheRecordSaysWhatWasSpoken(HttpProtocols protocols, bool tls, string version, string protocol, string? alpn)
    {
        using var certificate = _authority.IssueServer();
        await using var server = await TestServer.StartAsync(o =>
        {
            o.Name = "alpha";
            o.Protocols = protocols;
            o.Certificate = tls ? certificate : null;
        });
        using var client = PlainClient.Create(server.Url, Version.Parse(version), _authority);
        using var request = new HttpRequestMessage(HttpMethod.Put, "a%2Fb?q=1")
        {
            Version = client.DefaultRequestVersion,
            VersionPolicy = client.DefaultVersionPolicy,
        };
        request.Headers.Host = "localhost";
        request.Headers.Add("x-probe", "yes");
        request.Content = new StringContent("abc");
        using var response = await client.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("alpha", await response.Content.ReadAsStringAsync());
        Assert.Equal(["alpha"], response.Headers.GetValues("X-Server"));
        var record = Assert.Single(server.Records);
        Assert.Equal("PUT", record.Method);
        Assert.Equal("/a%2Fb?q=1", record.Target);
        Assert.Equal(protocol, record.Protocol);
        Assert.Equal(tls ? "https" : "http", record.Scheme);
        Assert.Equal("localhost", record.Authority);
        Assert.Equal("yes", record.Header("X-Probe"));
        Assert.Equal(alpn, record.Alpn);
        Assert.Equal(tls ? "localhost" : null, record.ServerName);
        Assert.Null(record.ClientSubject);
        Assert.Equal(3, record.Body!.Length);
        Assert.Equal("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", record.Body.Sha256);
        Assert.False(record.Aborted);
    }

    [Theory]
    [InlineData("http/1.1", "http/1.1")]
    [InlineData("h2,http/1.1", "http/1.1")]
    public async Task AlpnIsAgreedFromWhatTheServerSpeaks(string offered, string agreed)
    {
        using var certificate = _authority.IssueServer();
        await using var server = await TestServer.StartAsync(o => o.Certificate = certificate);
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(IPAddress.Loopback, server.Port);
        // The runtime's client offers nothing when it wants h1.
        await using var tls = new SslStream(tcp.GetStream());
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            CertificateChainPolicy = _authority.TrustPolicy(),
            ApplicationProtocols = [.. offered.Split(',').Select(p => new SslApplicationProtocol(p))],
        });
        await tls.WriteAsync("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"u8.ToArray());
        await new StreamReader(tls).ReadToEndAsync();
        Assert.Equal(agreed, server.Records.Single().Alpn);
    }

    [Fact]
    public async Task CountsAreByConnectionPathAndHost()
    {
        await using var server = await TestServer.StartAsync();
        using var first = PlainClient.Create(server.Url);
        using var second = PlainClient.Create(server.Url);
        await first.GetStringAsync("a?x=1");
        await first.GetStringAsync("a?x=2");
        await second.GetStringAsync("b");
        second.DefaultRequestHeaders.Host = "orders";
        await second.GetStringAsync("b");
        await second.GetStringAsync("b");

        var counts = server.Counts;
        Assert.Equal((2, 2, 5L, 0L), (counts.Connections, counts.OpenConnections, counts.Requests, counts.AbortedRequests));
        Assert.Equal([2, 3], counts.ByConnection);
        Assert.Equal(new Dictionary<string, long> { ["/a"] = 2, ["/b"] = 3 }, counts.ByPath);
        Assert.Equal(new Dictionary<string, long> { [$"127.0.0.1:{server.Port}"] = 3, ["orders"] = 2 }, counts.ByHost);

        first.Dispose();
        await Wait.EventuallyAsync(() => server.Counts.OpenConnections == 1, TimeSpan.FromSeconds(10));
        Assert.Equal(2, server.Counts.Connections);
    }

    [Fact]
    public async Task LookingAtTheCountsOverHttpDoesNotChangeThem()
    {
        await using var server = await TestServer.StartAsync();
        using var client = PlainClient.Create(server.Url);
        using var observer = PlainClient.Create(server.Url);
        await client.GetStringAsync("a");
        await observer.GetStringAsync("__counts");
        Assert.Contains("\"connections\":1", await observer.GetStringAsync("__counts"), StringComparison.Ordinal);
        Assert.Equal([1], server.Counts.ByConnection);
    }

    [Fact]
    public async Task TheLastRecordsAreKept()
    {
        await using var server = await TestServer.StartAsync(o => o.RecordLimit = 2);
        using var client = PlainClient.Create(server.Url);
        foreach (var path in new[] { "1", "2", "3" })
            await client.GetStringAsync(path);
        Assert.Equal(["/2", "/3"], server.Records.Select(r => r.Target));
        Assert.Equal(3, server.Counts.Requests);
    }

    [Fact]
    public async Task AClientCertificateIsDemandedAndNamed()
    {
        using var clients = CertificateAuthority.Create("Clients");
        using var middle = clients.CreateIntermediate();
        using var identity = middle.IssueClient("caller", "spiffe://mesh.test/caller");
        using var stranger = _authority.IssueClient("stranger");
        using var certificate = _authority.CreateIntermediate().IssueServer();
        await using var server = await TestServer.StartAsync(o =>
        {
            o.Protocols = HttpProtocols.Http1AndHttp2;
            o.Certificate = certificate;
            o.ClientAuthority = clients;
        });

        using var known = PlainClient.Create(server.Url, HttpVersion.Version20, _authority, identity);
        await known.GetStringAsync("/");
        Assert.Equal("CN=caller", server.Records.Single().ClientSubject);

        using var nobody = PlainClient.Create(server.Url, HttpVersion.Version11, _authority);
        await Assert.ThrowsAsync<HttpRequestException>(() => RefusedAsync(nobody));
        using var wrong = PlainClient.Create(server.Url, HttpVersion.Version11, _authority, stranger);
        await Assert.ThrowsAsync<HttpRequestException>(() => RefusedAsync(wrong));
        Assert.Equal(1, server.Counts.Requests);
        Assert.Equal([1, 0, 0], server.Counts.ByConnection);

        // With a body, else the runtime takes the refusal for a connection that went stale and tries three times more.
        static Task RefusedAsync(HttpClient client) => client.PostAsync(new Uri("/", UriKind.Relative), new StringContent("x"));
    }

    [Fact]
    public async Task TheCertificateIsReplacedForNewConnections()
    {
        using var before = _authority.IssueServer();
        using var other = CertificateAuthority.Create();
        using var after = other.IssueServer();
        await using var server = await TestServer.StartAsync(o => o.Certificate = before);
        using var old = PlainClient.Create(server.Url, trust: _authority);
        await old.GetStringAsync("/");

        server.UseCertificate(after);
        using var next = PlainClient.Create(server.Url, trust: other);
        await next.GetStringAsync("/");
        await old.GetStringAsync("/");
        Assert.Equal([2, 1], server.Counts.ByConnection);
    }

    [Fact]
    public async Task ItListensOnIPv6AndOnUnixSockets()
    {
        await using var six = await TestServer.StartAsync(o => o.Address = IPAddress.IPv6Loopback);
        using var client = PlainClient.Create(six.Url);
        await client.GetStringAsync("/");
        Assert.Equal($"[::1]:{six.Port}", six.Records.Single().Authority);

        using var folder = new TempFolder();
        await using var unix = await TestServer.StartAsync(o => o.UnixSocketPath = folder["s"]);
        using var local = PlainClient.Create(unix.Url, endPoint: unix.EndPoint);
        await local.GetStringAsync("/");
        Assert.Equal("localhost", unix.Records.Single().Authority);
    }

    [Fact]
    public async Task TheTestsHandlerGoesFirst()
    {
        await using var server = await TestServer.StartAsync(o => o.Handler = context =>
        {
            context.Response.StatusCode = 418;
            return Task.FromResult(context.Request.Path == "/mine");
        });
        using var client = PlainClient.Create(server.Url);
        Assert.Equal(418, (int)(await client.GetAsync(new Uri("mine", UriKind.Relative))).StatusCode);
        Assert.Equal("server", await (await client.GetAsync(new Uri("other", UriKind.Relative))).Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task StoppingInOrderLetsACallFinish()
    {
        var arrived = new TaskCompletionSource();
        var answer = new TaskCompletionSource<bool>();
        await using var server = await TestServer.StartAsync(o => o.Handler = _ =>
        {
            arrived.SetResult();
            return answer.Task;
        });
        using var client = PlainClient.Create(server.Url);
        var call = client.GetStringAsync("/");
        await arrived.Task;
        var stop = server.StopAsync(CancellationToken.None);
        answer.SetResult(false);
        Assert.Equal("server", await call);
        await stop;
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync("/"));
    }
}
