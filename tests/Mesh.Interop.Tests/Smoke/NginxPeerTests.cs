using System.Net;
using Mesh.TestKit.Certificates;
using Mesh.TestKit.Peers;

namespace Mesh.Interop.Tests.Smoke;

public sealed class NginxPeerTests : IDisposable
{
    private readonly CertificateAuthority _authority = CertificateAuthority.Create();

    public void Dispose() => _authority.Dispose();

    [PeerFact(Peer.Nginx)]
    public async Task ItSaysWhatWasSpokenOnEachPort()
    {
        using var certificate = _authority.IssueServer();
        await using var nginx = await NginxPeer.StartAsync(certificate);

        Assert.Equal(("HTTP/1.1", "http", "", "", ""), await AskAsync(nginx.Http1, HttpVersion.Version11));
        Assert.Equal(("HTTP/2.0", "http", "h2c", "", ""), await AskAsync(nginx.H2c, HttpVersion.Version20));
        // Without ALPN: the runtime's client offers nothing when it wants h1.
        Assert.Equal(("HTTP/1.1", "https", "", "", "localhost"), await AskAsync(nginx.TlsHttp1, HttpVersion.Version11));
        Assert.Equal(("HTTP/2.0", "https", "h2", "h2", "localhost"), await AskAsync(nginx.TlsHttp2, HttpVersion.Version20));
        Assert.Equal(("HTTP/1.1", "https", "", "", "localhost"), await AskAsync(nginx.TlsHttp2, HttpVersion.Version11));
    }

    [PeerFact(Peer.Nginx)]
    public async Task ConnectionsAreNumbered()
    {
        using var certificate = _authority.IssueServer();
        await using var nginx = await NginxPeer.StartAsync(certificate);
        using var first = PlainClient.Create(nginx.H2c, HttpVersion.Version20);
        using var second = PlainClient.Create(nginx.H2c, HttpVersion.Version20);
        var one = NginxAnswer.Parse(await first.GetStringAsync("a?b=c"));
        var again = NginxAnswer.Parse(await first.GetStringAsync("/"));
        var other = NginxAnswer.Parse(await second.GetStringAsync("/"));

        Assert.Equal("/a?b=c", one.Target);
        Assert.Equal("127.0.0.1", one.Host);
        Assert.Equal(one.Connection, again.Connection);
        Assert.Equal((1, 2), (one.RequestOfConnection, again.RequestOfConnection));
        Assert.NotEqual(one.Connection, other.Connection);
    }

    [PeerFact(Peer.Nginx)]
    public async Task ItIsGoneAfterwards()
    {
        using var certificate = _authority.IssueServer();
        var nginx = await NginxPeer.StartAsync(certificate);
        using var process = System.Diagnostics.Process.GetProcessById(nginx.Id);
        Assert.Equal("nginx", process.ProcessName);
        var folder = $"/proc/{nginx.Id}/cwd";
        var path = new FileInfo(folder).ResolveLinkTarget(returnFinalTarget: true)!.FullName;
        await nginx.DisposeAsync();
        Assert.True(process.HasExited);
        Assert.False(Directory.Exists(path));
    }

    private async Task<(string Protocol, string Scheme, string Http2, string Alpn, string ServerName)> AskAsync(Uri url, Version version)
    {
        // A name rather than an address, so that TLS carries it.
        using var client = PlainClient.Create(
            new UriBuilder(url) { Host = "localhost" }.Uri, version, _authority, endPoint: new IPEndPoint(IPAddress.Loopback, url.Port));
        var answer = NginxAnswer.Parse(await client.GetStringAsync("/"));
        Assert.Equal("localhost", answer.Host);
        return (answer.Protocol, answer.Scheme, answer.Http2, answer.Alpn, answer.ServerName);
    }
}
