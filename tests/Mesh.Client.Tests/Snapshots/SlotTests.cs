using Mesh.Snapshots;
using Xunit;

namespace Mesh.Client.Tests.Snapshots;

/// <summary>A cluster keeps its slot while it lives, because routes refer to it.</summary>
public sealed class SlotTests
{
    private const string Address = "127.0.0.1:1";
    private readonly StoreUnderTest _store = new();

    [Fact]
    public void SlotsStayWhateverComesAndGoes()
    {
        Dictionary<string, int> first = Put("a", "b", "c").Slots;
        Dictionary<string, int> second = Put("d", "c", "a", "e").Slots;
        Assert.Equal((first["a"], first["c"]), (second["a"], second["c"]));
        Assert.Equal(4, second.Values.Distinct().Count());
        Assert.Equal(first["b"], second["d"]);
    }

    [Fact]
    public void AFreedSlotIsEmpty()
    {
        int slot = Put("a", "b", "c").Slots["b"];
        MeshSnapshot after = Put("a", "c");
        Assert.Null(after.Clusters[slot]);
        Assert.Null(after.FindCluster("b"));
    }

    [Fact]
    public void RoutesFollowAClusterThatGoesAndComesBack()
    {
        string listener = Xds.Listener("l", "r"), routes = Xds.Routes("r", "b");
        _store.Put(listener, routes, Xds.Cluster("a", Address), Xds.Cluster("b", Address));
        _store.Put(Xds.Cluster("a", Address));
        MeshSnapshot back = _store.Put(listener, routes, Xds.Cluster("x", Address), Xds.Cluster("b", Address));
        Assert.Equal("b", back.Clusters[Destination(back).Slot]!.Name);
    }

    [Fact]
    public void EveryDestinationLeadsToItsCluster()
    {
        var random = new Random(7);
        for (int i = 0; i < 50; i++)
        {
            string[] names = [.. Enumerable.Range(0, 8).Where(_ => random.Next(2) == 0).Select(n => $"c{n}").Order().Reverse()];
            MeshSnapshot snapshot = _store.Put([Xds.Listener("l", "r"), Xds.Routes("r", names), .. names.Select(name => Xds.Cluster(name, Address))]);
            Assert.All(snapshot.Listeners[0].Routes.VirtualHosts, host => Assert.Equal(host.Name, snapshot.Clusters[host.Routes[0].Route.Destinations[0].Slot]!.Name));
            Assert.Equal(names.Order(), snapshot.Clusters.OfType<Cluster>().Select(cluster => cluster.Name).Order());
        }
    }

    private static RouteDestination Destination(MeshSnapshot snapshot) => snapshot.Listeners[0].Routes.VirtualHosts[0].Routes[0].Route.Destinations[0];

    private MeshSnapshot Put(params string[] clusters) => _store.Put([.. clusters.Select(name => Xds.Cluster(name, Address))]);
}
