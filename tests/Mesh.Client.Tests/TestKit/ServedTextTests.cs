using Mesh.TestKit.ControlPlane;
using Mesh.Wire.Protos.Envoy.Config.Listener.V3;
using Mesh.Wire.Protos.Envoy.Service.Discovery.V3;
using Xunit;

namespace Mesh.Client.Tests.TestKit;

public sealed class ServedTextTests : IAsyncLifetime
{
    private AdsServer _server = null!;
    private RawAdsCall _call = null!;

    public async Task InitializeAsync()
    {
        _server = await AdsServer.StartAsync();
        _call = RawAdsCall.Open(_server, RawAdsCall.Sotw);
    }

    public async Task DisposeAsync()
    {
        await _call.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task TheShortFormIsServed()
    {
        _server.Set("""
            services:
              orders:
                endpoints: ["127.0.0.1:5001"]
              users:
                hosts: [users.internal, "users.internal:*"]
                versions:
                  v1: {endpoints: ["127.0.0.1:5002"]}
                  v2: {endpoints: ["127.0.0.1:5003"]}
                split: {v1: 90, v2: 10}
            """);
        Assert.Equal("orders users/v1 users/v2", Served.Names(await AskAsync(Xds.ClusterType)));
        Assert.Equal("mesh", Served.Names(await AskAsync(Xds.ListenerType)));
        Assert.Equal("mesh", Served.Names(await AskAsync(Xds.RoutesType, "mesh")));

        // gRPC style: a listener by the host called.
        await using var grpc = new RawAdsCall(_server, RawAdsCall.Sotw);
        await grpc.AskAsync(Xds.ListenerType, "orders", "users.internal", "nobody");
        DiscoveryResponse response = await grpc.ReadAsync();
        Assert.Equal("orders users.internal", Served.Names(response));
        Assert.All(response.Resources, r => Assert.NotNull(r.Unpack<Listener>().ApiListener));
    }

    [Fact]
    public async Task JsonAndAnEnvoyBootstrapAreServed()
    {
        _server.Set("""
            {"static_resources": {"clusters": [{"name": "a", "load_assignment": {"cluster_name": "a"}}], "listeners": []}}
            """);
        Assert.Equal("a", Served.Names(await AskAsync(Xds.ClusterType)));
    }

    [Fact]
    public async Task OneResourceMayLeaveItsNameAndTypeOut()
    {
        _server.Set(XdsTypes.Cluster, "plain", "load_assignment: {cluster_name: plain}");
        _server.Set($"type.googleapis.com/{XdsTypes.Cluster}", "typed", $"{{'@type': type.googleapis.com/{XdsTypes.Cluster}, name: typed, load_assignment: {{cluster_name: typed}}}}");
        Assert.Equal("plain typed", Served.Names(await AskAsync(Xds.ClusterType)));
        Assert.Throws<ArgumentException>(() => _server.Set(XdsTypes.Cluster, "other", "name: another"));
        Assert.Throws<ArgumentException>(() => _server.Set("envoy.config.core.v3.Node", "n", "{}"));
        AdsConfigurationException wrong = Assert.Throws<AdsConfigurationException>(() => _server.Set(XdsTypes.Cluster, "x", $"{{'@type': type.googleapis.com/{XdsTypes.Listener}}}"));
        Assert.Contains($"is not {XdsTypes.Cluster}", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ErrorsAreListedWithTheirLinesAndNothingChanges()
    {
        Served.Clusters(_server, "good");
        AdsConfigurationException wrong = Assert.Throws<AdsConfigurationException>(() => _server.Set($"""
            resources:
            - "@type": type.googleapis.com/{XdsTypes.Cluster}
              name: a
              lb_polcy: ROUND_ROBIN
            - "@type": type.googleapis.com/{XdsTypes.Cluster}
              name: b
              type: EDS
            """));
        Assert.Equal(2, wrong.Errors.Count);
        Assert.StartsWith("4:", wrong.Errors[0], StringComparison.Ordinal);
        Assert.Contains("lb_polcy", wrong.Errors[0], StringComparison.Ordinal);
        Assert.Contains("Cluster 'b'", wrong.Errors[1], StringComparison.Ordinal);
        AdsConfigurationException one = Assert.Throws<AdsConfigurationException>(() => _server.Set(XdsTypes.Cluster, "good", "\ntype: STATIC\nlb_policy: NONE"));
        Assert.StartsWith("3:", one.Message, StringComparison.Ordinal);
        Assert.Throws<AdsConfigurationException>(() => _server.Set("resources: ["));
        Assert.Throws<AdsConfigurationException>(() => _server.Set(""));
        Assert.Equal("good", Served.Names(await AskAsync(Xds.ClusterType)));
    }

    [Fact]
    public async Task WhatNoClientMayTakeIsServedUnchecked()
    {
        string bad = Xds.Document(Xds.Resource(Xds.ClusterType, "name: b, type: EDS"));
        Assert.Throws<AdsConfigurationException>(() => _server.Set(bad));
        _server.SetUnchecked(bad);
        _server.SetUnchecked(XdsTypes.Cluster, "c", "type: EDS");
        Assert.Throws<AdsConfigurationException>(() => _server.SetUnchecked("resources: 1"));
        Assert.Equal("b c", Served.Names(await AskAsync(Xds.ClusterType)));
    }

    private async Task<DiscoveryResponse> AskAsync(string type, params string[] names)
    {
        await _call.AskAsync(type, names);
        return await _call.ReadAsync();
    }
}
