using Mesh.TestKit;
using Mesh.TestKit.Servers;
using Xunit;

namespace Mesh.Client.Tests.Calls;

/// <summary>Aggregate clusters (gRFC A37, A75): calls go to the first of their clusters that can serve, and spill over to the next.</summary>
public sealed class AggregateClusterTests : MeshTest
{
    private const string Type = "envoy.extensions.clusters.aggregate.v3.ClusterConfig";

    [Fact]
    public async Task TheFirstClusterServes()
    {
        TestServer one = await StartServerAsync(name: "one"), two = await StartServerAsync(name: "two");
        TestMesh mesh = await StartMeshAsync(Document("first, second", Cluster("first", one), Cluster("second", two)));
        for (int i = 0; i < 20; i++)
            Assert.Equal("one", await mesh.Client.GetStringAsync("http://a/"));
        Assert.All(mesh.Outcomes, outcome => Assert.Equal("first", outcome.Cluster));
    }

    [Fact]
    public async Task WithoutAUsableEndpointTheNextServes()
    {
        TestServer one = await StartServerAsync(name: "one"), two = await StartServerAsync(name: "two");
        TestMesh mesh = await StartMeshAsync(Document("first, second", Cluster("first", one, "UNHEALTHY"), Cluster("second", two)));
        Assert.Equal("two", await mesh.Client.GetStringAsync("http://a/"));
        mesh.Memory.Update(Document("first, second", Cluster("first", one), Cluster("second", two)));
        Assert.Equal("one", await mesh.Client.GetStringAsync("http://a/"));
    }

    /// <summary>Half of the first cluster's endpoints are healthy: 70 % go there (overprovisioning 140 %), the rest spills over.</summary>
    [Fact]
    public async Task CallsSpillOverByShare()
    {
        TestServer one = await StartServerAsync(name: "one"), two = await StartServerAsync(name: "two");
        TestMesh mesh = await StartMeshAsync(
            Document("first, second", $"name: first, load_assignment: {{cluster_name: first, endpoints: [{{lb_endpoints: [{Endpoint(one.Port, "HEALTHY")}, {Endpoint(FreePort.Next(), "UNHEALTHY")}]}}]}}", Cluster("second", two)),
            random: new Random(1));
        for (int i = 0; i < 500; i++)
            (await mesh.Client.GetAsync("http://a/")).Dispose();
        Assert.InRange(one.Counts.Requests, 300, 400);
        Assert.Equal(500, one.Counts.Requests + two.Counts.Requests);
    }

    /// <summary>An ejection takes the first cluster's only endpoint; the retry of the same call goes to the second.</summary>
    [Fact]
    public async Task ARetryAsksAgain()
    {
        TestServer one = await StartServerAsync(async context =>
        {
            await Task.CompletedTask;
            context.Response.StatusCode = 503;
            return true;
        });
        TestServer two = await StartServerAsync(name: "two");
        TestMesh mesh = await StartMeshAsync(DocumentWith(
            "retry_policy: {retry_on: 5xx, num_retries: 1, retry_back_off: {base_interval: 0.001s}}",
            "first, second",
            Cluster("first", one) + ", outlier_detection: {consecutive_5xx: 1, max_ejection_percent: 100}, common_lb_config: {healthy_panic_threshold: {value: 0}}",
            Cluster("second", two)));
        Assert.Equal("two", await mesh.Client.GetStringAsync("http://a/"));
        Assert.Equal(("second", 2), (mesh.Outcome.Cluster, mesh.Outcome.Attempts));
        await mesh.SettledAsync();
    }

    [Fact]
    public async Task AggregatesMayStandWithinAggregates()
    {
        TestServer one = await StartServerAsync(name: "one"), two = await StartServerAsync(name: "two");
        TestMesh mesh = await StartMeshAsync(Document("inner, second", AggregateOf("inner", "first, second"), Cluster("first", one, "UNHEALTHY"), Cluster("second", two)));
        Assert.Equal("two", await mesh.Client.GetStringAsync("http://a/"));
    }

    [Fact]
    public async Task OneThatIsNotKnownIsPassedOver()
    {
        TestServer two = await StartServerAsync(name: "two");
        TestMesh mesh = await StartMeshAsync(Document("missing, second", Cluster("second", two)));
        Assert.Equal("two", await mesh.Client.GetStringAsync("http://a/"));
        Assert.Contains(mesh.Log.Lines, line => line.Message.Contains("no cluster is named 'missing': it is passed over", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("missing", "none of its clusters is known: missing")]
    [InlineData("aggregate", "none of its clusters is known: aggregate")]
    public async Task WithoutAnyTheAnswerSaysSo(string clusters, string reason)
    {
        TestMesh mesh = await StartMeshAsync(Document(clusters));
        using HttpResponseMessage response = await mesh.Client.GetAsync("http://a/");
        Assert.Equal((503, "UH"), ((int)response.StatusCode, response.Header("x-mesh-flag")));
        Assert.Contains(reason, response.Header("x-mesh-reason"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatACallLimitIsOneOfTheClusterThatServes()
    {
        var gate = new Gate();
        TestServer one = await StartServerAsync(gate.HoldAsync);
        TestMesh mesh = await StartMeshAsync(DocumentWith("timeout: 0s", "first", Cluster("first", one) + ", circuit_breakers: {thresholds: [{max_requests: 1}]}"));
        Task<string> call = mesh.Client.GetStringAsync("http://a/hold");
        await ArrivedAsync(one, "/hold");
        using (HttpResponseMessage second = await mesh.Client.GetAsync("http://a/"))
            Assert.Equal("UO", second.Header("x-mesh-flag"));
        gate.Open();
        await call;
    }

    private static string Document(string clusters, params string[] bodies) => DocumentWith("timeout: 15s", clusters, bodies);

    private static string DocumentWith(string route, string clusters, params string[] bodies) => Xds.Document(
    [
        Xds.Listener("l", "r"),
        Xds.Resource(Xds.RoutesType, $"name: r, virtual_hosts: [{Xds.VirtualHost("a", $"cluster: aggregate, {route}")}]"),
        Xds.Resource(Xds.ClusterType, AggregateOf("aggregate", clusters)),
        .. bodies.Select(body => Xds.Resource(Xds.ClusterType, body)),
    ]);

    private static string AggregateOf(string name, string clusters) =>
        $"name: {name}, lb_policy: CLUSTER_PROVIDED, cluster_type: {{name: envoy.clusters.aggregate, typed_config: {{'@type': type.googleapis.com/{Type}, clusters: [{clusters}]}}}}";

    private static string Cluster(string name, TestServer server, string health = "HEALTHY") =>
        $"name: {name}, load_assignment: {{cluster_name: {name}, endpoints: [{{lb_endpoints: [{Endpoint(server.Port, health)}]}}]}}";

    private static string Endpoint(int port, string health) =>
        $"{{health_status: {health}, endpoint: {{address: {{socket_address: {{address: 127.0.0.1, port_value: {port}}}}}}}}}";
}
