using Google.Protobuf;
using Mesh.Client.Tests.Sources.Xds.Fakes;
using Mesh.Resources;
using Mesh.Wire.Grpc;
using Mesh.Wire.Protos.Envoy.Service.Discovery.V3;
using Xunit;
using Texts = Mesh.Client.Tests.Xds;

namespace Mesh.Client.Tests.Sources.Xds.Streams;

/// <summary>What is said in state of the world, over the life of a client.</summary>
public sealed class StateOfTheWorldRequestTests
{
    [Fact]
    public async Task TheNodeGoesWithTheFirstRequestOnly()
    {
        await using AdsUnderTest test = await AdsUnderTest.StartAsync("shop");
        Assert.Equal(["LDS shop node"], test.Stream.Said());
        await test.SendAsync(Texts.ListenerType, "1", Texts.Listener("shop", "r"));
        Assert.Equal(["LDS shop v1 #1", "RDS r"], test.Stream.Said().Order());
    }

    [Fact]
    public async Task ATreeIsAskedForLevelByLevelAndEachResponseIsAcceptedOnce()
    {
        await using AdsUnderTest test = await AdsUnderTest.StartAsync("shop");
        await test.SendAsync(Texts.ListenerType, "1", Texts.Listener("shop", "r"));
        test.Stream.Said();
        await test.SendAsync(Texts.RoutesType, "7", Texts.Routes("r", "shop"));
        Assert.Equal(["CDS shop", "RDS r v7 #2"], test.Stream.Said().Order());
        await test.SendAsync(Texts.ClusterType, "8", Texts.EdsCluster("shop", "e"));
        Assert.Equal(["CDS shop v8 #3", "EDS e"], test.Stream.Said().Order());
        await test.SendAsync(Texts.AssignmentType, "9", Texts.Assignment("e", "10.0.0.1:80"));
        Assert.Equal(["EDS e v9 #4"], test.Stream.Said());
        Assert.Equal("shop=10.0.0.1:80", test.Served("shop"));
    }

    [Fact]
    public async Task VersionsOutliveTheStreamAndNoncesDoNot()
    {
        await using AdsUnderTest test = await AdsUnderTest.StartAsync("shop");
        await test.SendAsync(Texts.ListenerType, "1", Texts.Listener("shop", "r"));
        await test.DoAsync(() => test.Stream.Fail());
        await test.PassAsync(0.2);
        Assert.Equal(2, test.Server.Streams.Count);
        Assert.Equal(["LDS shop v1 node", "RDS r"], test.Stream.Said());
    }

