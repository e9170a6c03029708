using Mesh.Resources;
using Mesh.Snapshots;
using Xunit;

namespace Mesh.Client.Tests.Snapshots;

/// <summary>Sources are one configuration: the first snapshot waits for all of them, and no two give one name.</summary>
public sealed class SeveralSourcesTests
{
    private const string Address = "127.0.0.1:1";
    private readonly StoreUnderTest _store = new("file", "memory");

    [Fact]
    public void RoutesOfOneMayNameClustersOfTheOther()
    {
        Assert.Empty(_store.Replace("file", Xds.Listener("l", "r"), Xds.Routes("r", "a")));
        Assert.Null(_store.Store.Current);
        Assert.False(_store.Store.First.IsCompleted);
        Assert.Empty(_store.Replace("memory", Xds.Cluster("a", Address)));
        Assert.True(_store.Store.First.IsCompleted);
        Assert.Equal("a", _store.Snapshot.Clusters[0]?.Name);
    }

    [Fact]
    public void OneThatSpeaksTwiceDoesNotSpeakForTheOther()
    {
        Assert.Empty(_store.Replace("file", Xds.Cluster("a", Address)));
        Assert.Empty(_store.Replace("file", Xds.Cluster("b", Address)));
        Assert.Null(_store.Store.Current);
    }

    [Fact]
    public void ANameGivenTwiceNamesBoth()
    {
        _store.Replace("file", Xds.Cluster("a", Address), Xds.Cluster("b", Address));
        Assert.Equal(
            ["Cluster 'a': given by memory and by file; only one source may give it"],
            _store.Replace("memory", Xds.Cluster("a", Address)));
        Assert.Null(_store.Store.Current);
    }

    [Theory]
    [InlineData("Listener", "name: x, api_listener: {api_listener: {" + Xds.Manager + ", rds: {route_config_name: r}, http_filters: [" + Xds.Router + "]}}", Xds.ListenerType)]
    [InlineData("RouteConfiguration", "name: x", Xds.RoutesType)]
    [InlineData("ClusterLoadAssignment", "cluster_name: x", Xds.AssignmentType)]
    [InlineData("Secret", "name: x, validation_context: {system_root_certs: {}}", Xds.SecretType)]
    public void NamesOfEveryKindAreCompared(string kind, string body, string type)
    {
        string routes = Xds.Resource(Xds.RoutesType, "name: r");
        Assert.Empty(_store.Replace("file", Xds.Resource(type, body), routes));
        Assert.Equal([$"{kind} 'x': given by memory and by file; only one source may give it"], _store.Replace("memory", Xds.Resource(type, body)));
    }

    /// <summary>Whatever breaks the compiler must not stay behind, or every later update of every source would break too.</summary>
    [Fact]
    public void AnExceptionLeavesTheOtherSourcesAlone()
    {
        Assert.Empty(_store.Replace("file", Xds.Cluster("a", Address)));
        Assert.Empty(_store.Replace("memory", Xds.Cluster("b", Address)));
        var poison = new ResourceSet();
        poison.Listeners["l"] = new ListenerResource
        {
            Name = "l",
            Inline = new RouteConfigurationResource { Name = "r", VirtualHosts = [new VirtualHostResource { Name = "v", Domains = ["x", "x"] }] },
        };
        Assert.ThrowsAny<Exception>(() => _store.Store.Replace("file", poison, new ErrorCollector()));
        Assert.Empty(_store.Replace("memory", Xds.Cluster("c", Address)));
        Assert.NotNull(_store.Cluster("a"));
    }

    [Fact]
    public void AnUpdateOfOneKeepsWhatTheOtherGave()
    {
        _store.Replace("file", Xds.Cluster("a", Address));
        _store.Replace("memory", Xds.Cluster("b", Address));
        Cluster before = _store.Cluster("a");
        Assert.Empty(_store.Replace("memory", Xds.Cluster("c", Address)));
        Assert.Same(before, _store.Cluster("a"));
        Assert.Null(_store.Snapshot.FindCluster("b"));
    }
}
