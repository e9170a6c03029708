using System.Net;
using System.Net.WebSockets;
using System.Text;
using Mesh.TestKit.Servers;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Xunit;

namespace Mesh.Client.Tests.Calls;

/// <summary><see cref="ClientWebSocket"/> through the mesh: by upgrade over HTTP/1.1, by extended CONNECT over HTTP/2 (RFC 8441).</summary>
public sealed class WebSocketTests : MeshTest
{
    [Theory]
    [InlineData("ws", 1, "http1", "GET")]
    [InlineData("ws", 1, null, "GET")]
    [InlineData("ws", 2, "http2", "CONNECT")]
    [InlineData("wss", 1, "http1", "GET")]
    [InlineData("wss", 2, "http2", "CONNECT")]
    public async Task BytesGoBothWays(string scheme, int version, string? protocol, string method)
    {
        TestTls? tls = scheme == "wss" ? new TestTls() : null;
        if (tls is not null)
            Own(tls);
        TestServer server = await StartServerAsync(protocols: version == 1 ? HttpProtocols.Http1 : HttpProtocols.Http2, certificate: tls?.Certificate);
        TestMesh mesh = await StartMeshAsync(ServiceA(server, protocol is null ? null : $"protocol: {protocol}", tls?.Setting));
        using ClientWebSocket socket = Create(version);
        using var invoker = new HttpMessageInvoker(mesh.Host.CreateHandler());

        await socket.ConnectAsync(new Uri($"{scheme}://a/ws"), invoker, CancellationToken.None);

        // Upgraded it is still a call, which its pool and a drain wait for.
        Assert.Equal(1, mesh.InFlight);
        for (int i = 0; i < 3; i++)
            Assert.Equal($"message {i}", await EchoAsync(socket, $"message {i}"));
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        socket.Dispose();
        await mesh.SettledAsync();
        Assert.Equal((method, "a"), (server.Records.Single().Method, server.Records.Single().Authority));
        Assert.Equal((version == 1 ? 101 : 200, 1, null), (mesh.Outcome.StatusCode, mesh.Outcome.Attempts, mesh.Outcome.Flag));
    }

    /// <summary>New connections are made with new settings; one that is open goes on with the old.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task AnotherGenerationOfConnectionsLeavesItOpen(int version)
    {
        TestServer server = await StartServerAsync(protocols: version == 1 ? HttpProtocols.Http1 : HttpProtocols.Http2);
        string protocol = version == 1 ? "protocol: http1" : "protocol: http2";
        TestMesh mesh = await StartMeshAsync(ServiceA(server, protocol));
        using ClientWebSocket socket = Create(version);
        using var invoker = new HttpMessageInvoker(mesh.Host.CreateHandler());
        await socket.ConnectAsync(new Uri("ws://a/ws"), invoker, CancellationToken.None);

        mesh.Memory.Update(ServiceA(server, protocol, "connect_timeout: 7s"));
        Assert.Equal("server", await mesh.Client.GetStringAsync("http://a/"));

        Assert.Equal("still there", await EchoAsync(socket, "still there"));
    }

    /// <summary>The timeout is that of an answer, which the upgrade was.</summary>
    [Fact]
    public async Task NoTimeoutCutsIt()
    {
        TestServer server = await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(ServiceA(server), time: Time);
        using ClientWebSocket socket = Create(1);
        using var invoker = new HttpMessageInvoker(mesh.Host.CreateHandler());
        await socket.ConnectAsync(new Uri("ws://a/ws"), invoker, CancellationToken.None);

        Time.Advance(TimeSpan.FromHours(1));

        Assert.Equal("still there", await EchoAsync(socket, "still there"));
    }

    [Fact]
    public async Task OverHttp2ToAnHttp1ClusterIsRefused()
    {
        TestServer server = await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(ServiceA(server, "protocol: http1"));
        using ClientWebSocket socket = Create(2);
        using var invoker = new HttpMessageInvoker(mesh.Host.CreateHandler());

        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(new Uri("ws://a/ws"), invoker, CancellationToken.None));

        Assert.Equal(("DPE", 0L), (mesh.Outcome.Flag, server.Counts.Requests));
    }

    private static ClientWebSocket Create(int version)
    {
        var socket = new ClientWebSocket();
        socket.Options.HttpVersion = version == 1 ? HttpVersion.Version11 : HttpVersion.Version20;
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        return socket;
    }

    private static async Task<string> EchoAsync(ClientWebSocket socket, string text)
    {
        await socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        byte[] buffer = new byte[100];
        WebSocketReceiveResult part = await socket.ReceiveAsync(buffer, CancellationToken.None);
        return Encoding.UTF8.GetString(buffer, 0, part.Count);
    }
}
