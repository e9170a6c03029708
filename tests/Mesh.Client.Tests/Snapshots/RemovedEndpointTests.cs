using Xunit;

namespace Mesh.Client.Tests.Snapshots;

/// <summary>Who owns connections hears once of every endpoint that is gone, and of none that is not.</summary>
public sealed class RemovedEndpointTests
{
    private const string A1 = "127.0.0.1:1", A2 = "127.0.0.1:2", A3 = "127.0.0.1:3";
    private readonly StoreUnderTest _store = new();

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
