using Mesh.Snapshots;
using Xunit;

namespace Mesh.Client.Tests.Snapshots;

/// <summary>A reference to nothing refuses the whole, and every one of them is named.</summary>
public sealed class DanglingReferenceTests
{
    private const string Address = "127.0.0.1:1";
    private readonly StoreUnderTest _store = new();

    [Fact]
    public void EveryKindIsNamedAtOnce()
    {
        string tls = $"transport_socket: {{name: tls, typed_config: {{{Xds.Tls}, common_tls_context: {{validation_context_sds_secret_config: {{name: v}}}}}}}}, ";
        Assert.Equal(
            [
                "Listener 'l': rds.route_config_name: no route configuration is named 'r'",
                "RouteConfiguration 's': virtual_hosts[0].routes[0].route.cluster: no cluster is named 'x'",
                "Cluster 'a': transport_socket.common_tls_context.validation_context_sds_secret_config: no secret named 'v' holds a validation_context",
                "Cluster 'b': eds_cluster_config.service_name: no ClusterLoadAssignment is named 'e'",
            ],
            _store.Replace(
                StoreUnderTest.Source, Xds.Listener("l", "r"), Xds.Listener("m", "s"), Xds.Routes("s", "x"), Xds.ClusterWith("a", tls, Address), Xds.EdsCluster("b", "e")));
        Assert.Null(_store.Store.Current);
    }

    [Fact]
    public void AWeightedClusterIsNamedByItsPlace() => Assert.Equal(
        ["RouteConfiguration 'r': virtual_hosts[0].routes[0].route.weighted_clusters.clusters[1]: no cluster is named 'x'"],
        _store.Replace(StoreUnderTest.Source, Xds.Listener("l", "r"), Weighted(""), Xds.Cluster("a", Address)));

    [Fact]
    public void TheLastGoodStateStays()
    {
        MeshSnapshot before = _store.Put(Xds.Listener("l", "r"), Xds.Routes("r", "a"), Xds.Cluster("a", Address));
        Assert.Single(_store.Replace(StoreUnderTest.Source, Xds.Listener("l", "r"), Xds.Routes("r", "a", "x"), Xds.Cluster("a", Address)));
        Assert.Same(before, _store.Snapshot);
        Assert.Same(before, _store.Put(Xds.Listener("l", "r"), Xds.Routes("r", "a"), Xds.Cluster("a", Address)));
    }

    [Fact]
    public void AClusterMayBeUnknownWhereTheRoutesSaySo()
    {
        Assert.Equal(
            ["RouteConfiguration 'r': virtual_hosts[0].routes[0].route.weighted_clusters.clusters[1]: no cluster is named 'x': calls on it are answered with NC"],
            _store.Replace(StoreUnderTest.Source, Xds.Listener("l", "r"), Weighted(", validate_clusters: false"), Xds.Cluster("a", Address)));
        Assert.Equal([0, -1], _store.Snapshot.Listeners[0].Routes.VirtualHosts[0].Routes[0].Route.Destinations.Select(destination => destination.Slot));
    }

    /// <summary>The warning belongs to the content in use, so it must be there as long as the content is.</summary>
    [Fact]
    public void TheWarningOutlivesAnUpdateOfSomethingElse()
    {
        string[] same = [Xds.Listener("l", "r"), Weighted(", validate_clusters: false")];
        Assert.Single(_store.Replace(StoreUnderTest.Source, [.. same, Xds.Cluster("a", Address)]));
        Assert.Single(_store.Replace(StoreUnderTest.Source, [.. same, Xds.Cluster("a", "127.0.0.1:2")]));
    }

    private static string Weighted(string more) => Xds.Resource(
        Xds.RoutesType,
        "name: r, virtual_hosts: [{name: v, domains: [a], routes: [{match: {prefix: /}, route: {weighted_clusters: {clusters: [{name: a, weight: 1}, {name: x, weight: 1}]}}}]}]" + more);
}
