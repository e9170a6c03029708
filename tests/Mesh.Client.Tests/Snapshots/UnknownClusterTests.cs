using Xunit;

namespace Mesh.Client.Tests.Snapshots;

/// <summary>Clusters that mirrors and cluster matchers name, and that are not there.</summary>
public sealed class UnknownClusterTests
{
    private const string Matcher = "inline_cluster_specifier_plugin: {extension: {name: m, typed_config: {'@type': type.googleapis.com/envoy.extensions.router.cluster_specifiers.matcher.v3.MatcherClusterSpecifier, "
        + "cluster_matcher: {on_no_match: {action: {name: c, typed_config: {'@type': type.googleapis.com/envoy.extensions.router.cluster_specifiers.matcher.v3.ClusterAction, cluster: x}}}}}}}";

    private readonly StoreUnderTest _store = new();

    [Theory]
    [InlineData("cluster: a, request_mirror_policies: [{cluster: x}]", "request_mirror_policies[0].cluster: no cluster is named 'x'")]
    [InlineData(Matcher, "inline_cluster_specifier_plugin: no cluster is named 'x'")]
    public void TheyRefuseTheRoutes(string route, string finding)
    {
        Assert.Equal([$"RouteConfiguration 'r': virtual_hosts[0].routes[0].route.{finding}"], Replace(route, ""));
        Assert.Null(_store.Store.Current);
    }

    [Fact]
    public void UnlessTheyAreNotChecked()
    {
        Assert.Empty(Replace("cluster: a, request_mirror_policies: [{cluster: x}]", ", validate_clusters: false"));
        Assert.Equal(["RouteConfiguration 'r': virtual_hosts[0].routes[0].route.inline_cluster_specifier_plugin: no cluster is named 'x': calls on it are answered with NC"], Replace(Matcher, ", validate_clusters: false"));
    }

    [Fact]
    public void AMirrorOfAHeaderIsNotAskedFor() => Assert.Empty(Replace("cluster: a, request_mirror_policies: [{cluster_header: x}]", ""));

    private IReadOnlyList<string> Replace(string route, string more) => _store.Replace(
        StoreUnderTest.Source,
        Xds.Listener("l", "r"),
        Xds.Resource(Xds.RoutesType, $"name: r, virtual_hosts: [{{name: v, domains: [v], routes: [{{match: {{prefix: /}}, route: {{{route}}}}}]}}]{more}"),
        Xds.Cluster("a", "127.0.0.1:1"));
}
