using System.Net;
using Mesh.TestKit;
using Mesh.TestKit.Servers;
using Xunit;

namespace Mesh.Client.Tests.Calls;

/// <summary>What a plain HTTP caller gets where the mesh answers itself.</summary>
public sealed class LocalReplyTests : MeshTest
{
    [Fact]
    public async Task ItSaysItsFlagAndReasonInHeadersAndBody()
    {
        TestMesh mesh = await StartMeshAsync(ServiceA([]));
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://b/x");

        using HttpResponseMessage response = await mesh.Client.SendAsync(request);

        string reason = Uri.UnescapeDataString(response.Header("x-mesh-reason")!);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("NR", response.Header("x-mesh-flag"));
        Assert.StartsWith("host 'b': no virtual host of route configuration", reason, StringComparison.Ordinal);
        Assert.Equal("text/plain", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal($"mesh: {reason} [NR]\n", await response.Content.ReadAsStringAsync());
        Assert.Same(request, response.RequestMessage);
        Assert.Equal(new CallOutcome(null, null, 404, null, 0, ResponseFlags.NoRoute, null), mesh.Outcome);
    }

    [Fact]
    public async Task NoRouteOfTheHostMatchesIs404()
    {
        TestMesh mesh = await StartMeshAsync(
            """
            services:
              a:
                versions: { v1: { endpoints: ["127.0.0.1:1"] } }
                routes: [{ path: /only, to: v1 }]
            """);

        Assert.Equal((404, "NR"), await GetAsync(mesh, "http://a/other"));
    }

    [Fact]
    public async Task AClusterThatIsNotKnownIs503()
    {
        TestMesh mesh = await StartMeshAsync(Xds.Document(
            Xds.Listener("mesh", "routes"),
            Xds.Resource(Xds.RoutesType, $"name: routes, validate_clusters: false, virtual_hosts: [{Xds.VirtualHost("a", "cluster: gone")}]")));

        Assert.Equal((503, "NC"), await GetAsync(mesh));
    }

    [Fact]
    public async Task NoEndpointIs503()
    {
        TestMesh mesh = await StartMeshAsync(ServiceA([]));

        Assert.Equal((503, "UH"), await GetAsync(mesh));
        Assert.Equal(("a", null, 0), (mesh.Outcome.Cluster, mesh.Outcome.Endpoint, mesh.Outcome.Attempts));
    }

    [Theory]
    [InlineData("UNHEALTHY", 0, "UH")]
    [InlineData("DRAINING", 0, "UH")]
    [InlineData("DEGRADED", 0, null)]
    [InlineData("UNHEALTHY", 50, null)]
    public async Task AnEndpointCountsByItsHealth(string health, int panicThreshold, string? flag)
    {
        TestServer server = await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(
            $$"""
            resources:
            - { "@type": type.googleapis.com/envoy.config.cluster.v3.Cluster, name: a, common_lb_config: { healthy_panic_threshold: { value: {{panicThreshold}} } },
                load_assignment: { cluster_name: a, endpoints: [{ lb_endpoints: [{ health_status: {{health}},
                  endpoint: { address: { socket_address: { address: 127.0.0.1, port_value: {{server.Port}} } } } }] }] } }
            - { "@type": type.googleapis.com/envoy.config.route.v3.RouteConfiguration, name: r,
                virtual_hosts: [{ name: a, domains: [a], routes: [{ match: { prefix: / }, route: { cluster: a } }] }] }
            - { "@type": type.googleapis.com/envoy.config.listener.v3.Listener, name: l, api_listener: { api_listener: {
                "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager,
                rds: { route_config_name: r, config_source: { ads: {} } },
                http_filters: [{ name: router, typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router } }] } } }
            """);

        Assert.Equal((flag is null ? 200 : 503, flag), await GetAsync(mesh));
    }

    [Fact]
    public async Task ARefusedConnectionIs503AndNamesTheEndpoint()
    {
        int port = FreePort.Next();
        TestMesh mesh = await StartMeshAsync(ServiceA([port]));

        using HttpResponseMessage response = await mesh.Client.GetAsync("http://a/");

        Assert.Equal((503, "UF"), ((int)response.StatusCode, response.Header("x-mesh-flag")));
        Assert.Contains($"127.0.0.1:{port}", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.NotNull(mesh.Outcome.Error);
        Assert.Equal((1, 1L), (mesh.Outcome.Attempts, mesh.Host.State.Clusters.Single().Endpoints.Single().ConnectFailures));
    }

    [Fact]
    public async Task AConnectionThatEndsBeforeTheResponseIs503()
    {
        TestServer server = await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(ServiceA(server));

        using HttpResponseMessage response = await mesh.Client.PostAsync("http://a/reset", new StringContent("x"));

        Assert.Equal((503, "UC"), ((int)response.StatusCode, response.Header("x-mesh-flag")));
    }

    [Fact]
    public async Task HttpsToAClusterWithoutTlsIsRefusedAndNeverSent()
    {
        TestServer server = await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(ServiceA(server));

        Assert.Equal((503, "DPE"), await GetAsync(mesh, "https://a/"));
        Assert.Equal(0, server.Counts.Connections);
    }

    [Fact]
    public async Task HttpsToAClusterMarkedForPlaintextIsSent()
    {
        TestServer server = await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(ServiceA(server, "allow_plaintext: true"));

        Assert.Equal((200, null), await GetAsync(mesh, "https://a/"));
        Assert.Equal("http", server.Records.Single().Scheme);
    }

    private static async Task<(int Status, string? Flag)> GetAsync(TestMesh mesh, string url = "http://a/")
    {
        using HttpResponseMessage response = await mesh.Client.GetAsync(url);
        Assert.Equal(response.Header("x-mesh-flag"), mesh.Outcome.Flag);
        return ((int)response.StatusCode, response.Header("x-mesh-flag"));
    }
}