    [Fact]
    public async Task ARefusalKeepsTheVersionOfTheLastGoodAndNamesEveryError()
    {
        await using AdsUnderTest test = await AdsUnderTest.StartAsync("a", "b", "c");
        await test.SendAsync(Texts.ListenerType, "1", Texts.Listener("a", "r"));
        test.Stream.Requests();
        await test.SendAsync(Texts.ListenerType, "2", Texts.Resource(Texts.ListenerType, "name: a"), Texts.Resource(Texts.ListenerType, "name: b"), Texts.Listener("c", "r"));
        DiscoveryRequest refusal = Assert.IsType<DiscoveryRequest>(Assert.Single(test.Stream.Requests(), IsOfListeners));
        Assert.Equal(("1", "2", 3), (refusal.VersionInfo, refusal.ResponseNonce, refusal.ErrorDetail.Code));
        Assert.Contains("Listener 'a'", refusal.ErrorDetail.Message, StringComparison.Ordinal);
        Assert.Contains("Listener 'b'", refusal.ErrorDetail.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Listener 'c'", refusal.ErrorDetail.Message, StringComparison.Ordinal);
        Assert.NotNull(test.Entry(ResourceType.Listener, "c")!.Record);

        static bool IsOfListeners(IMessage message) => ((DiscoveryRequest)message).TypeUrl.EndsWith("Listener", StringComparison.Ordinal);
    }

    [Fact]
    public async Task HostsAskedForInOneTurnAreOneRequest()
    {
        await using AdsUnderTest test = await AdsUnderTest.StartAsync([.. Enumerable.Range(0, 100).Select(i => $"h{i:00}")]);
        string[] said = test.Stream.Said();
        Assert.Equal(102, Assert.Single(said).Split(' ').Length);
    }

    [Fact]
    public async Task MoreNamesWaitTenMillisecondsForAnAnswer()
    {
        await using AdsUnderTest test = await AdsUnderTest.StartAsync("a");
        test.Stream.Said();
        await test.AskAsync("b");
        await test.AskAsync("c");
        Assert.Empty(test.Stream.Said());
        await test.PassAsync(0.009);
        Assert.Empty(test.Stream.Said());
        await test.PassAsync(0.0011);
        Assert.Equal(["LDS a b c"], test.Stream.Said());
    }

    [Fact]
    public async Task MoreNamesGoWithTheAnswer()
    {
        await using AdsUnderTest test = await AdsUnderTest.StartAsync("a");
        test.Stream.Said();
        await test.AskAsync("b");
        await test.SendAsync(Texts.ListenerType, "1", Texts.Listener("a", "r"));
        Assert.Equal(["LDS a b v1 #1", "RDS r"], test.Stream.Said().Order());
    }

    [Fact]
    public async Task WithoutANameNothingIsSaid()
    {
        // An empty list at first would ask for everything.
        await using AdsUnderTest test = await AdsUnderTest.StartAsync();
        await test.PassAsync(60);
        Assert.Empty(test.Stream.Said());
    }

    [Fact]
    public async Task AnEmptyListEndsWhatWasAskedByName()
    {
        await using AdsUnderTest test = await AdsUnderTest.StartAsync("shop");
        await test.SendAsync(Texts.ListenerType, "1", Texts.Listener("shop", "r"));
        await test.SendAsync(Texts.RoutesType, "1", Texts.Routes("r", "shop"));
        await test.SendAsync(Texts.ClusterType, "1", Texts.EdsCluster("shop", "e"));
        await test.SendAsync(Texts.AssignmentType, "1", Texts.Assignment("e", "10.0.0.1:80"));
        test.Stream.Said();
        await test.SendAsync(Texts.ClusterType, "2", Texts.Cluster("shop", "10.0.0.2:80"));
        await test.PassAsync(0.02);
        Assert.Equal(["CDS shop v2 #5", "EDS v1 #4"], test.Stream.Said().Order());

        // And is not repeated to a new stream, where it would ask for everything.
        await test.DoAsync(() => test.Stream.Fail());
        await test.PassAsync(0.2);
        Assert.Equal(["CDS shop v2", "LDS shop v1 node", "RDS r v1"], test.Stream.Said().Order());
    }

    [Fact]
    public async Task ATypeNobodyKnowsAndATypeNobodyAskedForAreNotAnswered()
    {
        await using AdsUnderTest test = await AdsUnderTest.StartAsync("shop");
        test.Stream.Said();
        await test.DoAsync(() => test.Stream.Send(new DiscoveryResponse { TypeUrl = "type.googleapis.com/who.Knows", VersionInfo = "1", Nonce = "x" }));
        await test.SendAsync(Texts.SecretType, "1");
        Assert.Empty(test.Stream.Said());
        Assert.Single(test.Server.Streams);
        await test.SendAsync(Texts.ListenerType, "1", Texts.Listener("shop", "r"));
        Assert.Equal(["LDS shop v1 #2", "RDS r"], test.Stream.Said().Order());
    }

    [Fact]
    public async Task ResourcesNobodyAskedForArePassedOver()
    {
        await using AdsUnderTest test = await AdsUnderTest.StartAsync("shop");
        test.Stream.Said();
        await test.SendAsync(Texts.ListenerType, "1", Texts.Listener("shop", "r"), Texts.Listener("other", "q"));
        Assert.Equal(["LDS shop v1 #1", "RDS r"], test.Stream.Said().Order());
        Assert.Null(test.Entry(ResourceType.Listener, "other"));
    }

    [Fact]
    public async Task OneNameTwiceIsRefusedAndTheFirstIsUsed()
    {
        await using AdsUnderTest test = await AdsUnderTest.StartAsync("shop");
        test.Stream.Said();
        await test.SendAsync(Texts.ListenerType, "1", Texts.Listener("shop", "r"), Texts.Listener("shop", "q"));
        Assert.Equal(["LDS shop #1 !", "RDS r"], test.Stream.Said().Order());
    }

    [Fact]
    public async Task AResourceWhoseNameCannotBeReadIsRefused()
    {
        await using AdsUnderTest test = await AdsUnderTest.StartAsync("shop");
        test.Stream.Said();
        await test.DoAsync(() => test.Stream.Send(new DiscoveryResponse
        {
            TypeUrl = RequestText.Url(Texts.ListenerType),
            VersionInfo = "1",
            Nonce = "n",
            Resources = { new Google.Protobuf.WellKnownTypes.Any { TypeUrl = RequestText.Url(Texts.ListenerType), Value = ByteString.CopyFrom(0x0A, 0xFF) } },
        }));
        Assert.Equal(["LDS shop #n !"], test.Stream.Said());
    }

    [Fact]
    public async Task AResourceOfAnotherTypeIsRefused()
    {
        await using AdsUnderTest test = await AdsUnderTest.StartAsync("shop");
        test.Stream.Requests();
        await test.SendAsync(Texts.ListenerType, "1", Texts.Cluster("shop", "10.0.0.1:80"));
        DiscoveryRequest refusal = Assert.IsType<DiscoveryRequest>(Assert.Single(test.Stream.Requests()));
        Assert.Contains("envoy.config.cluster.v3.Cluster", refusal.ErrorDetail.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheSameBadResponseAfterAnOutageIsRefusedForItsOwnReason()
    {
        await using AdsUnderTest test = await AdsUnderTest.StartAsync("shop");
        await test.SendAsync(Texts.ListenerType, "1", Texts.Resource(Texts.ListenerType, "name: shop"));
        string reason = Assert.IsType<DiscoveryRequest>(test.Stream.Requests()[^1]).ErrorDetail.Message;
        test.Server.Refusal = new GrpcException(GrpcStatusCode.Unavailable, "outage");
        await test.DoAsync(() => test.Stream.Fail());
        await test.PassAsync(10);
        test.Server.Refusal = null;
        await test.PassAsync(10);
        await test.SendAsync(Texts.ListenerType, "1", Texts.Resource(Texts.ListenerType, "name: shop"));
        await test.PassAsync(0.2);
        Assert.Equal(reason, Assert.IsType<DiscoveryRequest>(test.Stream.Requests()[^1]).ErrorDetail.Message);
        Assert.Contains("Listener 'shop'", reason, StringComparison.Ordinal);
    }
}
