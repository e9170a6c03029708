using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Mesh.TestKit;
using Mesh.TestKit.Servers;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Xunit;

namespace Mesh.Client.Tests.Calls;

/// <summary>Connections that are there before a call needs them (<c>preconnect_policy.per_upstream_preconnect_ratio</c>).</summary>
public sealed class PreconnectTests : MeshTest
{
    private readonly Gate _gate = new();

    [Theory]
    [InlineData("1", 1)]
    [InlineData("1.5", 2)]
    [InlineData("2", 2)]
    [InlineData("3", 3)]
    public async Task ACallOpensSomeAhead(string ratio, int connections)
    {
        TestServer server = await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(Document(server.Port, ratio));
        for (int i = 0; i < 10; i++)
        {
            Assert.Equal("server", await mesh.Client.GetStringAsync("http://a/"));
            await Wait.EventuallyAsync(() => server.Counts.Connections == connections, Soon, "the connections");
        }

        await mesh.Host.DisposeAsync();
        await Wait.EventuallyAsync(() => server.Counts.OpenConnections == 0, Soon, "all are closed");
    }

    [Fact]
    public async Task ACallTakesWhatIsThere()
    {
        TestServer server = await StartServerAsync(_gate.HoldAsync);
        TestMesh mesh = await StartMeshAsync(Document(server.Port, "2"));
        var held = new List<Task<string>>();
        for (int i = 1; i <= 4; i++)
        {
            held.Add(mesh.Client.GetStringAsync("http://a/hold"));
            await Wait.EventuallyAsync(() => server.Counts.Requests == i, Soon, "the call");
            await Wait.EventuallyAsync(() => server.Counts.Connections == 2 * i, Soon, "its connections");
        }

        _gate.Open();
        Assert.All(await Task.WhenAll(held), body => Assert.Equal("released", body));
        Assert.Equal(8, server.Counts.Connections);
    }

    [Theory]
    [InlineData("circuit_breakers: {thresholds: [{max_connections: 2}]}, ", 2)]
    [InlineData("circuit_breakers: {per_host_thresholds: [{max_connections: 1}]}, ", 1)]
    public async Task ThereAreNoMoreThanTheLimits(string limits, int connections)
    {
        TestServer server = await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(Document(server.Port, "3", limits));
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal("server", await mesh.Client.GetStringAsync("http://a/"));
            await Wait.EventuallyAsync(() => server.Counts.Connections == connections, Soon, "the connections");
        }
    }

    [Fact]
    public async Task Http2NeedsNone()
    {
        TestServer server = await StartServerAsync(protocols: HttpProtocols.Http2);
        TestMesh mesh = await StartMeshAsync(Document(server.Port, "3", "http2_protocol_options: {}, "));
        for (int i = 0; i < 5; i++)
            Assert.Equal("server", await mesh.Client.GetStringAsync("http://a/"));
        Assert.Equal(1, server.Counts.Connections);
    }

    /// <summary>The runtime does not send a request again that fails on a new connection, so that none may go out on one that is closed.</summary>
    [Fact]
    public async Task OneThatTheServerHasClosedIsLeftAside()
    {
        await using var server = new RawServer();
        TestMesh mesh = await StartMeshAsync(Document(server.Port, "3"));
        for (int i = 1; i <= 10; i++)
        {
            // The server hangs up at the second request on a connection, and the runtime asks for another.
            Assert.Equal("ok", await mesh.Client.GetStringAsync("http://a/"));
            await Wait.EventuallyAsync(() => server.Unused >= 2, Soon, "what is connected ahead");
            server.CloseUnused();
            await Wait.EventuallyAsync(() => server.Unused == 0, Soon, "none is left");
        }

        Assert.All(mesh.Outcomes, outcome => Assert.Equal((1, (string?)null), (outcome.Attempts, outcome.Flag)));
    }

    /// <summary>The handshake finds that the server has given up, and another connection is made.</summary>
    [Fact]
    public async Task TlsBeginsWithTheCall()
    {
        await using var tls = new TestTls();
        TestServer server = await StartServerAsync(_gate.HoldAsync, certificate: tls.Certificate);
        await using var relay = new Relay(server.Port);
        TestMesh mesh = await StartMeshAsync(Document(relay.Port, "3", tls.TransportSocket));
        Assert.Equal("server", await mesh.Client.GetStringAsync("http://a/"));
        await Wait.EventuallyAsync(() => relay.Silent == 2, Soon, "what is connected ahead");
        relay.HangUpOnSilent();

        Task<string>[] held = [.. Enumerable.Range(1, 3).Select(_ => mesh.Client.GetStringAsync("http://a/hold"))];
        await Wait.EventuallyAsync(() => server.Counts.Requests == 1 + held.Length, Soon, "the calls");
        _gate.Open();
        Assert.All(await Task.WhenAll(held), body => Assert.Equal("released", body));
        Assert.All(mesh.Outcomes, outcome => Assert.Equal((1, (string?)null), (outcome.Attempts, outcome.Flag)));
    }

    private static string Document(int port, string ratio, string more = "") => Xds.Document(
        Xds.Listener("l", "r"),
        Xds.Resource(Xds.RoutesType, $"name: r, virtual_hosts: [{Xds.VirtualHost("a", "cluster: a, timeout: 0s, idle_timeout: 0s")}]"),
        Xds.ClusterWith("a", $"preconnect_policy: {{per_upstream_preconnect_ratio: {ratio}}}, {more}", $"127.0.0.1:{port}"));

    /// <summary>Passes bytes on to a server.</summary>
    private sealed class Relay : IAsyncDisposable
    {
        private readonly LoopbackServer _server;
        private readonly ConcurrentDictionary<TcpClient, bool> _silent = new();
        private readonly int _port;

        public Relay(int port)
        {
            _port = port;
            _server = new LoopbackServer(ServeAsync);
        }

        public int Port => _server.Port;

        /// <summary>Connections without a byte.</summary>
        public int Silent => _silent.Count;

        /// <summary>Hangs up on those there are now at their first byte, as a server does that has waited too long.</summary>
        public void HangUpOnSilent()
        {
            foreach (TcpClient client in _silent.Keys)
                _silent[client] = true;
        }

        public ValueTask DisposeAsync() => _server.DisposeAsync();

        private async Task ServeAsync(TcpClient client, CancellationToken stop)
        {
            using (client)
            using (var server = new TcpClient())
            {
                _silent[client] = false;
                try
                {
                    NetworkStream near = client.GetStream();
                    byte[] first = new byte[1];
                    await near.ReadExactlyAsync(first, stop);
                    if (_silent.TryRemove(client, out bool hangsUp) && hangsUp)
                        return;
                    await server.ConnectAsync(IPAddress.Loopback, _port, stop);
                    NetworkStream far = server.GetStream();
                    await far.WriteAsync(first, stop);
                    await Task.WhenAny(near.CopyToAsync(far, stop), far.CopyToAsync(near, stop));
                }
                catch (Exception e) when (e is OperationCanceledException or IOException or SocketException)
                {
                    // The test is over, or one side went away.
                    _silent.TryRemove(client, out _);
                }
            }
        }
    }
}
