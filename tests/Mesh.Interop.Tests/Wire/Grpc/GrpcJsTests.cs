using System.Net.Security;
using System.Net.Sockets;
using Google.Protobuf;
using Mesh.Interop.Tests.Protos;
using Mesh.TestKit;
using Mesh.TestKit.Certificates;
using Mesh.TestKit.Peers;
using Mesh.Wire.Grpc;

namespace Mesh.Interop.Tests.Wire.Grpc;

/// <summary>Our gRPC against grpc-js.</summary>
public sealed class GrpcJsTests : IDisposable
{
    private const string Service = "/mesh.test.Echo/";
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);
    private readonly CertificateAuthority _authority = CertificateAuthority.Create();
    private readonly TempFolder _folder = new();

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }

    [PeerFact(Peer.GrpcJs)]
    public async Task UnaryCallsAreAnswered()
    {
        await using GrpcJsPeer peer = await GrpcJsPeer.StartAsync(name: "gamma");
        using var channel = new GrpcChannel(new GrpcChannelSettings(peer.Url));
        foreach (int length in new[] { 0, 1, 20_000, 1_000_000 })
        {
            string text = new('x', length);
            Assert.Equal(new EchoReply { Text = text, Count = 1, Server = "gamma" }, EchoReply.Parser.ParseFrom((await CallAsync(channel, "Unary", new EchoRequest { Text = text })).Span));
        }

        GrpcJsCounts counts = await peer.GetCountsAsync();
        Assert.Equal((1, 4), (counts.Sockets, counts.Calls["unary"]));
    }

    [PeerFact(Peer.GrpcJs)]
    public async Task FailuresComeWithTheirMessage()
    {
        await using GrpcJsPeer peer = await GrpcJsPeer.StartAsync();
        using var channel = new GrpcChannel(new GrpcChannelSettings(peer.Url));
        foreach (string message in new[] { "away", "", "100 % grün 🐙\nund mehr" })
        {
            GrpcException failed = await Assert.ThrowsAsync<GrpcException>(() => CallAsync(channel, "Fail", new FailRequest { Code = 7, Message = message }));
            Assert.Equal(new GrpcStatus(GrpcStatusCode.PermissionDenied, message), failed.Status);
        }

        GrpcException unknown = await Assert.ThrowsAsync<GrpcException>(() => CallAsync(channel, "NoSuchMethod", new EchoRequest()));
        Assert.Equal(GrpcStatusCode.Unimplemented, unknown.Status.Code);
    }

    /// <summary>grpc-js sends no headers before its first message.</summary>
    [PeerFact(Peer.GrpcJs)]
    public async Task AStreamTalksBothWays()
    {
        await using GrpcJsPeer peer = await GrpcJsPeer.StartAsync();
        using var channel = new GrpcChannel(new GrpcChannelSettings(peer.Url));
        await using GrpcStream stream = await channel.OpenAsync(Service + "Bidi", CancellationToken.None).WaitAsync(Soon);
        for (int i = 1; i <= 1000; i++)
        {
            await stream.WriteAsync(new EchoRequest { Text = $"m{i}" }.ToByteArray(), CancellationToken.None);
            EchoReply reply = (await ReadAsync(stream))!;
            Assert.Equal(($"m{i}", i), (reply.Text, reply.Count));
        }

        await stream.CompleteAsync();
        Assert.Null(await ReadAsync(stream));
    }

    [PeerFact(Peer.GrpcJs)]
    public async Task AServersStreamIsReadToItsEnd()
    {
        await using GrpcJsPeer peer = await GrpcJsPeer.StartAsync();
        using var channel = new GrpcChannel(new GrpcChannelSettings(peer.Url));
        await using GrpcStream stream = await channel.OpenAsync(Service + "ServerStream", CancellationToken.None);
        await stream.WriteAsync(new EchoRequest { Text = new string('x', 10_000), Count = 500 }.ToByteArray(), CancellationToken.None);
        await stream.CompleteAsync();
        for (int i = 1; i <= 500; i++)
            Assert.Equal(i, (await ReadAsync(stream))!.Count);
        Assert.Null(await ReadAsync(stream));
    }

    [PeerFact(Peer.GrpcJs)]
    public async Task AServerThatDiesIsUnavailable()
    {
        await using GrpcJsPeer peer = await GrpcJsPeer.StartAsync();
        using var channel = new GrpcChannel(new GrpcChannelSettings(peer.Url));
        await using GrpcStream stream = await channel.OpenAsync(Service + "Bidi", CancellationToken.None);
        await stream.WriteAsync(new EchoRequest { Text = "a" }.ToByteArray(), CancellationToken.None);
        Assert.Equal("a", (await ReadAsync(stream))!.Text);
        peer.Kill();
        Assert.Equal(GrpcStatusCode.Unavailable, (await Assert.ThrowsAsync<GrpcException>(() => ReadAsync(stream))).Status.Code);
        Assert.Equal(GrpcStatusCode.Unavailable, (await Assert.ThrowsAsync<GrpcException>(() => CallAsync(channel, "Unary", new EchoRequest()))).Status.Code);
    }

    [PeerFact(Peer.GrpcJs)]
    public async Task TlsIsTheConnects()
    {
        using IssuedCertificate leaf = _authority.IssueServer();
        await using GrpcJsPeer peer = await GrpcJsPeer.StartAsync(new PemFolder(_folder["tls"], leaf));
        using var channel = new GrpcChannel(new GrpcChannelSettings(peer.Url, async (context, token) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(context.DnsEndPoint, token);
            var tls = new SslStream(new NetworkStream(socket, ownsSocket: true));
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions { TargetHost = "127.0.0.1", ApplicationProtocols = [SslApplicationProtocol.Http2], CertificateChainPolicy = _authority.TrustPolicy() },
                token);
            return tls;
        }));
        Assert.Equal("s", EchoReply.Parser.ParseFrom((await CallAsync(channel, "Unary", new EchoRequest { Text = "s" })).Span).Text);
    }

    private static Task<ReadOnlyMemory<byte>> CallAsync(GrpcChannel channel, string method, IMessage request) =>
        channel.UnaryAsync(Service + method, request.ToByteArray(), Soon, CancellationToken.None);

    private static async Task<EchoReply?> ReadAsync(GrpcStream stream) =>
        await stream.ReadAsync(CancellationToken.None).AsTask().WaitAsync(Soon) is { } message ? EchoReply.Parser.ParseFrom(message.Span) : null;
}
