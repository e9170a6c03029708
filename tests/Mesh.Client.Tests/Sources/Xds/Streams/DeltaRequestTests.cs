using Mesh.Client.Tests.Sources.Xds.Fakes;
using Mesh.Sources.Xds.Streams;
using Xunit;
using Texts = Mesh.Client.Tests.Xds;

namespace Mesh.Client.Tests.Sources.Xds.Streams;

/// <summary>What is said in delta, over the life of a client.</summary>
public sealed class DeltaRequestTests
{
    private static readonly AdsSetup Delta = new() { Delta = true };

    [Fact]
    public async Task NamesAreAddedAndEachResponseIsAcceptedByItsNonceAlone()
    {
        await using AdsUnderTest test = await AdsUnderTest.StartAsync(Delta, "shop");
        Assert.True(test.Stream.IsDelta);
        Assert.Equal(["LDS +shop node"], test.Stream.Said());
        await test.DoAsync(() => test.Stream.SendDelta(Texts.ListenerType, "v", [Texts.Listener("shop", "r")]));
        Assert.Equal(["LDS #1", "RDS +r"], test.Stream.Said().Order());
        await test.AskAsync("cart");
        Assert.Equal(["LDS +cart"], test.Stream.Said());
    }

    [Fact]
    public async Task WhatNothingRefersToAnyMoreIsTakenAway()
    {
        await using AdsUnderTest test = await ServingAsync();
        await test.DoAsync(() => test.Stream.SendDelta(Texts.RoutesType, "2", [Texts.Routes("r", "cart")]));
        await test.DoAsync(() => test.Stream.SendDelta(Texts.ClusterType, "2", [Texts.Cluster("cart", "10.0.0.2:80")]));
        await test.PassAsync(0.02);
        string[] said = test.Stream.Said();
        Assert.Contains("CDS -shop", said);
        Assert.Contains("EDS -e", said);
    }

    [Fact]
    public async Task ANewStreamIsToldWhatIsHeld()
    {
        await using AdsUnderTest test = await ServingAsync();
        await test.DoAsync(() => test.Stream.Fail());
        await test.PassAsync(0.2);
        Assert.Equal(["CDS +shop =shop:1", "EDS +e =e:1", "LDS +shop =shop:1 node", "RDS +r =r:1"], test.Stream.Said().Order());
    }

    [Fact]
    public async Task WhatIsHeldIsToldInTheFirstRequestOfATypeOnly()
    {
        await using AdsUnderTest test = await ServingAsync();
        await test.DoAsync(() => test.Stream.Fail());
        await test.PassAsync(0.2);
        test.Stream.Said();
        await test.AskAsync("cart");
        await test.PassAsync(0.02);
        Assert.Equal(["LDS +cart"], test.Stream.Said());
    }

    [Fact]
    public async Task AWildcardTellsWhatIsHeldToo()
    {
        await using AdsUnderTest test = await AdsUnderTest.StartAsync(Delta with { Wildcard = true });
        Assert.Equal(["CDS", "LDS node"], test.Stream.Said().Order());
        await test.DoAsync(() => test.Stream.SendDelta(Texts.ClusterType, "1", [Texts.Cluster("a", "10.0.0.1:80"), Texts.Cluster("b", "10.0.0.1:80")]));
        await test.DoAsync(() => test.Stream.Fail());
        await test.PassAsync(0.2);
        Assert.Equal(["CDS =a:1 =b:1", "LDS node"], test.Stream.Said().Order());
    }

    [Fact]
    public async Task ARefusalIsByNonceAndTheGoodOfItIsUsed()
    {
        await using AdsUnderTest test = await AdsUnderTest.StartAsync(Delta, "a", "b");
        test.Stream.Said();
        await test.DoAsync(() => test.Stream.SendDelta(Texts.ListenerType, "1", [Texts.Resource(Texts.ListenerType, "name: a"), Texts.Listener("b", "r")]));
        Assert.Equal(["LDS #1 !", "RDS +r"], test.Stream.Said().Order());
    }

    [Fact]
    public async Task AServerWithoutDeltaIsAskedOnceAndThenInStateOfTheWorld()
    {
        var test = new AdsUnderTest(Delta);
        await using var _ = test;
        test.Server.HasDelta = false;
        await test.BeginAsync("shop");
        Assert.False(test.Stream.IsDelta);
        Assert.Equal(["LDS shop node"], test.Stream.Said());
        Assert.Equal(2, test.Server.Openings.Count);
        await test.DoAsync(() => test.Stream.Fail());
        await test.PassAsync(30);
        Assert.Equal(3, test.Server.Openings.Count);
        Assert.False(test.Stream.IsDelta);
    }

    [Fact]
    public async Task AServerThatSendsWithoutEndDoesNotGetAheadOfAnswersThatCannotBeWritten()
    {
        await using AdsUnderTest test = await AdsUnderTest.StartAsync(Delta, "shop");
        test.Stream.HoldWrites();
        for (int i = 0; i < 200; i++)
            test.Stream.SendDelta(Texts.ListenerType, "1", [Texts.Listener("shop", $"r{i}")]);
        await test.PassAsync(5);
        Assert.InRange(test.Stream.Untaken, 100, 200);
        await test.DoAsync(() => test.Stream.ReleaseWrites());
        await test.PassAsync(5);
        Assert.Equal(0, test.Stream.Untaken);
        Assert.Equal(200, test.Stream.Said().Count(said => said.StartsWith("LDS #", StringComparison.Ordinal)));
    }

    private static async Task<AdsUnderTest> ServingAsync()
    {
        AdsUnderTest test = await AdsUnderTest.StartAsync(Delta, "shop");
        await test.DoAsync(() => test.Stream.SendDelta(Texts.ListenerType, "1", [Texts.Listener("shop", "r")]));
        await test.DoAsync(() => test.Stream.SendDelta(Texts.RoutesType, "1", [Texts.Routes("r", "shop", "cart").Replace("cluster: cart", "cluster: shop", StringComparison.Ordinal)]));
        await test.DoAsync(() => test.Stream.SendDelta(Texts.ClusterType, "1", [Texts.EdsCluster("shop", "e")]));
        await test.DoAsync(() => test.Stream.SendDelta(Texts.AssignmentType, "1", [Texts.Assignment("e", "10.0.0.1:80")]));
        Assert.Equal("shop=10.0.0.1:80", test.Served("shop"));
        test.Stream.Said();
        return test;
    }
}
