using Mesh.Client.Tests.Wire.Decode;
using Mesh.Resources;
using Mesh.Snapshots;
using Xunit;

namespace Mesh.Client.Tests.Snapshots;

/// <summary>What becomes of resources that were written for a proxy: listeners of no use, clusters that cannot be called.</summary>
public sealed class ProxyResourceTests
{
    private readonly ResourceSet _set = new();

    [Fact]
    public void AListenerForProxiesOnlyIsNone()
    {
        Add(OfProxy.Accept(IstioListeners.VirtualOutbound));
        Add(OfProxy.Accept(IstioListeners.Http80));
        Add(Decoded.Yaml(Xds.Document(Xds.Routes("'80'"))).Set);
        Assert.Equal(["0.0.0.0_80"], Compile().Listeners.Select(listener => listener.Name));
    }

    /// <summary>A client has no address to tell listeners of a port apart: one that takes every address is the one.</summary>
    [Fact]
    public void OfListenersOfAPortTheOneForEveryAddressComesFirst()
    {
        Add(OfProxy.Accept(IstioListeners.Http80.Replace("0.0.0.0", "10.1.2.3", StringComparison.Ordinal)));
        Add(OfProxy.Accept(IstioListeners.Http80));
        Add(Decoded.Yaml(Xds.Document(Xds.Routes("'80'"))).Set);
        Assert.Equal(["0.0.0.0_80", "10.1.2.3_80"], Compile().Listeners.Select(listener => listener.Name));
    }

    /// <summary>It needs neither endpoints nor certificates, and each call is told why.</summary>
    [Theory]
    [InlineData(IstioClusters.AutomaticTls, "transport_socket_matches is not supported")]
    [InlineData(IstioClusters.Passthrough, "type: ORIGINAL_DST is not supported")]
    [InlineData(IstioClusters.BlackHole, "cluster 'BlackHoleCluster' has no endpoints")]
    public void ACallToAClusterThatCannotBeCalledSaysWhy(string yaml, string why)
    {
        Add(OfProxy.Accept(yaml));
        Cluster cluster = Compile().Clusters.Single()!;
        Assert.Empty(cluster.Endpoints);
        Assert.StartsWith(why, cluster.Failure ?? cluster.Picker.Pick(default).Reason, StringComparison.Ordinal);
    }

    private MeshSnapshot Compile()
    {
        var errors = new ErrorCollector();
        MeshSnapshot? snapshot = new SnapshotCompiler().Compile(_set, MeshSnapshot.Empty, errors);
        Assert.True(snapshot is not null, string.Join('\n', errors.Items));
        return snapshot;
    }

    private void Add(ResourceSet other)
    {
        foreach (var (name, listener) in other.Listeners)
            _set.Listeners.Add(name, listener);
        foreach (var (name, routes) in other.RouteConfigurations)
            _set.RouteConfigurations.Add(name, routes);
        foreach (var (name, cluster) in other.Clusters)
            _set.Clusters.Add(name, cluster);
    }
}
