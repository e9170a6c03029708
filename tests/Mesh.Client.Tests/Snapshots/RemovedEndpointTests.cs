using Mesh.Resources;
using Mesh.Snapshots;
using Xunit;

namespace Mesh.Client.Tests.Snapshots;

/// <summary>Who owns connections hears once of every endpoint that is gone, and of none that is not.</summary>
public sealed class RemovedEndpointTests
{
    private const string A1 = "127.0.0.1:1", A2 = "127.0.0.1:2", A3 = "127.0.0.1:3";
    private readonly StoreUnderTest _store = new();

    /// <summary>While a call may still pick an endpoint, it must find its connections: they are let go after the write.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void TheyAreLetGoOnceTheSnapshotWithoutThemIsPublished(bool byAssignment)
    {
        var seen = new List<string>();
        SnapshotStore? store = null;
        store = new SnapshotStore(removed => seen.Add($"{removed.Address} gone, {store!.Current!.FindCluster("a")!.Endpoints[0].State.Address} there"));
        store.Await("s");
        ResourceSet Set(string address) => Decoded.Yaml(Xds.Document(Xds.EdsCluster("a", "a"), Xds.Assignment("a", address))).AssertFindings().Set;
        store.Replace("s", Set("127.0.0.1:1"), new ErrorCollector());

        if (byAssignment)
            store.Replace("s", Set("127.0.0.1:2").Endpoints["a"]);
        else
            store.Replace("s", Set("127.0.0.1:2"), new ErrorCollector());

        Assert.Equal(["127.0.0.1:1 gone, 127.0.0.1:2 there"], seen);
    }

    [Fact]
    public void EndpointsThatAreGoneAreTold()
    {
        _store.Put(Xds.Cluster("a", A1, A2, A3));
        _store.Put(Xds.Cluster("a", A2));
        Assert.Equal([A1, A3], _store.Removed.Order());
    }

    [Fact]
    public void AReplacedOneIsTold()
    {
        _store.Put(Xds.Cluster("a", A1));
        _store.Put(Xds.Cluster("a", A2));
        Assert.Equal([A1], _store.Removed);
    }

    [Fact]
    public void SoAreThoseOfAClusterThatIsGone()
    {
        _store.Put(Xds.Cluster("a", A1, A2), Xds.Cluster("b", A1));
        _store.Put(Xds.Cluster("b", A1));
        Assert.Equal([A1, A2], _store.Removed.Order());
    }

    [Fact]
    public void AndThoseOfAnEndpointUpdate()
    {
        _store.Put(Xds.EdsCluster("a", "s"), Xds.Assignment("s", A1, A2));
        _store.PutEndpoints("s", A2, A3);
        _store.PutEndpoints("s");
        Assert.Equal([A1, A2, A3], [_store.Removed[0], .. _store.Removed.Skip(1).Order()]);
    }

    [Fact]
    public void OneThatComesBackIsNew()
    {
        object first = _store.Put(Xds.Cluster("a", A1)).FindCluster("a")!.Endpoints[0].State;
        _store.Put(Xds.Cluster("a", A2));
        Assert.NotSame(first, _store.Put(Xds.Cluster("a", A1)).FindCluster("a")!.Endpoints[0].State);
        Assert.Equal([A1, A2], _store.Removed);
    }

    [Fact]
    public void ARefusedUpdateRemovesNothing()
    {
        _store.Put(Xds.Cluster("a", A1));
        Assert.NotEmpty(_store.Replace(StoreUnderTest.Source, Xds.Cluster("b", A2), Xds.Listener("l", "missing")));
        Assert.Empty(_store.Removed);
        Assert.Equal([A1], _store.Cluster("a").Endpoints.Select(endpoint => endpoint.State.Address));
    }
}
