using Mesh.Resources;
using Mesh.Snapshots;
using Xunit;

namespace Mesh.Client.Tests.Snapshots;

/// <summary>A new load assignment replaces the slots that use it and nothing else.</summary>
public sealed class EndpointUpdateTests
{
    private const string A1 = "127.0.0.1:1", A2 = "127.0.0.1:2", A3 = "127.0.0.1:3";
    private readonly StoreUnderTest _store = new();

    [Fact]
    public void OneSlotIsReplacedAndNoRouteCompiled()
    {
        MeshSnapshot before = PutAll();
        MeshSnapshot after = _store.PutEndpoints("s", A2, A3);
        Assert.Same(before.Listeners, after.Listeners);
        Assert.Same(before.Slots, after.Slots);
        Assert.Same(before.FindCluster("b"), after.FindCluster("b"));
        Assert.Equal([A2, A3], Addresses("a"));
        Assert.Same(before.FindCluster("a")!.Transport, after.FindCluster("a")!.Transport);
        Assert.Equal(before.Version + 1, after.Version);
        Assert.Equal([A1], before.FindCluster("a")!.Endpoints.Select(endpoint => endpoint.State.Address));
    }

    [Fact]
    public void WhatRepeatsIsRecognised()
    {
        PutAll();
        MeshSnapshot before = _store.PutEndpoints("s", A1, A2);
        Assert.Same(before, _store.PutEndpoints("s", A1, A2));
    }

    [Fact]
    public void EveryClusterThatUsesItIsReplaced()
    {
        _store.Put(Xds.EdsCluster("a", "s"), Xds.EdsCluster("b", "s"), Xds.Assignment("s", A1));
        _store.PutEndpoints("s", A2);
        Assert.Equal([A2], Addresses("a"));
        Assert.Equal([A2], Addresses("b"));
        Assert.NotSame(_store.Cluster("a").Endpoints[0].State, _store.Cluster("b").Endpoints[0].State);
        Assert.Equal([A1, A1], _store.Removed);
    }

    [Fact]
    public void OneThatNobodyUsesChangesNothingYet()
    {
        MeshSnapshot before = PutAll();
        Assert.Same(before, _store.PutEndpoints("unused", A1));
    }

    [Fact]
    public void ALaterFullUpdateKnowsTheNewestEndpoints()
    {
        PutAll();
        MeshSnapshot before = _store.PutEndpoints("s", A2);
        Assert.Same(before.FindCluster("a"), _store.Put(Xds.EdsCluster("a", "s"), Xds.Assignment("s", A2)).FindCluster("a"));
    }

    /// <summary>What comes before its source's first full set must not leak into anything shared.</summary>
    [Fact]
    public void AnAssignmentThatComesFirstDoesNoHarm()
    {
        try
        {
            _store.Store.Replace(StoreUnderTest.Source, new EndpointsResource("early", []));
            Assert.Null(_store.Store.Current);
            Assert.Empty(ResourceSet.Empty.Endpoints);
        }
        finally
        {
            ResourceSet.Empty.Endpoints.Clear();
        }
    }

    private MeshSnapshot PutAll() => _store.Put(
        Xds.Listener("l", "r"), Xds.Routes("r", "a", "b"), Xds.EdsCluster("a", "s"), Xds.Cluster("b", A3), Xds.Assignment("s", A1));

    private IEnumerable<string> Addresses(string cluster) => _store.Cluster(cluster).Endpoints.Select(endpoint => endpoint.State.Address);
}
