using System.Text.Json;
using Mesh.Client.Tests.Explanations;
using Mesh.TestKit.Servers;
using Xunit;

namespace Mesh.Client.Tests.Calls;

/// <summary>Calls go to the endpoints whose metadata is what their route asks for (<c>metadata_match</c>, <c>lb_subset_config</c>).</summary>
public sealed class SubsetTests : MeshTest
{
    [Fact]
    public async Task RoutesAndWeightedClustersChooseTheSubset()
    {
        TestServer old = await StartServerAsync(name: "old"), young = await StartServerAsync(name: "young");
        TestMesh mesh = await StartMeshAsync(Document(old.Port, young.Port, "NO_FALLBACK"));
        Assert.Empty(mesh.Host.State.IgnoredFields);
        for (int i = 0; i < 10; i++)
        {
            Assert.Equal("old", await mesh.Client.GetStringAsync("http://a/"));

            // The cluster's own wins over the route's.
            Assert.Equal("young", await mesh.Client.GetStringAsync("http://a/weighted"));
        }

        using HttpResponseMessage lost = await mesh.Client.GetAsync("http://a/lost");
        Assert.Equal((503, "UH"), ((int)lost.StatusCode, lost.Header("x-mesh-flag")));
        Assert.Contains("no endpoint has version=\"3\"", lost.Header("x-mesh-reason"), StringComparison.Ordinal);

        // An update that another endpoint comes with.
        mesh.Memory.Update(Document(young.Port, old.Port, "ANY_ENDPOINT"));
        Assert.Equal("young", await mesh.Client.GetStringAsync("http://a/"));
        Assert.Equal(["old", "young"], new[] { await mesh.Client.GetStringAsync("http://a/lost"), await mesh.Client.GetStringAsync("http://a/lost") }.Order());
    }

    [Fact]
    public async Task ARetryStaysInTheSubset()
    {
        TestServer old = await StartServerAsync(name: "old"), young = await StartServerAsync(name: "young");
        TestMesh mesh = await StartMeshAsync(Document(old.Port, young.Port, "ANY_ENDPOINT"));
        (await mesh.Client.GetAsync("http://a/status/503")).Dispose();
        Assert.Equal((2L, 0L), (old.Counts.Requests, young.Counts.Requests));
    }

    [Fact]
    public void TheExplanationSaysWhichSubset()
    {
        string document = Document(1, 2, "ANY_ENDPOINT");
        JsonElement found = Explained.Of(document), lost = Explained.Of(document, "/lost"), weighted = Explained.Of(document, "/weighted");
        Assert.Equal("version=\"1\" (1 of 2 endpoints)", found.Text("subset"));
        Assert.Equal("version=\"2\" (1 of 2 endpoints)", weighted.Text("subset"));
        Assert.Equal("any endpoint: no endpoint has version=\"3\"", lost.Text("subset"));
    }

    private static string Document(int old, int young, string fallback) => Xds.Document(
        Xds.Listener("l", "r"),
        Xds.Resource(Xds.RoutesType, $"name: r, virtual_hosts: [{{name: a, domains: [a], routes: [{Route("/weighted", $"weighted_clusters: {{clusters: [{{name: c, weight: 1, {Match("2")}}}]}}, {Match("1")}")}, "
            + $"{Route("/lost", $"cluster: c, {Match("3")}")}, {Route("/", $"cluster: c, {Match("1")}, retry_policy: {{retry_on: 5xx, num_retries: 1, retry_back_off: {{base_interval: 0.001s}}}}")}]}}]"),
        Xds.Resource(
            Xds.ClusterType,
            $"name: c, lb_subset_config: {{fallback_policy: {fallback}, subset_selectors: [{{keys: [version]}}]}}, load_assignment: {{cluster_name: c, endpoints: [{{lb_endpoints: [{Endpoint(old, "1")}, {Endpoint(young, "2")}]}}]}}"));

    private static string Route(string prefix, string action) => $"{{match: {{prefix: {prefix}}}, route: {{{action}}}}}";

    private static string Match(string version) => $"metadata_match: {{filter_metadata: {{envoy.lb: {{version: '{version}'}}}}}}";

    private static string Endpoint(int port, string version) =>
        $"{{metadata: {{filter_metadata: {{envoy.lb: {{version: '{version}'}}}}}}, endpoint: {{address: {{socket_address: {{address: 127.0.0.1, port_value: {port}}}}}}}}}";
}
