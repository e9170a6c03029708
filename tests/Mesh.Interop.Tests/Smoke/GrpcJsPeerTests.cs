using System.Net;
using Mesh.Interop.Tests.Protos;
using Mesh.TestKit;
using Mesh.TestKit.Certificates;
using Mesh.TestKit.Peers;

namespace Mesh.Interop.Tests.Smoke;

public sealed class GrpcJsPeerTests : IDisposable
{
    private const string Service = "mesh.test.Echo/";
    private readonly CertificateAuthority _authority = CertificateAuthority.Create();
    private readonly TempFolder _folder = new();

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }

    [PeerFact(Peer.GrpcJs)]
    public async Task EveryKindOfCallIsAnsweredAndCounted()
    {
        await using var peer = await GrpcJsPeer.StartAsync(name: "gamma");
        using var client = PlainClient.Create(peer.Url, HttpVersion.Version20);

        var unary = await GrpcCall.CallAsync(client, Service + "Unary", EchoReply.Parser, new EchoRequest { Text = "a" });
        Assert.Equal([new EchoReply { Text = "a", Count = 1, Server = "gamma" }], unary.Messages);
        Assert.Equal("0 in trailers", unary.Status);

        var many = await GrpcCall.CallAsync(client, Service + "ServerStream", EchoReply.Parser, new EchoRequest { Text = "b", Count = 3 });
        Assert.Equal([1, 2, 3], many.Messages.Select(m => m.Count));

        var gathered = await GrpcCall.CallAsync(
            client, Service + "ClientStream", EchoReply.Parser, new EchoRequest { Text = "c" }, new EchoRequest { Text = "d" });
        Assert.Equal([new EchoReply { Text = "d", Count = 2, Server = "gamma" }], gathered.Messages);

        var failed = await GrpcCall.CallAsync(client, Service + "Fail", EchoReply.Parser, new FailRequest { Code = 14, Message = "away" });
        Assert.Equal((0, "14 in headers"), (failed.Messages.Count, failed.Status));

        var stats = await GrpcCall.CallAsync(client, Service + "Stats", StatsReply.Parser, new StatsRequest());
        var expected = new StatsReply
        {
            Sockets = 1,
            Sessions = 1,
            OpenSessions = 1,
            Calls = { ["unary"] = 1, ["serverStream"] = 1, ["clientStream"] = 1, ["fail"] = 1 },
        };
        Assert.Equal([expected], stats.Messages);
    }

    [PeerFact(Peer.GrpcJs)]
    public async Task BidiAnswersEachMessageAsItComes()
    {
        await using var peer = await GrpcJsPeer.StartAsync();
        using var client = PlainClient.Create(peer.Url, HttpVersion.Version20);
        using var content = new ManualContent();
        // grpc-js sends its headers with the first message, so the first must be on its way before the response is awaited.
        var sent = GrpcCall.SendAsync(client, Service + "Bidi", content);
        await content.WriteAsync(GrpcCall.Frame(new EchoRequest { Text = "m1" }));
        using var response = await sent;
        await using var body = await response.Content.ReadAsStreamAsync();
        Assert.Equal("m1", (await GrpcCall.ReadAsync(body, EchoReply.Parser))!.Text);
        await content.WriteAsync(GrpcCall.Frame(new EchoRequest { Text = "m2" }));
        Assert.Equal("m2", (await GrpcCall.ReadAsync(body, EchoReply.Parser))!.Text);
        content.End();
        Assert.Null(await GrpcCall.ReadAsync(body, EchoReply.Parser));
        Assert.Equal("0 in trailers", GrpcCall.Status(response));
    }

    [PeerFact(Peer.GrpcJs)]
    public async Task SocketsAndSessionsAreCounted()
    {
        await using var peer = await GrpcJsPeer.StartAsync();
        var first = PlainClient.Create(peer.Url, HttpVersion.Version20);
        using var second = PlainClient.Create(peer.Url, HttpVersion.Version20);
        foreach (var client in new[] { first, first, second })
            await GrpcCall.CallAsync(client, Service + "Unary", EchoReply.Parser, new EchoRequest());
        var counts = await peer.GetCountsAsync();
        Assert.Equal((2, 2, 2, 3), (counts.Sockets, counts.Sessions, counts.OpenSessions, counts.Calls["unary"]));

        first.Dispose();
        await Wait.EventuallyAsync(async () => (await peer.GetCountsAsync()).OpenSessions == 1, TimeSpan.FromSeconds(10));
    }

    [PeerFact(Peer.GrpcJs)]
    public async Task TlsAndClientCertificates()
    {
        using var leaf = _authority.CreateIntermediate().IssueServer();
        using var identity = _authority.IssueClient("caller");
        await using var peer = await GrpcJsPeer.StartAsync(new PemFolder(_folder["tls"], leaf), requireClientCertificate: true);

        using var known = PlainClient.Create(peer.Url, HttpVersion.Version20, _authority, identity);
        var (replies, status) = await GrpcCall.CallAsync(known, Service + "Unary", EchoReply.Parser, new EchoRequest { Text = "s" });
        Assert.Equal(("s", "0 in trailers"), (replies.Single().Text, status));

        using var nobody = PlainClient.Create(peer.Url, HttpVersion.Version20, _authority);
        await Assert.ThrowsAsync<HttpRequestException>(
            () => GrpcCall.CallAsync(nobody, Service + "Unary", EchoReply.Parser, new EchoRequest()));
        Assert.Equal(1, (await peer.GetCountsAsync()).Calls["unary"]);
    }
}
