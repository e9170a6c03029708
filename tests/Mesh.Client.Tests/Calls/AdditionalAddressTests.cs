using System.Net;
using System.Net.Sockets;
using Mesh.Client.Tests.Transport;
using Mesh.TestKit;
using Mesh.TestKit.Servers;
using Xunit;

namespace Mesh.Client.Tests.Calls;

/// <summary>Endpoints with several addresses (<c>Endpoint.additional_addresses</c>, gRFC A61): one endpoint, reached by whichever answers first.</summary>
public sealed class AdditionalAddressTests : MeshTest
{
    [Fact]
    public async Task WhereItsAddressIsRefusedAnotherIsUsedAndItStaysTheEndpointItWas()
    {
        TestServer server = await StartServerAsync();
        int refused = ClosedPort();
        TestMesh mesh = await StartMeshAsync(Document("", $"127.0.0.1:{refused}", $"127.0.0.1:{server.Port}"));
        Assert.Equal("server", await mesh.Client.GetStringAsync("http://a/"));
        Assert.Equal("server", await mesh.Client.GetStringAsync("http://a/"));
        EndpointView endpoint = mesh.Host.State.Clusters.Single().Endpoints.Single();
        Assert.Equal(($"127.0.0.1:{refused}", 2L, 0L), (endpoint.Address, endpoint.Calls, endpoint.ConnectFailures));
        Assert.All(mesh.Outcomes, outcome => Assert.Equal(($"127.0.0.1:{refused}", 1), (outcome.Endpoint, outcome.Attempts)));
        Assert.Equal((1, 1), (server.Counts.Connections, server.Counts.OpenConnections));
    }

    [Fact]
    public async Task BesideAnAddressThatSaysNothingTheNextIsTriedAfterAWhile()
    {
        using var hole = new BlackHole();
        TestServer server = await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(Document("", $"127.0.0.1:{hole.Port}", $"127.0.0.1:{server.Port}"), time: Time);
        int others = Time.ArmedTimers;
        Task<string> call = mesh.Client.GetStringAsync("http://a/");

        // The call's timeout, connect_timeout, and the wait for the first address.
        await Wait.EventuallyAsync(() => Time.ArmedTimers == others + 3, Soon, "the first attempt");
        Time.Advance(TimeSpan.FromMilliseconds(249));
        Assert.Equal(0, server.Counts.Connections);
        Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal("server", await call);
    }

    [Fact]
    public async Task ConnectTimeoutIsThatOfAllAddressesTogether()
    {
        using BlackHole hole = new(), other = new("127.0.0.3");
        TestMesh mesh = await StartMeshAsync(Document("connect_timeout: 1s, ", $"127.0.0.1:{hole.Port}", $"127.0.0.3:{other.Port}"), time: Time);
        int others = Time.ArmedTimers;
        Task<HttpResponseMessage> call = mesh.Client.GetAsync("http://a/");
        await Wait.EventuallyAsync(() => Time.ArmedTimers == others + 3, Soon, "the first attempt");
        Time.Advance(TimeSpan.FromMilliseconds(250));
        await Wait.EventuallyAsync(() => Time.ArmedTimers == others + 2, Soon, "the second attempt");
        Time.Advance(TimeSpan.FromMilliseconds(749));
        Assert.False(call.IsCompleted);
        Time.Advance(TimeSpan.FromMilliseconds(1));
        using HttpResponseMessage response = await call;
        Assert.Equal((503, "UF"), ((int)response.StatusCode, response.Header("x-mesh-flag")));
        Assert.Contains("no connection within 1 s (connect_timeout)", response.Header("x-mesh-reason"), StringComparison.Ordinal);
        Assert.Equal(1, mesh.Host.State.Clusters.Single().Endpoints.Single().ConnectFailures);
    }

    [Fact]
    public async Task WhereNoneCanBeReachedTheReasonNamesThemAll()
    {
        int one = ClosedPort(), two = ClosedPort();
        TestMesh mesh = await StartMeshAsync(Document("", $"127.0.0.1:{one}", $"[::1]:{two}"));
        using HttpResponseMessage response = await mesh.Client.GetAsync("http://a/");
        Assert.Equal((503, "UF"), ((int)response.StatusCode, response.Header("x-mesh-flag")));
        Assert.Contains($"127.0.0.1:{one} (ConnectionRefused), [::1]:{two} (ConnectionRefused)", response.Header("x-mesh-reason"), StringComparison.Ordinal);
        Assert.Equal(1, mesh.Host.State.Clusters.Single().Endpoints.Single().ConnectFailures);
    }

