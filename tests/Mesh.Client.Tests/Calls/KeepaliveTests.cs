using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Mesh.TestKit;
using Mesh.TestKit.Servers;
using Xunit;

namespace Mesh.Client.Tests.Calls;

/// <summary>Peers that have gone without a word: probes of TCP (<c>tcp_keepalive</c>) and pings of HTTP/2 (<c>connection_keepalive</c>).</summary>
public sealed class KeepaliveTests : MeshTest
{
    private const byte Settings = 4;
    private const byte Ping = 6;

    /// <summary>The kernel's own table tells which connections it will probe, and when.</summary>
    [Theory]
    [InlineData("upstream_connection_options: {tcp_keepalive: {keepalive_time: 1000}}, ", true)]
    [InlineData("upstream_connection_options: {tcp_keepalive: {keepalive_time: 1000, keepalive_probes: 0}}, ", false)]
    [InlineData("upstream_connection_options: {}, ", false)]
    public async Task SilentConnectionsAreProbed(string options, bool probed)
    {
        if (!OperatingSystem.IsLinux())
            return;
        TestServer server = await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(Document(options, server.Port));
        Assert.Equal("server", await mesh.Client.GetStringAsync("http://a/"));
        string[] connection = File.ReadLines("/proc/net/tcp").Concat(File.ReadLines("/proc/net/tcp6"))
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Single(fields => fields[2].EndsWith($":{server.Port:X4}", StringComparison.Ordinal) && fields[3] == "01");

        // Which timer runs (02 is that of probes), and its rest in hundredths of a second.
        string[] timer = connection[5].Split(':');
        Assert.Equal(probed, timer[0] == "02");
        if (probed)
            Assert.InRange(int.Parse(timer[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture), 90_000, 100_100);
    }

    [Fact]
    public async Task APeerThatAnswersNoPingIsGivenUp()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        TestMesh mesh = await StartMeshAsync(
            Document("http2_protocol_options: {connection_keepalive: {interval: 1s, timeout: 1s}}, ", ((IPEndPoint)listener.LocalEndpoint).Port));
        Task<HttpResponseMessage> call = mesh.Client.GetAsync("http://a/");
        using TcpClient peer = await listener.AcceptTcpClientAsync().WaitAsync(Soon);
        NetworkStream stream = peer.GetStream();
        await stream.ReadExactlyAsync(new byte["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".Length]);
        await stream.WriteAsync(new byte[] { 0, 0, 0, Settings, 0, 0, 0, 0, 0 });

        while (await ReadFrameAsync(stream) is var (type, flags) && !(type == Ping && flags == 0))
        {
            // What comes before the ping: settings, windows, the request.
        }

        using HttpResponseMessage response = await call.WaitAsync(Soon);
        Assert.Equal((503, "UC"), ((int)response.StatusCode, response.Header("x-mesh-flag")));
    }

    private static async Task<(byte Type, byte Flags)> ReadFrameAsync(NetworkStream stream)
    {
        byte[] head = new byte[9];
        await stream.ReadExactlyAsync(head).AsTask().WaitAsync(Soon);
        await stream.ReadExactlyAsync(new byte[(head[0] << 16) | (head[1] << 8) | head[2]]).AsTask().WaitAsync(Soon);
        return (head[3], head[4]);
    }

    private static string Document(string options, int port) => Xds.Document(Xds.Listener("l", "r"), Xds.Routes("r", "a"), Xds.ClusterWith("a", options, $"127.0.0.1:{port}"));
}
