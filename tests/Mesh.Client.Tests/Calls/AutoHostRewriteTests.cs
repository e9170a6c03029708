using Mesh.TestKit.Servers;
using Xunit;

namespace Mesh.Client.Tests.Calls;

/// <summary><c>auto_host_rewrite</c>: a server is called by the name its endpoint has.</summary>
public sealed class AutoHostRewriteTests : MeshTest
{
    private const string Auto = "auto_host_rewrite: true";

    [Fact]
    public async Task TheHostIsTheEndpointsNameAndTheCallersIsTold()
    {
        TestServer server = await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(Text(Auto, (server, "one.example")));

        await mesh.Client.GetStringAsync("http://a:81/x");

        RequestRecord seen = server.Records.Single();
        Assert.Equal(("one.example", "a:81", null), (seen.Authority, seen.Header("x-envoy-original-host"), seen.Header("x-forwarded-host")));
    }

    [Theory]
    [InlineData(Auto, "")]
    [InlineData("auto_host_rewrite: false", "one.example")]
    public async Task WithoutANameOrTheSettingTheCallersStays(string route, string name)
    {
        TestServer server = await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(Text(route, (server, name)));

        await mesh.Client.GetStringAsync("http://a/");

        Assert.Equal(("a", null), (server.Records.Single().Authority, server.Records.Single().Header("x-envoy-original-host")));
    }

    [Fact]
    public async Task TheReplacedHostMayBeForwarded()
    {
        TestServer server = await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(Text($"{Auto}, append_x_forwarded_host: true", (server, "one.example")));
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://a/") { Headers = { { "x-forwarded-host", "before" } } };

        (await mesh.Client.SendAsync(request)).Dispose();

        Assert.Equal("before, a", server.Records.Single().Header("x-forwarded-host"));
    }

    [Fact]
    public async Task ARetryOnAnotherEndpointHasTheOthersName()
    {
        TestServer one = await StartServerAsync(), two = await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(
            Text($"{Auto}, retry_policy: {{retry_on: 5xx, retry_back_off: {{base_interval: 0.001s}}}}", (one, "one.example"), (two, "two.example")));

        (await mesh.Client.GetAsync("http://a/status/503")).Dispose();

        Assert.Equal(2, mesh.Outcome.Attempts);
        Assert.Equal(("one.example", "a"), (one.Records.Single().Authority, one.Records.Single().Header("x-envoy-original-host")));
        Assert.Equal(("two.example", "a"), (two.Records.Single().Authority, two.Records.Single().Header("x-envoy-original-host")));
    }

    [Fact]
    public async Task ARetryOnAnEndpointWithoutANameHasTheCallers()
    {
        TestServer one = await StartServerAsync(), two = await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(
            Text($"{Auto}, retry_policy: {{retry_on: 5xx, retry_back_off: {{base_interval: 0.001s}}}}", (one, "one.example"), (two, "")));

        (await mesh.Client.GetAsync("http://a/status/503")).Dispose();

        Assert.Equal(("one.example", "a"), (one.Records.Single().Authority, two.Records.Single().Authority));
        Assert.Null(two.Records.Single().Header("x-envoy-original-host"));
    }

    private static string Text(string route, params (TestServer Server, string Name)[] endpoints) => Xds.Document(
        Xds.Listener("l", "r"),
        Xds.Resource(Xds.RoutesType, $"name: r, virtual_hosts: [{{name: a, domains: ['*'], routes: [{{match: {{prefix: /}}, route: {{cluster: a, {route}}}}}]}}]"),
        Xds.Resource(
            Xds.ClusterType,
            $"name: a, load_assignment: {{cluster_name: a, endpoints: [{{lb_endpoints: [{string.Join(", ", endpoints.Select(each => Endpoint(each.Server, each.Name)))}]}}]}}"));

    private static string Endpoint(TestServer server, string name) =>
        $"{{endpoint: {{hostname: '{name}', address: {{socket_address: {{address: 127.0.0.1, port_value: {server.Port}}}}}}}}}";
}
