using Mesh.Client.Tests.Sources.Xds.Fakes;
using Mesh.Sources.Xds;
using Mesh.TestKit;
using Mesh.Wire.Grpc;
using Xunit;
using Texts = Mesh.Client.Tests.Xds;

namespace Mesh.Client.Tests.Sources.Xds.Fallback;

/// <summary>The servers after the first, and the way back (gRFC A71).</summary>
public sealed class FallbackTests
{
    private static readonly AdsSetup Two = new() { Servers = [AdsSetup.Server("one"), AdsSetup.Server("two")] };

    [Fact]
    public async Task TheNextServerIsAskedForEverythingWhereTheFirstCannotBeReachedAndSomethingIsMissing()
    {
        AdsUnderTest test = await DownAsync(Two);
        await using var _ = test;
        FakeStream second = test.ServerOf("two").Stream;
        Assert.Equal(["LDS shop node"], second.Said());
        await SendAsync(test, second, "10.0.0.2:80");
        Assert.Equal("c=10.0.0.2:80", test.Served("shop"));
        Assert.Contains(test.Log.Lines, line => line.StartsWith("Warning ControlPlaneFallback", StringComparison.Ordinal));
    }

    [Fact]
    public async Task WhereEverythingIsCachedNobodyElseIsAsked()
    {
        await using AdsUnderTest test = await Trees.ServingAsync(Two);
        test.Server.Refusal = Down;
        await test.DoAsync(() => test.Stream.Fail());
        await test.PassAsync(300);
        Assert.Empty(test.ServerOf("two").Openings);
        Assert.Equal("c=10.0.0.1:80", test.Served("shop"));

        // Until something is missing.
        await test.AskAsync("cart");
        Assert.Equal(["CDS c", "EDS e", "LDS cart shop node", "RDS r"], test.ServerOf("two").Stream.Said().Order());
    }

    [Fact]
    public async Task TheFirstIsTriedOnAndItsFirstResourceEndsTheOther()
    {
        AdsUnderTest test = await DownAsync(Two);
        await using var _ = test;
        await SendAsync(test, test.ServerOf("two").Stream, "10.0.0.2:80");
        test.Server.Refusal = null;
        await test.PassAsync(10);
        Assert.Equal(1, test.ServerOf("two").Connections);
        Assert.Equal("c=10.0.0.2:80", test.Served("shop"));
        await SendAsync(test, test.Stream, "10.0.0.1:80");
        Assert.Equal(0, test.ServerOf("two").Connections);
        Assert.Equal("c=10.0.0.1:80", test.Served("shop"));
        Assert.Contains(test.Log.Lines, line => line.Contains("ControlPlaneReturned", StringComparison.Ordinal));
    }

    [Fact]
    public async Task WhereNobodyCanBeReachedTheLastReasonIsGiven()
    {
        var test = new AdsUnderTest(Two);
        await using var _ = test;
        test.ServerOf("one").Refusal = Down;
        test.ServerOf("two").Refusal = new GrpcException(GrpcStatusCode.Unavailable, "down as well");
        await test.BeginAsync("shop");
        Assert.Contains("two", test.Served("shop"), StringComparison.Ordinal);
        Assert.Contains("down as well", test.Served("shop"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheLastKnownGoodWaitsForTheLastServer()
    {
        using var folder = new TempFolder();
        await using (await Trees.ServingAsync(Two with { Folder = folder.Path }))
        {
        }

        AdsUnderTest test = await DownAsync(Two with { Folder = folder.Path });
        await using var _ = test;
        Assert.DoesNotContain(test.Events, happened => happened is SavedServes);
        test.ServerOf("two").Refusal = Down;
        await test.DoAsync(() => test.ServerOf("two").Stream.Fail());
        Assert.Equal("c=10.0.0.1:80", test.Served("shop"));
    }

    [Fact]
    public async Task VersionsOfOneServerAreNotClaimedToAnother()
    {
        await using AdsUnderTest test = await AdsUnderTest.StartAsync(Two with { Delta = true }, "shop");
        await test.DoAsync(() => test.Stream.SendDelta(Texts.ListenerType, "1", [Texts.Listener("shop", "r")]));
        test.Server.Refusal = Down;
        await test.DoAsync(() => test.Stream.Fail());
        await test.PassAsync(1);
        Assert.Equal(["LDS +shop node", "RDS +r"], test.ServerOf("two").Stream.Said().Order());
    }

    private static GrpcException Down => new(GrpcStatusCode.Unavailable, "down");

    private static async Task<AdsUnderTest> DownAsync(AdsSetup setup)
    {
        var test = new AdsUnderTest(setup);
        test.ServerOf("one").Refusal = Down;
        await test.BeginAsync("shop");
        return test;
    }

    private static async Task SendAsync(AdsUnderTest test, FakeStream stream, string address)
    {
        await test.DoAsync(() => stream.Send(Texts.ListenerType, "1", Texts.Listener("shop", "r")));
        await test.DoAsync(() => stream.Send(Texts.RoutesType, "1", Trees.RoutesTo("r", "c")));
        await test.DoAsync(() => stream.Send(Texts.ClusterType, "1", Texts.EdsCluster("c", "e")));
        await test.DoAsync(() => stream.Send(Texts.AssignmentType, "1", Texts.Assignment("e", address)));
    }
}
