using Mesh.Client.Tests.Sources.Xds.Fakes;
using Mesh.Resources;
using Mesh.Snapshots;
using Mesh.Wire.Grpc;
using Xunit;
using Texts = Mesh.Client.Tests.Xds;

namespace Mesh.Client.Tests.Sources.Xds.Graph;

/// <summary>What is new waits for what it needs, and what it replaces serves on.</summary>
public sealed class WarmingTests
{
    [Fact]
    public async Task ANewRouteWaitsForItsClusterAndTheOldServesOn()
    {
        await using AdsUnderTest test = await Trees.ServingAsync();
        await test.SendAsync(Texts.RoutesType, "2", Trees.RoutesTo("r", "c", "d"));
        Assert.Equal("c=10.0.0.1:80", test.Served("shop"));
        await test.SendAsync(Texts.ClusterType, "2", Texts.EdsCluster("c", "e"), Texts.EdsCluster("d", "f"));
        Assert.Equal("c=10.0.0.1:80", test.Served("shop"));
        await test.SendAsync(Texts.AssignmentType, "2", Texts.Assignment("e", "10.0.0.9:80"));
        Assert.Equal("c=10.0.0.9:80", test.Served("shop"));
        await test.SendAsync(Texts.AssignmentType, "3", Texts.Assignment("f", "10.0.0.2:80"));
        Assert.Equal("c=10.0.0.9:80 d=10.0.0.2:80", test.Served("shop"));
    }

    [Fact]
    public async Task AClusterWhoseAssignmentHasAnotherNameKeepsTheOldEndpointsUntilTheNewAreThere()
    {
        await using AdsUnderTest test = await Trees.ServingAsync();
        await test.SendAsync(Texts.ClusterType, "2", Texts.EdsCluster("c", "f"));
        Assert.Equal("c=10.0.0.1:80", test.Served("shop"));

        // And the old ones move on until then.
        await test.SendAsync(Texts.AssignmentType, "2", Texts.Assignment("e", "10.0.0.3:80"));
        Assert.Equal("c=10.0.0.3:80", test.Served("shop"));
        await test.SendAsync(Texts.AssignmentType, "3", Texts.Assignment("f", "10.0.0.2:80"));
        Assert.Equal("c=10.0.0.2:80", test.Served("shop"));
        Assert.Null(test.Entry(ResourceType.Endpoints, "e"));
    }

    [Fact]
    public async Task AnOutageBetweenAClusterAndItsNewAssignmentLeavesTheOldEndpoints()
    {
        await using AdsUnderTest test = await Trees.ServingAsync();
        test.Server.Refusal = new GrpcException(GrpcStatusCode.Unavailable, "outage");
        await test.SendAsync(Texts.ClusterType, "2", Texts.EdsCluster("c", "f"));
        await test.DoAsync(() => test.Stream.Fail());
        await test.PassAsync(100);
        Assert.Equal("c=10.0.0.1:80", test.Served("shop"));
    }

    [Fact]
    public async Task RoutesOfAnotherNameThatCannotBeHadLeaveTheOldOnes()
    {
        await using AdsUnderTest test = await Trees.ServingAsync();
        test.Server.Refusal = new GrpcException(GrpcStatusCode.Unavailable, "outage");
        await test.SendAsync(Texts.ListenerType, "2", Texts.Listener("shop", "q"));
        await test.DoAsync(() => test.Stream.Fail());
        await test.PassAsync(100);
        Assert.Equal("c=10.0.0.1:80", test.Served("shop"));
        test.Server.Refusal = null;
        await test.PassAsync(140);

        // The server that is there again says nothing of it: with that the old ones end, and what they led to is asked for anew.
        Assert.StartsWith("fails", test.Served("shop"), StringComparison.Ordinal);
        await test.SendAsync(Texts.RoutesType, "2", Trees.RoutesTo("q", "c", "c"));
        await test.SendAsync(Texts.ClusterType, "2", Texts.EdsCluster("c", "e"));
        await test.SendAsync(Texts.AssignmentType, "2", Texts.Assignment("e", "10.0.0.1:80"));
        Assert.Equal("c=10.0.0.1:80", test.Served("shop"));
        Assert.Equal("q", test.Snapshot.Targets["shop"].Listener!.RouteConfiguration.Name);
    }

