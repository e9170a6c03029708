using Mesh.TestKit.ControlPlane;
using Mesh.Wire.Protos.Envoy.Service.Discovery.V3;
using Mesh.Wire.Protos.Google.Rpc;
using Xunit;

namespace Mesh.Client.Tests.TestKit;

public sealed class DeltaTests : IAsyncLifetime
{
    private AdsServer _server = null!;
    private RawAdsCall _call = null!;

    public async Task InitializeAsync()
    {
        _server = await AdsServer.StartAsync();
        _call = RawAdsCall.Open(_server, RawAdsCall.Delta);
    }

    public async Task DisposeAsync()
    {
        await _call.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task OnlyWhatIsSubscribedAndChangedIsSent()
    {
        Served.Clusters(_server, "a", "b", "c");
        await _call.SubscribeAsync(Xds.ClusterType, "a", "nobody");
        DeltaDiscoveryResponse response = await AckAsync("a");
        Assert.Equal(_server.VersionOf(XdsTypes.Cluster), response.SystemVersionInfo);
        string version = response.Resources[0].Version;
        Assert.Equal("a", Served.Name(response.Resources[0].Resource_));

        await _call.SubscribeAsync(Xds.ClusterType, "b");
        await AckAsync("b");
        Served.Clusters(_server, "a", "b");
        await Served.AssertQuietAsync(_server, _call);
        Served.Change(_server, "a");
        Assert.NotEqual(version, (await AckAsync("a")).Resources[0].Version);
        Served.Clusters(_server, "a", "nobody");
        DeltaDiscoveryResponse last = await AckAsync("a nobody -b");
        Assert.Equal(version, last.Resources.Single(r => r.Name == "a").Version);
        await _server.WaitForAckAsync(XdsTypes.Cluster);
        Assert.Equal(["a", "nobody", "b"], Assert.Single(_server.Streams).Subscriptions[XdsTypes.Cluster].Names);
    }

    [Fact]
    public async Task UnsubscribedIsUnheardOfAndAskingAgainSendsAgain()
    {
        Served.Clusters(_server, "a", "b");
        await _call.SubscribeAsync(Xds.ClusterType, "a", "b");
        await AckAsync("a b");
        await _call.UnsubscribeAsync(Xds.ClusterType, "b");
        await Served.AssertQuietAsync(_server, _call);
        Served.Clusters(_server, "a");
        await Served.AssertQuietAsync(_server, _call);
        await _call.SubscribeAsync(Xds.ClusterType, "a");
        await AckAsync("a");
    }

    [Fact]
    public async Task AWildcardHearsOfAll()
    {
        await _call.SubscribeAsync(Xds.ClusterType);
        await AckAsync("");
        Served.Clusters(_server, "a", "b");
        await AckAsync("a b");
        Served.Clusters(_server, "b", "c");
        await AckAsync("c -a");
        await _call.UnsubscribeAsync(Xds.ClusterType, "*");
        await Served.AssertQuietAsync(_server, _call);
        Served.Clusters(_server, "d");
        await Served.AssertQuietAsync(_server, _call);
        await _call.SubscribeAsync(Xds.ClusterType, "*");
        await AckAsync("d");
        Assert.True(_server.Streams[0].Subscriptions[XdsTypes.Cluster].IsWildcard);
    }

    [Fact]
    public async Task WhatTheClientHasIsNotSentWhatIsGoneIsSaid()
    {
        Served.Clusters(_server, "same", "stale");
        await _call.SubscribeAsync(Xds.ClusterType, "same");
        string version = (await AckAsync("same")).Resources[0].Version;

        await using var again = new RawAdsCall(_server, RawAdsCall.Delta);
        await again.SendAsync(new DeltaDiscoveryRequest
        {
            TypeUrl = RawAdsCall.Url(Xds.ClusterType),
            ResourceNamesSubscribe = { "same", "stale", "gone" },
            InitialResourceVersions = { ["same"] = version, ["stale"] = "0", ["gone"] = "0" },
        });
        Assert.Equal("stale -gone", Served.Names(await again.ReadDeltaAsync()));
    }

    [Fact]
    public async Task NothingMoreIsSentBeforeTheReply()
    {
        Served.Clusters(_server, "a");
        await _call.SubscribeAsync(Xds.ClusterType, "*");
        DeltaDiscoveryResponse first = await _call.ReadDeltaAsync();
        Served.Clusters(_server, "b");
        Served.Clusters(_server, "c");
        await Served.AssertQuietAsync(_server, _call);
        await _call.SendAsync(new DeltaDiscoveryRequest { TypeUrl = first.TypeUrl, ResponseNonce = first.Nonce, ErrorDetail = new Status { Code = 3, Message = "no" } });
        Assert.Equal("c -a", Served.Names(await _call.ReadDeltaAsync()));
        Assert.Equal(["no"], _server.Streams[0].Subscriptions[XdsTypes.Cluster].Nacks);
    }

    [Fact]
    public async Task AServerWithoutDeltaSaysSo()
    {
        await using AdsServer server = await AdsServer.StartAsync(new AdsServerOptions { SupportsDelta = false });
        await using var call = new RawAdsCall(server, RawAdsCall.Delta);
        Assert.Equal((12, $"unknown method {RawAdsCall.Delta}"), await call.EndAsync());
        Assert.Empty(server.Streams);
        Assert.Equal(1, server.CallCount);
    }

    private async Task<DeltaDiscoveryResponse> AckAsync(string expected)
    {
        DeltaDiscoveryResponse response = await _call.ReadDeltaAsync();
        Assert.Equal(expected, Served.Names(response));
        await _call.AckAsync(response);
        return response;
    }
}
