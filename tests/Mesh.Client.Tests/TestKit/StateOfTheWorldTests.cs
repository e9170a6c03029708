using Mesh.TestKit.ControlPlane;
using Mesh.Wire.Protos.Envoy.Config.Core.V3;
using Mesh.Wire.Protos.Envoy.Service.Discovery.V3;
using Xunit;

namespace Mesh.Client.Tests.TestKit;

public sealed class StateOfTheWorldTests : IAsyncLifetime
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
    public async Task NamesAreAnsweredAndTheAckIsSeen()
    {
        Served.Clusters(_server, "a", "b");
        await _call.SendAsync(new DiscoveryRequest { TypeUrl = RawAdsCall.Url(Xds.ClusterType), ResourceNames = { "a" }, Node = new Node { Id = "me", UserAgentName = "raw" } });
        DiscoveryResponse response = await _call.ReadAsync();
        Assert.Equal("a", Served.Names(response));
        Assert.Equal(RawAdsCall.Url(Xds.ClusterType), response.TypeUrl);
        Assert.Equal(_server.VersionOf(Xds.ClusterType), response.VersionInfo);
        Assert.NotEmpty(response.Nonce);

        await _call.AskAsync(Xds.ClusterType, response, "a");
        await _server.WaitForAckAsync(XdsTypes.Cluster);
        await _server.WaitForAckAsync(XdsTypes.Cluster, response.VersionInfo);
        AdsStreamRecord stream = Assert.Single(_server.Streams);
        Assert.True(stream is { IsOpen: true, IsDelta: false, RequestCount: 2, ResponseCount: 1 });
        Assert.Contains("\"user_agent_name\": \"raw\"", stream.Node, StringComparison.Ordinal);
        AdsSubscriptionRecord subscription = stream.Subscriptions[XdsTypes.Cluster];
        Assert.Equal(["a"], subscription.Names);
        Assert.True(subscription is { AckCount: 1, NackCount: 0, IsWildcard: false });
        Assert.Equal(response.VersionInfo, subscription.AckedVersion);
    }

    [Fact]
    public async Task MoreNamesGetTheWholeSetAgainFewerAndUnknownOnesNoWord()
    {
        Served.Clusters(_server, "a", "b", "c");
        DiscoveryResponse response = await AskAndAckAsync("", "a");
        await _call.AskAsync(Xds.ClusterType, response, "a", "b");
        response = await _call.ReadAsync();
        Assert.Equal("a b", Served.Names(response));
        await _call.AskAsync(Xds.ClusterType, response, "b");
        await _call.AskAsync(Xds.ClusterType, response, "b", "nobody");
        await Served.AssertQuietAsync(_server, _call);
        Assert.Equal(["b", "nobody"], _server.Streams[0].Subscriptions[XdsTypes.Cluster].Names);
    }

    [Fact]
    public async Task AnUnknownNameIsAnsweredWhenItComes()
    {
        await _call.AskAsync(Xds.ClusterType, "late");
        await Served.AssertQuietAsync(_server, _call);
        Served.Clusters(_server, "late", "other");
        Assert.Equal("late", Served.Names(await _call.ReadAsync()));
    }

    [Fact]
    public async Task OnlyChangesOfWhatIsWatchedAreSent()
    {
        Served.Clusters(_server, "a", "b", "c");
        await AskAndAckAsync("a b", "a", "b");
        Served.Clusters(_server, "a", "b", "c");
        Served.Change(_server, "c");
        await Served.AssertQuietAsync(_server, _call);

        Served.Change(_server, "a");
        DiscoveryResponse response = await _call.ReadAsync();
        Assert.Equal("a b", Served.Names(response));
        await _call.AskAsync(Xds.ClusterType, response, "a", "b");
        Assert.True(_server.Remove(XdsTypes.Cluster, "a"));
        Assert.False(_server.Remove(XdsTypes.Cluster, "a"));
        Assert.Equal("b", Served.Names(await _call.ReadAsync()));
    }

    [Fact]
    public async Task NoNamesAtFirstAreAllOfThemAndNoneOnceThereWereSome()
    {
        Served.Clusters(_server, "a", "b");
        DiscoveryResponse response = await AskAndAckAsync("a b");
        Served.Clusters(_server, "c");
        response = await _call.ReadAsync();
        Assert.Equal("c", Served.Names(response));
        await _call.AskAsync(Xds.ClusterType, response, "c");
        response = await AckAsync(await _call.ReadAsync(), "c");
        await _call.AskAsync(Xds.ClusterType, response);
        await Served.AssertQuietAsync(_server, _call);
        Served.Clusters(_server, "d");
        await Served.AssertQuietAsync(_server, _call);
        await _call.AskAsync(Xds.ClusterType, response, "*");
        Assert.Equal("d", Served.Names(await _call.ReadAsync()));
    }

    [Fact]
    public async Task AWildcardOfNothingIsAnsweredAndNoNamesOfRoutesAreNone()
    {
        Assert.Empty((await AskAndAckAsync("")).Resources);
        _server.Set(Xds.Document(Xds.Routes("r", "h")));
        await _call.AskAsync(Xds.RoutesType);
        await Served.AssertQuietAsync(_server, _call);
    }

    [Fact]
    public async Task NothingMoreIsSentBeforeTheReplyAndThenOnlyTheLast()
    {
        Served.Clusters(_server, "a");
        await _call.AskAsync(Xds.ClusterType);
        DiscoveryResponse first = await _call.ReadAsync();
        for (int i = 0; i < 10; i++)
            Served.Clusters(_server, $"a{i}");
        await Served.AssertQuietAsync(_server, _call);
        await _call.AskAsync(Xds.ClusterType, first);
        DiscoveryResponse last = await _call.ReadAsync();
        Assert.Equal("a9", Served.Names(last));
        Assert.Equal(_server.VersionOf(XdsTypes.Cluster), last.VersionInfo);
    }

    [Fact]
    public async Task ARequestWithAnOldNonceIsIgnored()
    {
        Served.Clusters(_server, "a", "b");
        DiscoveryResponse old = await AskAndAckAsync("a", "a");
        Served.Change(_server, "a");
        DiscoveryResponse response = await _call.ReadAsync();
        await _call.AskAsync(Xds.ClusterType, old, "a", "b");
        await Served.AssertQuietAsync(_server, _call);
        AdsSubscriptionRecord subscription = _server.Streams[0].Subscriptions[XdsTypes.Cluster];
        Assert.Equal(1, subscription.StaleCount);
        Assert.Equal(["a"], subscription.Names);
        await _call.AskAsync(Xds.ClusterType, response, "a", "b");
        Assert.Equal("a b", Served.Names(await _call.ReadAsync()));
    }

    [Fact]
    public async Task ANackIsSeenAndNotAnswered()
    {
        Served.Clusters(_server, "a");
        await _call.AskAsync(Xds.ClusterType, "a");
        await _call.NackAsync(await _call.ReadAsync(), "cluster 'a' is bad", "a");
        Assert.Equal("cluster 'a' is bad", await _server.WaitForNackAsync(XdsTypes.Cluster));
        await Served.AssertQuietAsync(_server, _call);
        TimeoutException late = await Assert.ThrowsAsync<TimeoutException>(() => _server.WaitForAckAsync(XdsTypes.Cluster, timeout: TimeSpan.Zero));
        Assert.Contains("asked for [a]: 1 responses, 0 ACKs, 1 NACKs, the last: cluster 'a' is bad.", late.Message, StringComparison.Ordinal);

        Served.Clusters(_server, "a", "b");
        Served.Change(_server, "a");
        await AckAsync(await _call.ReadAsync(), "a");
        await _server.WaitForAckAsync(XdsTypes.Cluster);
    }

    [Fact]
    public async Task TypesThatChangeAtOnceComeInOrder()
    {
        string[] types = [XdsTypes.RouteConfiguration, XdsTypes.Endpoints, XdsTypes.Listener, XdsTypes.Cluster];
        Publish("first");
        foreach (string type in types)
        {
            await _call.AskAsync(type, "x");
            await _call.AskAsync(type, await _call.ReadAsync(), "x");
        }

        foreach (string type in types)
            await _server.WaitForAckAsync(type);
        Publish("second");
        foreach (string type in _server.State.Options.TypeOrder.Take(4))
            Assert.Equal(RawAdsCall.Url(type), (await _call.ReadAsync()).TypeUrl);

        void Publish(string host) => _server.Set(Xds.Document(
            Xds.Listener("x", host), Xds.Routes("x", host), Xds.EdsCluster("x", host), Xds.Assignment("x", host == "first" ? "127.0.0.1:1" : "127.0.0.1:2")));
    }

    [Fact]
    public async Task AMissingTypeEndsTheStreamAnUnknownOneDoesNot()
    {
        await _call.AskAsync("google.protobuf.Struct", "x");
        await Served.AssertQuietAsync(_server, _call);
        await _call.SendAsync(new DiscoveryRequest());
        Assert.Equal((3, "type URL is required for ADS"), await _call.EndAsync());
        Assert.False(_server.Streams[0].IsOpen);
    }

    [Fact]
    public async Task WhenTheClientIsDoneTheStreamEndsWell()
    {
        Served.Clusters(_server, "a");
        await AskAndAckAsync("a");
        await _call.CompleteAsync();
        Assert.Equal((0, ""), await _call.EndAsync());
    }

    private async Task<DiscoveryResponse> AskAndAckAsync(string expected, params string[] names)
    {
        await _call.AskAsync(Xds.ClusterType, names);
        DiscoveryResponse response = await AckAsync(await _call.ReadAsync(), names);
        if (expected.Length > 0)
            Assert.Equal(expected, Served.Names(response));
        return response;
    }

    private async Task<DiscoveryResponse> AckAsync(DiscoveryResponse response, params string[] names)
    {
        await _call.AskAsync(Xds.ClusterType, response, names);
        await _server.WaitForAckAsync(XdsTypes.Cluster, response.VersionInfo);
        return response;
    }
}