    [Fact]
    public async Task TheFamilyThatComesFirstIsTriedFirst()
    {
        TestServer four = await StartServerAsync(name: "four");
        await using TestServer six = await TestServer.StartAsync(options =>
        {
            options.Name = "six";
            options.Address = IPAddress.IPv6Loopback;
        });
        TestMesh mesh = await StartMeshAsync(Document("upstream_connection_options: {happy_eyeballs_config: {first_address_family_version: V6}}, ", $"127.0.0.1:{four.Port}", $"[::1]:{six.Port}"));
        Assert.Equal("six", await mesh.Client.GetStringAsync("http://a/"));
        Assert.Equal(0, four.Counts.Connections);
    }

    /// <summary>An update of the addresses alone: the endpoint is the same, its connections stay, and new ones know the new addresses.</summary>
    [Fact]
    public async Task OtherAddressesMakeNoOtherEndpoint()
    {
        var gate = new Gate();
        TestServer old = await StartServerAsync(gate.HoldAsync, name: "old"), next = await StartServerAsync(name: "next");
        int refused = ClosedPort();
        TestMesh mesh = await StartMeshAsync(Document("", $"127.0.0.1:{refused}", $"127.0.0.1:{old.Port}"));
        Task<string> held = mesh.Client.GetStringAsync("http://a/hold");
        await ArrivedAsync(old, "/hold");

        mesh.Memory.Update(Document("", $"127.0.0.1:{refused}", $"127.0.0.1:{next.Port}"));
        Assert.Equal("next", await mesh.Client.GetStringAsync("http://a/"));
        gate.Open();
        Assert.Equal("released", await held);
        Assert.Equal(2, mesh.Host.State.Clusters.Single().Endpoints.Single().Calls);
        Assert.Equal((1, 1), (old.Counts.OpenConnections, next.Counts.OpenConnections));
    }

    /// <summary>TLS begins with the winner, and a peer that cannot do it is not spoken to in the clear.</summary>
    [Fact]
    public async Task AWinnerWithoutTlsIsNoPeer()
    {
        await using var tls = new TestTls();
        TestServer plain = await StartServerAsync(), secure = await StartServerAsync(certificate: tls.Certificate);
        string cluster = tls.TransportSocket;
        TestMesh mesh = await StartMeshAsync(Document(cluster, $"127.0.0.1:{ClosedPort()}", $"127.0.0.1:{secure.Port}"));
        Assert.Equal("server", await mesh.Client.GetStringAsync("http://a/"));
        mesh.Memory.Update(Document(cluster, $"127.0.0.1:{ClosedPort()}", $"127.0.0.1:{plain.Port}"));
        using HttpResponseMessage response = await mesh.Client.GetAsync("http://a/");
        Assert.Equal((503, "UF"), ((int)response.StatusCode, response.Header("x-mesh-flag")));
        Assert.Equal(0, plain.Counts.Requests);
        await Wait.EventuallyAsync(() => plain.Counts.OpenConnections == 0, Soon, "no connection is left open");
    }

    /// <summary>A port where nobody listens.</summary>
    private static int ClosedPort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private static string Document(string cluster, string address, params string[] more) => Xds.Document(
        Xds.Listener("l", "r"),
        Xds.Routes("r", "a"),
        Xds.Resource(
            Xds.ClusterType,
            $"name: a, {cluster}load_assignment: {{cluster_name: a, endpoints: [{{lb_endpoints: [{{endpoint: {{{Address(address)}, additional_addresses: [{string.Join(", ", more.Select(each => $"{{{Address(each)}}}"))}]}}}}]}}]}}"));

    private static string Address(string address)
    {
        IPEndPoint at = IPEndPoint.Parse(address);
        return $"address: {{socket_address: {{address: '{at.Address}', port_value: {at.Port}}}}}";
    }
}
