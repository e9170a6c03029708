using Mesh.Client.Tests.Sources.Xds.Fakes;
using Mesh.Resources;
using Mesh.Snapshots;
using Xunit;
using Texts = Mesh.Client.Tests.Xds;

namespace Mesh.Client.Tests.Sources.Xds.Graph;

/// <summary>Aggregate clusters of a control plane (gRFC A37, A74): their clusters are asked for, waited for and served with them.</summary>
public sealed class AggregateTests
{
    [Fact]
    public async Task ItsClustersAreAskedForAndWaitedFor()
    {
        await using AdsUnderTest test = await RoutedAsync();
        await test.SendAsync(Texts.ClusterType, "1", Aggregate("agg", "a", "b"));
        Assert.Equal("nothing", test.Served("shop"));
        await test.PassAsync(0.15);
        await test.SendAsync(Texts.ClusterType, "2", Aggregate("agg", "a", "b"), Texts.EdsCluster("a", "e"), Texts.Cluster("b", "10.0.0.2:80"));
        Assert.Equal("nothing", test.Served("shop"));
        await test.SendAsync(Texts.AssignmentType, "1", Texts.Assignment("e", "10.0.0.1:80"));
        Assert.Equal(["a", "b"], Leaves(test));
        Assert.Equal("10.0.0.1:80", test.Snapshot.FindCluster("a")!.Endpoints.Single().State.Address);
    }

    [Fact]
    public async Task OneThatIsNotThereIsPassedOver()
    {
        await using AdsUnderTest test = await RoutedAsync();
        await SendAsync(test, Aggregate("agg", "a", "b"), Texts.Cluster("b", "10.0.0.2:80"));
        await test.PassAsync(16);
        Assert.Equal("b", test.Snapshot.FindCluster("agg")!.Aggregate!.Choose(test.Snapshot, random: null)!.Name);
    }

    [Fact]
    public async Task AnotherListServesOnceItsClustersAreThere()
    {
        await using AdsUnderTest test = await RoutedAsync();
        await SendAsync(test, Aggregate("agg", "a"), Texts.Cluster("a", "10.0.0.1:80"));
        await SendAsync(test, Aggregate("agg", "b"), Texts.Cluster("a", "10.0.0.1:80"));
        Assert.Equal(["a"], Leaves(test));
        await SendAsync(test, Aggregate("agg", "b"), Texts.Cluster("b", "10.0.0.2:80"));
        Assert.Equal(["b"], Leaves(test));
        Assert.Null(test.Snapshot.FindCluster("a"));
        Assert.Null(test.Entry(ResourceType.Cluster, "a"));
    }

    [Fact]
    public async Task ACircleLeadsNowhere()
    {
        await using AdsUnderTest test = await RoutedAsync();
        await SendAsync(test, Aggregate("agg", "x", "a"), Aggregate("x", "agg"), Texts.Cluster("a", "10.0.0.1:80"));
        Assert.Equal("a", test.Snapshot.FindCluster("agg")!.Aggregate!.Choose(test.Snapshot, random: null)!.Name);
    }

    private static async Task<AdsUnderTest> RoutedAsync()
    {
        AdsUnderTest test = await AdsUnderTest.StartAsync("shop");
        await test.SendAsync(Texts.ListenerType, "1", Texts.Listener("shop", "r"));
        await test.SendAsync(Texts.RoutesType, "1", Trees.RoutesTo("r", "agg"));
        return test;
    }

    /// <summary>Sends clusters, and again once those are asked for that the first lead to.</summary>
    private static async Task SendAsync(AdsUnderTest test, params string[] clusters)
    {
        for (int i = 0; i < 2; i++)
        {
            await test.SendAsync(Texts.ClusterType, "1", clusters);
            await test.PassAsync(0.15);
        }
    }

    private static IEnumerable<string> Leaves(AdsUnderTest test) => test.Snapshot.FindCluster("agg")!.Aggregate!.ClustersIn(test.Snapshot).Select(cluster => cluster.Name);

    private static string Aggregate(string name, params string[] clusters) => Texts.Resource(
        Texts.ClusterType,
        $"name: {name}, lb_policy: CLUSTER_PROVIDED, cluster_type: {{name: envoy.clusters.aggregate, typed_config: {{'@type': type.googleapis.com/envoy.extensions.clusters.aggregate.v3.ClusterConfig, clusters: [{string.Join(", ", clusters)}]}}}}");
}
