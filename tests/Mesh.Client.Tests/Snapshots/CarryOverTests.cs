using Mesh.LoadBalancing;
using Mesh.Snapshots;
using Xunit;

namespace Mesh.Client.Tests.Snapshots;

/// <summary>What an update did not touch is the same object in the next snapshot: the cost of an update follows its size.</summary>
public sealed class CarryOverTests
{
    private const string A1 = "127.0.0.1:1", A2 = "127.0.0.1:2", A3 = "127.0.0.1:3";
    private static readonly string Listener = Xds.Listener("l", "r"), Other = Xds.Listener("m", "s");
    private static readonly string Routes = Xds.Routes("r", "a"), OtherRoutes = Xds.Routes("s", "b");
    private readonly StoreUnderTest _store = new();

    [Fact]
    public void ARepetitionIsTheSameSnapshot()
    {
        MeshSnapshot before = _store.Put(Listener, Routes, Xds.Cluster("a", A1));
        Assert.Same(before, _store.Put(Listener, Routes, Xds.Cluster("a", A1)));
        Assert.Equal(1, before.Version);
    }

    [Fact]
    public void ARepetitionInAnotherOrderIsTheSameClusters()
    {
        MeshSnapshot before = _store.Put(Listener, Routes, Xds.Cluster("a", A1), Xds.Cluster("b", A2));
        MeshSnapshot after = _store.Put(Xds.Cluster("b", A2), Xds.Cluster("a", A1), Routes, Listener);
        Assert.Same(before, after);
    }

    [Fact]
    public void AChangedRouteLeavesClustersAndOtherTables()
    {
        MeshSnapshot before = _store.Put(Listener, Routes, Other, OtherRoutes, Xds.Cluster("a", A1), Xds.Cluster("b", A2));
        MeshSnapshot after = _store.Put(Listener, Xds.Routes("r", "a", "b"), Other, OtherRoutes, Xds.Cluster("a", A1), Xds.Cluster("b", A2));
        Assert.NotSame(Find(before, "l").Routes, Find(after, "l").Routes);
        Assert.Same(Find(before, "m"), Find(after, "m"));
        Assert.Same(before.FindCluster("a"), after.FindCluster("a"));
        Assert.Same(before.FindCluster("b"), after.FindCluster("b"));
        Assert.Equal(2, after.Version);
    }

    [Fact]
    public void AChangedListenerKeepsItsTable()
    {
        MeshSnapshot before = _store.Put(Listener, Routes, Xds.Cluster("a", A1));
        MeshSnapshot after = _store.Put(Listener.Replace("rds:", "stream_idle_timeout: 9s, rds:", StringComparison.Ordinal), Routes, Xds.Cluster("a", A1));
        Assert.NotSame(before.Listeners[0], after.Listeners[0]);
        Assert.Same(before.Listeners[0].Routes, after.Listeners[0].Routes);
    }

    [Fact]
    public void ChangedEndpointsLeaveRoutesTransportAndTheOtherEndpoints()
    {
        MeshSnapshot before = _store.Put(Listener, Routes, Xds.Cluster("a", A1, A2), Xds.Cluster("b", A3));
        MeshSnapshot after = _store.Put(Listener, Routes, Xds.Cluster("a", A1, A3), Xds.Cluster("b", A3));
        Assert.Same(before.Listeners[0], after.Listeners[0]);
        Assert.Same(before.FindCluster("b"), after.FindCluster("b"));
        Cluster old = before.FindCluster("a")!, now = after.FindCluster("a")!;
        Assert.NotSame(old, now);
        Assert.Same(old.Transport, now.Transport);
        Assert.Same(old.State, now.State);
        Assert.Same(old.Endpoints[0], now.Endpoints[0]);
        Assert.NotSame(old.Endpoints[1].State, now.Endpoints[1].State);
    }

    [Fact]
    public void AMovedEndpointKeepsItsState()
    {
        Endpoint[] before = _store.Put(Xds.Cluster("a", A1, A2)).FindCluster("a")!.Endpoints;
        Endpoint[] after = _store.Put(Xds.Cluster("a", A3, A2, A1)).FindCluster("a")!.Endpoints;
        Assert.Same(before[0].State, after[2].State);
        Assert.Same(before[1], after[1]);
        Assert.Empty(_store.Removed);
    }

    [Fact]
    public void AnotherHealthIsAnotherEndpointOfTheSameState()
    {
        Endpoint before = _store.Put(Xds.Cluster("a", A1)).FindCluster("a")!.Endpoints[0];
        Endpoint after = _store.Put(Xds.Cluster("a", A1).Replace("{endpoint:", "{health_status: DRAINING, endpoint:", StringComparison.Ordinal)).FindCluster("a")!.Endpoints[0];
        Assert.NotSame(before, after);
        Assert.Same(before.State, after.State);
        Assert.Equal(Availability.Unhealthy, after.Availability);
        Assert.Empty(_store.Removed);
    }

    [Theory]
    [InlineData("connect_timeout: 1s, ")]
    [InlineData("http2_protocol_options: {}, ")]
    [InlineData("common_http_protocol_options: {idle_timeout: 1s}, ")]
    [InlineData("common_http_protocol_options: {max_connection_duration: 1s}, ")]
    public void ASettingOfConnectionsIsANewGeneration(string setting)
    {
        Cluster before = _store.Put(Xds.Cluster("a", A1)).FindCluster("a")!;
        Cluster after = _store.Put(Xds.ClusterWith("a", setting, A1)).FindCluster("a")!;
        Assert.NotSame(before.Transport, after.Transport);
        Assert.True(after.Transport.Generation > before.Transport.Generation);
        Assert.Same(before.Endpoints[0], after.Endpoints[0]);
    }

    [Fact]
    public void ASettingOfCallsIsNot()
    {
        Cluster before = _store.Put(Xds.Cluster("a", A1)).FindCluster("a")!;
        Cluster after = _store.Put(Xds.ClusterWith("a", "metadata: {filter_metadata: {mesh.sdk: {plaintext_allowed: true}}}, ", A1)).FindCluster("a")!;
        Assert.NotSame(before, after);
        Assert.Same(before.Transport, after.Transport);
    }

    private static Listener Find(MeshSnapshot snapshot, string name) => Array.Find(snapshot.Listeners, listener => listener.Name == name)!;
}
