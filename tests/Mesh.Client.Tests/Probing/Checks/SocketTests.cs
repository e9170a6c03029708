using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Mesh.Client.Tests.Calls;
using Mesh.TestKit;
using Mesh.TestKit.Certificates;
using Mesh.TestKit.Servers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Xunit;

namespace Mesh.Client.Tests.Probing.Checks;

/// <summary>Checks of real servers.</summary>
public sealed class SocketTests
{
    private const string Often = "timeout: 5s, interval: 0.02s, no_traffic_interval: 0.02s, unhealthy_threshold: 1, healthy_threshold: 1";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(HttpProtocols.Http1, "HTTP1", "HTTP/1.1")]
    [InlineData(HttpProtocols.Http2, "HTTP2", "HTTP/2")]
    public async Task AServerIsUsedWhileItsStatusIsGood(HttpProtocols protocols, string codec, string version)
    {
        int status = 200;
        await using TestServer server = await StartAsync(protocols, context => context.Response.StatusCode = Volatile.Read(ref status));
        await using TestMesh mesh = await StartMeshAsync(
            $"http_health_check: {{path: '/healthz?full', host: check.example, codec_client_type: {codec}, expected_statuses: [{{start: 200, end: 300}}], request_headers_to_add: [{{header: {{key: x-who, value: '%REQ(:AUTHORITY)%'}}}}]}}", server.Port);
        Assert.Equal("healthy", Health(mesh));
        Volatile.Write(ref status, 503);
        await Wait.EventuallyAsync(() => Health(mesh) == "unhealthy", Limit);
        Assert.Contains("it answered HTTP status 503", Assert.Single(mesh.Log.Messages("EndpointUnhealthy")), StringComparison.Ordinal);
        Volatile.Write(ref status, 299);
        await Wait.EventuallyAsync(() => Health(mesh) == "healthy", Limit);
        RequestRecord record = server.Records[0];
        Assert.Equal(("GET", "/healthz", "check.example", version), (record.Method, record.Path, record.Authority, record.Protocol));
        Assert.Equal(("check.example", "Mesh.Sdk/HC"), (record.Header("x-who"), record.Header("user-agent")));
        Assert.Equal(1, server.Counts.Connections);
        Assert.Equal((0, 0L, 0L), (mesh.InFlight, Endpoint(mesh).Calls, Endpoint(mesh).ConnectFailures));
    }

    [Fact]
    public async Task ABodyAndAHeaderCanBeAskedFor()
    {
        string body = "all is well";
        await using TestServer server = await StartAsync(HttpProtocols.Http1, async context =>
        {
            context.Response.Headers["x-envoy-degraded"] = "";
            await context.Response.WriteAsync(Volatile.Read(ref body));
        });
        await using TestMesh mesh = await StartMeshAsync($"http_health_check: {{path: /, receive: [{{text: '{Hex("all")}'}}, {{text: '{Hex("well")}'}}]}}", server.Port);
        Assert.Equal("degraded", Health(mesh));
        Volatile.Write(ref body, "well, all");
        await Wait.EventuallyAsync(() => Health(mesh) == "unhealthy", Limit);
    }

    [Fact]
    public async Task AServerThatIsGoneIsUnhealthyAndOneThatIsBackIsHealthy()
    {
        TestServer server = await TestServer.StartAsync();
        int port = server.Port;
        await using TestMesh mesh = await StartMeshAsync("http_health_check: {path: /}", port);
        Assert.Equal("healthy", Health(mesh));
        await server.DisposeAsync();
        await Wait.EventuallyAsync(() => Health(mesh) == "unhealthy", Limit);
        await using TestServer again = await TestServer.StartAsync(options => options.Port = port);
        await Wait.EventuallyAsync(() => Health(mesh) == "healthy", Limit);
        Assert.Equal(0, Endpoint(mesh).ConnectFailures);
    }

    [Theory]
    [InlineData("shop.test", "healthy")]
    [InlineData("other.test", "unhealthy")]
    public async Task ChecksOfATlsClusterAreVerified(string name, string health)
    {
        using var authority = CertificateAuthority.Create();
        using IssuedCertificate certificate = authority.IssueServer(name);
        await using TestServer server = await TestServer.StartAsync(options =>
        {
            options.Certificate = certificate;
            options.Protocols = HttpProtocols.Http1AndHttp2;
        });
        string tls = Trusting(certificate);
        foreach (string check in new[] { "http_health_check: {path: /, codec_client_type: HTTP2}", "http_health_check: {path: /}", "tcp_health_check: {}" })
        {
            await using TestMesh mesh = await StartMeshAsync(check, server.Port, tls);
            Assert.Equal(health, Health(mesh));
            if (health == "unhealthy")
                Assert.Contains("match none of", mesh.Log.Messages("EndpointUnhealthy")[0], StringComparison.Ordinal);
        }

        Assert.All(server.Records, record => Assert.Equal(("https", "shop.test"), (record.Scheme, record.ServerName)));
        Assert.Equal(health == "healthy", server.Records.Any(record => record.Protocol == "HTTP/2"));
    }

    [Fact]
    public async Task APlaintextServerOfATlsClusterIsNeverHealthy()
    {
        await using TestServer server = await TestServer.StartAsync();
        using var authority = CertificateAuthority.Create();
        using IssuedCertificate certificate = authority.IssueServer("shop.test");
        string tls = Trusting(certificate);
        await using TestMesh mesh = await StartMeshAsync("tcp_health_check: {}", server.Port, tls);
        Assert.Equal("unhealthy", Health(mesh));
    }

    /// <summary>The numbers are those of grpc.health.v1.HealthCheckResponse.ServingStatus; a negative one is a gRPC status.</summary>
    [Theory]
    [InlineData(1, "healthy", "")]
    [InlineData(0, "unhealthy", "it answered UNKNOWN")]
    [InlineData(2, "unhealthy", "it answered NOT_SERVING")]
    [InlineData(3, "unhealthy", "it answered SERVICE_UNKNOWN")]
    [InlineData(-12, "unhealthy", "it answered UNIMPLEMENTED")]
    [InlineData(-5, "unhealthy", "it answered NOT_FOUND")]
    public async Task AGrpcServerIsAskedForItsService(int answer, string health, string reason)
    {
        byte[] asked = [];
        await using TestServer server = await StartAsync(HttpProtocols.Http2, async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            Volatile.Write(ref asked, body.ToArray());
            context.Response.ContentType = "application/grpc";
            if (answer >= 0)
                await context.Response.Body.WriteAsync(Frame(answer == 0 ? [] : [8, (byte)answer]));
            context.Response.AppendTrailer("grpc-status", Math.Max(-answer, 0).ToString(CultureInfo.InvariantCulture));
        });
        await using TestMesh mesh = await StartMeshAsync("grpc_health_check: {service_name: shop, initial_metadata: [{header: {key: x-token, value: t}}]}", server.Port);
        Assert.Equal(health, Health(mesh));
        Assert.Equal(reason.Length > 0, mesh.Log.Messages("EndpointUnhealthy").Any(message => message.Contains(reason, StringComparison.Ordinal)));
        RequestRecord record = server.Records[0];
        Assert.Equal(("POST", "/grpc.health.v1.Health/Check", "shop", "t"), (record.Method, record.Path, record.Authority, record.Header("x-token")));
        Assert.Equal(Frame([10, 4, .. "shop"u8]), asked);
    }

    [Fact]
    public async Task ATcpServerIsSentToAndHeard()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        string answer = "..pong..";
        using var stop = new CancellationTokenSource();
        Task serving = ServeAsync(listener, () => Volatile.Read(ref answer), stop.Token);
        await using (TestMesh mesh = await StartMeshAsync($"tcp_health_check: {{send: {{text: '{Hex("ping")}'}}, receive: [{{text: '{Hex("po")}'}}, {{text: '{Hex("ng")}'}}]}}", ((IPEndPoint)listener.LocalEndpoint).Port))
        {
            Assert.Equal("healthy", Health(mesh));
            Volatile.Write(ref answer, "");
            await Wait.EventuallyAsync(() => Health(mesh) == "unhealthy", Limit);
            Assert.Contains("it closed the connection before", mesh.Log.Messages("EndpointUnhealthy")[0], StringComparison.Ordinal);
            Volatile.Write(ref answer, "pong");
            await Wait.EventuallyAsync(() => Health(mesh) == "healthy", Limit);
        }

        await stop.CancelAsync();
        await serving;
    }

    [Fact]
    public async Task AnEndpointMayBeCheckedElsewhere()
    {
        await using TestServer server = await StartAsync(HttpProtocols.Http1, context => context.Response.StatusCode = 500);
        await using TestServer admin = await TestServer.StartAsync();
        string cluster = Xds.Resource(
            Xds.ClusterType,
            $"name: shop, health_checks: [{{{Often}, http_health_check: {{path: /}}}}], load_assignment: {{cluster_name: shop, endpoints: [{{lb_endpoints: [{{endpoint: {{health_check_config: {{port_value: {admin.Port}, hostname: admin.example}}, address: {{socket_address: {{address: 127.0.0.1, port_value: {server.Port}}}}}}}}}]}}]}}");
        await using var mesh = new TestMesh(Xds.Document(Xds.Listener("l", "r"), Xds.Routes("r", "shop"), cluster));
        await mesh.Host.StartAsync(CancellationToken.None);
        Assert.Equal("healthy", Health(mesh));
        Assert.Empty(server.Records);
        Assert.Equal("admin.example", admin.Records[0].Authority);
    }

    [Fact]
    public async Task ACallsAnswerCanTakeAnEndpointOut()
    {
        bool leaving = false;
        await using TestServer one = await StartAsync(HttpProtocols.Http1, context =>
        {
            if (Volatile.Read(ref leaving))
                context.Response.Headers["x-envoy-immediate-health-check-fail"] = "true";
        });
        await using TestMesh mesh = await StartMeshAsync("http_health_check: {path: /}", one.Port, check: Often.Replace("0.02s", "60s", StringComparison.Ordinal));
        Volatile.Write(ref leaving, true);
        using (await mesh.Client.GetAsync(new Uri("http://shop/")))
            await Wait.EventuallyAsync(() => Health(mesh) == "unhealthy", Limit);
    }

    [Theory]
    [InlineData(false, null)]
    [InlineData(true, "healthy")]
    public async Task ChecksCanBeTurnedOff(bool on, string? health)
    {
        await using TestServer server = await TestServer.StartAsync();
        await using TestMesh mesh = await StartMeshAsync("http_health_check: {path: /}", server.Port, configure: options => options.ActiveHealthChecks = on);
        Assert.Equal(health, Health(mesh));
        Assert.Equal(on, server.Counts.Requests > 0);
        using HttpResponseMessage response = await mesh.Client.GetAsync(new Uri("http://shop/"));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private static async Task ServeAsync(TcpListener listener, Func<string> answer, CancellationToken stop)
    {
        try
        {
            while (true)
            {
                using Socket socket = await listener.AcceptSocketAsync(stop);
                byte[] buffer = new byte[16];
                while (await socket.ReceiveAsync(buffer, stop) > 0 && answer() is { Length: > 0 } text)
                {
                    foreach (byte letter in Encoding.ASCII.GetBytes(text))
                        await socket.SendAsync(new[] { letter }, stop);
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            // The test is over.
        }
    }

    private static Task<TestServer> StartAsync(HttpProtocols protocols, Action<HttpContext> answer) => StartAsync(protocols, context =>
    {
        answer(context);
        return Task.CompletedTask;
    });

    private static Task<TestServer> StartAsync(HttpProtocols protocols, Func<HttpContext, Task> answer) => TestServer.StartAsync(options =>
    {
        options.Protocols = protocols;
        options.Handler = async context =>
        {
            await answer(context);
            return true;
        };
    });

    /// <summary>A mesh with one cluster of one endpoint, once that is checked.</summary>
    private static async Task<TestMesh> StartMeshAsync(string checker, int port, string more = "", string check = Often, Action<MeshOptions>? configure = null)
    {
        var mesh = new TestMesh(
            Xds.Document(Xds.Listener("l", "r"), Xds.Routes("r", "shop"), Xds.ClusterWith("shop", $"{more}health_checks: [{{{check}, {checker}}}], ", $"127.0.0.1:{port}")),
            options =>
            {
                options.FirstConfigTimeout = Limit;
                configure?.Invoke(options);
            });
        await mesh.Host.StartAsync(CancellationToken.None);
        return mesh;
    }

    /// <summary>The transport socket of a cluster whose peer is called shop.test.</summary>
    private static string Trusting(IssuedCertificate certificate) =>
        $"transport_socket: {{name: tls, typed_config: {{{Xds.Tls}, sni: shop.test, common_tls_context: {{validation_context: {{trusted_ca: {{inline_string: {JsonSerializer.Serialize(certificate.RootPem)}}}, "
        + "match_typed_subject_alt_names: [{san_type: DNS, matcher: {exact: shop.test}}]}}}}, ";

    private static EndpointView Endpoint(TestMesh mesh) => mesh.Host.State.Clusters.Single().Endpoints.Single();

    private static string? Health(TestMesh mesh) => Endpoint(mesh).ActiveHealth;

    private static string Hex(string text) => Convert.ToHexString(Encoding.ASCII.GetBytes(text));

    private static byte[] Frame(byte[] message)
    {
        byte[] frame = [0, 0, 0, 0, 0, .. message];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.Length);
        return frame;
    }
}
