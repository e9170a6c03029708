using System.Net;
using Mesh.TestKit.Servers;
using Xunit;

namespace Mesh.Client.Tests.Calls;

/// <summary>Clusters that the request itself chooses: by a matcher, or by its hash.</summary>
public sealed class RoutedByRequestTests : MeshTest
{
    private const string Specifiers = "type.googleapis.com/envoy.extensions.router.cluster_specifiers";

    [Theory]
    [InlineData("v1", "one")]
    [InlineData("v2", "two")]
    public async Task AMatcherLandsAtTheRightServer(string version, string server)
    {
        TestMesh mesh = await StartAsync(Matcher());
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://a/") { Headers = { { "x-version", version } } };

        using HttpResponseMessage response = await mesh.Client.SendAsync(request);

        Assert.Equal(server, await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task AMatcherWithNothingForTheRequestIsNoCluster()
    {
        TestMesh mesh = await StartAsync(Matcher());

        using HttpResponseMessage response = await mesh.Client.GetAsync("http://a/");

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "NC"), (response.StatusCode, response.Header("x-mesh-flag")));
        Assert.Equal("route 'way': its cluster_matcher has no cluster for the request", response.Header("x-mesh-reason"));
    }

    [Fact]
    public async Task AnOptionalSpecifierThatIsNotKnownIsNoClusterAndSaysWhy()
    {
        TestMesh mesh = await StartAsync(
            $"cluster_not_found_response_code: NOT_FOUND, inline_cluster_specifier_plugin: {{is_optional: true, extension: {{name: s, typed_config: {{'@type': {Specifiers}.lua.v3.LuaConfig}}}}}}");

        using HttpResponseMessage response = await mesh.Client.GetAsync("http://a/");

        Assert.Equal((HttpStatusCode.NotFound, "NC"), (response.StatusCode, response.Header("x-mesh-flag")));
        Assert.Equal(
            "route 'way' leaves the cluster to 'envoy.extensions.router.cluster_specifiers.lua.v3.LuaConfig', which is not supported and was marked optional",
            response.Header("x-mesh-reason"));
    }

    [Fact]
    public async Task OneValueIsAlwaysSentToOneClusterAndManyToBoth()
    {
        TestServer one = await StartServerAsync(name: "one"), two = await StartServerAsync(name: "two");
        TestMesh mesh = await StartMeshAsync(Text(
            "hash_policy: [{header: {header_name: x-user}}], weighted_clusters: {use_hash_policy: true, clusters: [{name: one, weight: 50}, {name: two, weight: 50}]}", one, two));
        var seen = new HashSet<string>();
        for (int user = 0; user < 20; user++)
        {
            string first = await GetAsync(mesh, user);
            seen.Add(first);
            for (int i = 0; i < 5; i++)
                Assert.Equal(first, await GetAsync(mesh, user));
        }

        Assert.Equal(["one", "two"], seen.Order());
    }

    private static async Task<string> GetAsync(TestMesh mesh, int user)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://a/") { Headers = { { "x-user", $"user-{user}" } } };
        using HttpResponseMessage response = await mesh.Client.SendAsync(request);
        return await response.Content.ReadAsStringAsync();
    }

    private async Task<TestMesh> StartAsync(string route) => await StartMeshAsync(Text(route, await StartServerAsync(name: "one"), await StartServerAsync(name: "two")));

    private static string Text(string route, params TestServer[] servers) =>
        RoutedText.Of(servers, RoutedText.Routes("a", $"{{name: way, match: {{prefix: /}}, route: {{{route}}}}}"));

    private static string Matcher() =>
        $$"""
        inline_cluster_specifier_plugin: {extension: {name: s, typed_config: {'@type': {{Specifiers}}.matcher.v3.MatcherClusterSpecifier, cluster_matcher: {matcher_tree: {
          input: {name: h, typed_config: {'@type': type.googleapis.com/envoy.type.matcher.v3.HttpRequestHeaderMatchInput, header_name: x-version} },
          exact_match_map: {map: {v1: {{Action("one")}}, v2: {{Action("two")}} } } } } } } }
        """.ReplaceLineEndings(" ");

    private static string Action(string cluster) => $"{{action: {{name: c, typed_config: {{'@type': {Specifiers}.matcher.v3.ClusterAction, cluster: {cluster}}}}}}}";
}