    [Fact]
    public async Task OneBadClusterFailsOnlyItsOwnCalls()
    {
        await using AdsUnderTest test = await AdsUnderTest.StartAsync("shop");
        await test.SendAsync(Texts.ListenerType, "1", Texts.Listener("shop", "r"));
        await test.SendAsync(Texts.RoutesType, "1", Trees.RoutesTo("r", "good", "bad", "never"));
        await test.SendAsync(Texts.ClusterType, "1", Texts.Cluster("good", "10.0.0.1:80"), Texts.Resource(Texts.ClusterType, "name: bad, type: EDS"));
        await test.PassAsync(16);
        Assert.Equal("good=10.0.0.1:80 bad! never!", test.Served("shop"));
        Assert.Contains("within 15 s", test.Snapshot.FindCluster("never")!.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ABadUpdateOfAClusterLeavesTheLastGood()
    {
        await using AdsUnderTest test = await Trees.ServingAsync();
        await test.SendAsync(Texts.ClusterType, "2", Texts.Resource(Texts.ClusterType, "name: c, type: EDS"));
        await test.SendAsync(Texts.AssignmentType, "2", Texts.Assignment("e", "10.0.0.2:80"));
        Assert.Equal("c=10.0.0.2:80", test.Served("shop"));
    }

    [Fact]
    public async Task EndpointsAloneCompileNoRoute()
    {
        await using AdsUnderTest test = await Trees.ServingAsync();
        MeshSnapshot before = test.Snapshot;
        await test.SendAsync(Texts.AssignmentType, "2", Texts.Assignment("e", "10.0.0.1:80", "10.0.0.2:80"));
        Assert.Equal("c=10.0.0.1:80,10.0.0.2:80", test.Served("shop"));
        Assert.Same(before.Targets, test.Snapshot.Targets);
        Assert.Same(before.Slots, test.Snapshot.Slots);
        Assert.NotSame(before, test.Snapshot);
    }

    [Fact]
    public async Task WhatIsRepeatedMakesNoSnapshot()
    {
        await using AdsUnderTest test = await Trees.ServingAsync();
        MeshSnapshot before = test.Snapshot;
        await Trees.SendAsync(test, "2");
        Assert.Same(before, test.Snapshot);
    }

    [Fact]
    public async Task TwoHostsShareTheirClusters()
    {
        await using AdsUnderTest test = await Trees.ServingAsync();
        await test.AskAsync("cart");
        await test.PassAsync(0.02);
        test.Stream.Said();
        await test.SendAsync(Texts.ListenerType, "2", Texts.Listener("shop", "r"), Texts.Listener("cart", "r"));
        Assert.Equal("c=10.0.0.1:80", test.Served("cart"));
        Assert.Equal(["LDS cart shop v2 #5"], test.Stream.Said());
        await test.SendAsync(Texts.AssignmentType, "2", Texts.Assignment("e", "10.0.0.2:80"));
        Assert.Equal(("c=10.0.0.2:80", "c=10.0.0.2:80"), (test.Served("shop"), test.Served("cart")));
    }

    [Fact]
    public async Task AHostThatIsNewDoesNotTakeAwayTheSharedClusterOfAnother()
    {
        await using AdsUnderTest test = await Trees.ServingAsync();
        await test.SendAsync(Texts.RoutesType, "2", Trees.RoutesTo("r", "c"), Trees.RoutesTo("q", "c", "d"));
        await test.AskAsync("cart");
        await test.SendAsync(Texts.ListenerType, "2", Texts.Listener("shop", "r"), Texts.Listener("cart", "q"));
        await test.SendAsync(Texts.RoutesType, "3", Trees.RoutesTo("q", "c", "d"));
        Assert.Equal(("c=10.0.0.1:80", "nothing"), (test.Served("shop"), test.Served("cart")));
        await test.SendAsync(Texts.ClusterType, "3", Texts.EdsCluster("c", "e"), Texts.Cluster("d", "10.0.0.2:80"));
        Assert.Equal(("c=10.0.0.1:80", "c=10.0.0.1:80 d=10.0.0.2:80"), (test.Served("shop"), test.Served("cart")));
    }

    [Fact]
    public async Task OnlyTheVirtualHostOfTheTargetIsServedAndItsClustersAloneAreAskedFor()
    {
        await using AdsUnderTest test = await AdsUnderTest.StartAsync("shop");
        await test.SendAsync(Texts.ListenerType, "1", Texts.Listener("shop", "r"));
        test.Stream.Said();
        await test.SendAsync(Texts.RoutesType, "1", Texts.Routes("r", "shop", "cart", "other"));
        Assert.Contains("CDS shop", test.Stream.Said());
        await test.SendAsync(Texts.ClusterType, "1", Texts.Cluster("shop", "10.0.0.1:80"));
        Assert.Equal("shop=10.0.0.1:80", test.Served("shop"));

        // What changes beside it is no news.
        MeshSnapshot before = test.Snapshot;
        await test.SendAsync(Texts.RoutesType, "2", Texts.Routes("r", "shop", "cart", "third"));
        Assert.Same(before, test.Snapshot);
    }

    [Fact]
    public async Task WhatNothingRefersToAnyMoreIsForgotten()
    {
        await using AdsUnderTest test = await Trees.ServingAsync();
        await test.SendAsync(Texts.RoutesType, "2", Trees.RoutesTo("r", "d"));
        await test.SendAsync(Texts.ClusterType, "2", Texts.EdsCluster("c", "e"), Texts.Cluster("d", "10.0.0.2:80"));
        await test.PassAsync(0.02);
        Assert.Null(test.Entry(ResourceType.Cluster, "c"));
        Assert.Null(test.Entry(ResourceType.Endpoints, "e"));
        Assert.Null(test.Snapshot.FindCluster("c"));
        string[] said = test.Stream.Said();
        Assert.Contains(said, each => each.StartsWith("CDS d v2", StringComparison.Ordinal));
        Assert.Contains(said, each => each.StartsWith("EDS v1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AClusterOfAnXdstpNameIsFoundInWhateverOrderItsParametersStand()
    {
        await using AdsUnderTest test = await AdsUnderTest.StartAsync(
            new AdsSetup { Authorities = new Dictionary<string, Mesh.Sources.Xds.Bootstrap.XdsAuthority> { ["a"] = new([AdsSetup.Server(AdsSetup.Uri)], "%s") } }, "shop");
        const string routes = "xdstp://a/envoy.config.route.v3.RouteConfiguration/r", cluster = "xdstp://a/envoy.config.cluster.v3.Cluster/c",
            endpoints = "xdstp://a/envoy.config.endpoint.v3.ClusterLoadAssignment/e";
        await test.SendAsync(Texts.ListenerType, "1", Texts.Listener("shop", Texts.Quote(routes + "?b=2&a=1")));
        Assert.Contains($"RDS {routes}?a=1&b=2", test.Stream.Said());
        await test.SendAsync(Texts.RoutesType, "1", Trees.RoutesTo(routes + "?b=2&a=1", cluster + "?y=2&x=1"));
        Assert.Contains($"CDS {cluster}?x=1&y=2", test.Stream.Said());
        await test.SendAsync(Texts.ClusterType, "1", Texts.EdsCluster(Texts.Quote(cluster + "?y=2&x=1#directive"), Texts.Quote(endpoints + "?d=2&c=1")));
        Assert.Contains($"EDS {endpoints}?c=1&d=2", test.Stream.Said());
        await test.SendAsync(Texts.AssignmentType, "1", Texts.Assignment(Texts.Quote(endpoints + "?d=2&c=1"), "10.0.0.1:80"));
        Assert.Equal($"{cluster}?y=2&x=1=10.0.0.1:80", test.Served("shop"));
        await test.SendAsync(Texts.AssignmentType, "2", Texts.Assignment(Texts.Quote(endpoints + "?c=1&d=2"), "10.0.0.2:80"));
        Assert.Equal($"{cluster}?y=2&x=1=10.0.0.2:80", test.Served("shop"));
    }
}
