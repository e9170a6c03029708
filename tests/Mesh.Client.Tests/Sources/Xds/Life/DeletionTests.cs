using Mesh.Client.Tests.Sources.Xds.Fakes;
using Mesh.Resources;
using Mesh.Sources.Xds;
using Mesh.Sources.Xds.Cache;
using Mesh.Wire.Protos.Envoy.Service.Discovery.V3;
using Mesh.Wire.Protos.Google.Rpc;
using Xunit;
using Texts = Mesh.Client.Tests.Xds;

namespace Mesh.Client.Tests.Sources.Xds.Life;

/// <summary>What it means that a resource is gone, or that the server has an error in its place (gRFC A53, A88).</summary>
public sealed class DeletionTests
{
    private static readonly AdsSetup Strict = new() { Servers = [AdsSetup.Server(AdsSetup.Uri, "fail_on_data_errors")] };

    [Fact]
    public async Task ACachedClusterThatIsGoneServesOnAndTheOperatorIsToldOnce()
    {
        await using AdsUnderTest test = await Trees.ServingAsync();
        for (int i = 2; i < 6; i++)
            await test.SendAsync(Texts.ClusterType, $"{i}");
        Assert.Equal("c=10.0.0.1:80", test.Served("shop"));
        Assert.Contains("serves on", test.Entry(ResourceType.Cluster, "c")!.Error, StringComparison.Ordinal);
        Assert.Single(test.Log.Lines, line => line.StartsWith("Warning ResourceMissing", StringComparison.Ordinal) && line.Contains("Cluster 'c'", StringComparison.Ordinal));

        // And is cleared when it is back, though its bytes are the same.
        await test.SendAsync(Texts.ClusterType, "9", Texts.EdsCluster("c", "e"));
        Assert.Null(test.Entry(ResourceType.Cluster, "c")!.Error);
    }

    [Fact]
    public async Task AClusterThatIsGoneIsDroppedWhereDataErrorsFail()
    {
        await using AdsUnderTest test = await Trees.ServingAsync(Strict);
        await test.SendAsync(Texts.ClusterType, "2");
        Assert.Equal("c!", test.Served("shop"));
        await test.SendAsync(Texts.ClusterType, "3", Texts.EdsCluster("c", "e"));
        await test.SendAsync(Texts.AssignmentType, "3", Texts.Assignment("e", "10.0.0.1:80"));
        Assert.Equal("c=10.0.0.1:80", test.Served("shop"));
    }

    [Fact]
    public async Task AListenerThatIsGoneServesOnByDefaultAndIsDroppedWhereDataErrorsFail()
    {
        await using AdsUnderTest lenient = await Trees.ServingAsync();
        await lenient.SendAsync(Texts.ListenerType, "2");
        Assert.Equal("c=10.0.0.1:80", lenient.Served("shop"));
        await using AdsUnderTest strict = await Trees.ServingAsync(Strict);
        await strict.SendAsync(Texts.ListenerType, "2");
        Assert.Contains("has no Listener 'shop'", strict.Served("shop"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RoutesAndEndpointsAreNotGoneBecauseAResponseLacksThem()
    {
        await using AdsUnderTest test = await Trees.ServingAsync(Strict);
        await test.SendAsync(Texts.RoutesType, "2");
        await test.SendAsync(Texts.AssignmentType, "2");
        Assert.Equal("c=10.0.0.1:80", test.Served("shop"));
    }

    [Fact]
    public async Task DeltaSaysOfAnyTypeWhatIsGone()
    {
        await using AdsUnderTest test = await AdsUnderTest.StartAsync(Strict with { Delta = true }, "shop");
        await test.DoAsync(() => test.Stream.SendDelta(Texts.ListenerType, "1", [Texts.Listener("shop", "r")]));
        await test.DoAsync(() => test.Stream.SendDelta(Texts.RoutesType, "1", [Trees.RoutesTo("r", "c")]));
        await test.DoAsync(() => test.Stream.SendDelta(Texts.ClusterType, "1", [Texts.EdsCluster("c", "e")]));
        await test.DoAsync(() => test.Stream.SendDelta(Texts.AssignmentType, "1", [Texts.Assignment("e", "10.0.0.1:80")]));
        await test.DoAsync(() => test.Stream.SendDelta(Texts.AssignmentType, "2", [], "e", "nobody"));
        Assert.Equal("c!", test.Served("shop"));
        await test.DoAsync(() => test.Stream.SendDelta(Texts.ListenerType, "2", [], "shop"));
        Assert.Contains("has no Listener 'shop'", test.Served("shop"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithAWildcardWhatIsGoneIsGone()
    {
        await using AdsUnderTest test = await AdsUnderTest.StartAsync(new AdsSetup { Wildcard = true });
        await test.SendAsync(Texts.ClusterType, "1", Texts.Cluster("a", "10.0.0.1:80"), Texts.Cluster("b", "10.0.0.1:80"));
        await test.SendAsync(Texts.ListenerType, "1", Texts.Listener("x", "r"), Texts.Listener("y", "r"));
        await test.SendAsync(Texts.RoutesType, "1", Trees.RoutesTo("r", "a"));
        await test.SendAsync(Texts.ListenerType, "2", Texts.Listener("y", "r"));
        await test.SendAsync(Texts.ClusterType, "2", Texts.Cluster("a", "10.0.0.1:80"));
        Assert.Equal(("nothing", "a=10.0.0.1:80"), (test.ServedBy("x"), test.ServedBy("y")));
        Assert.Null(test.Snapshot.FindCluster("b"));
    }

    [Theory]
    [InlineData(5, false, "c=10.0.0.1:80")]
    [InlineData(7, false, "c=10.0.0.1:80")]
    [InlineData(14, false, "c=10.0.0.1:80")]
    [InlineData(5, true, "c!")]
    [InlineData(7, true, "c!")]
    [InlineData(14, true, "c=10.0.0.1:80")]
    public async Task AnErrorInPlaceOfACachedResourceDropsItOnlyWhereItIsAboutTheDataAndTheseFail(int code, bool strict, string served)
    {
        await using AdsUnderTest test = await Trees.ServingAsync(strict ? Strict : null);
        await test.DoAsync(() => test.Stream.Send(Error(test, Texts.AssignmentType, "e", code)));
        Assert.Equal(served, test.Served("shop"));
        Assert.Contains("because", test.Entry(ResourceType.Endpoints, "e")!.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(5, ResourceStatus.DoesNotExist)]
    [InlineData(7, ResourceStatus.ReceivedError)]
    [InlineData(14, ResourceStatus.ReceivedError)]
    public async Task AnErrorInPlaceOfAnUnknownResourceEndsTheWaiting(int code, object status)
    {
        await using AdsUnderTest test = await AdsUnderTest.StartAsync("shop");
        await test.DoAsync(() => test.Stream.Send(Error(test, Texts.ListenerType, "shop", code)));
        Assert.Contains($"because (code {code})", test.Served("shop"), StringComparison.Ordinal);
        await test.PassAsync(20);
        Assert.Equal((ResourceStatus)status, test.Entry(ResourceType.Listener, "shop")!.Status);
        Assert.Contains("because", test.Served("shop"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnErrorThatWillPassDoesNotTakeARouteAway()
    {
        await using AdsUnderTest test = await Trees.ServingAsync();
        await test.SendAsync(Texts.ClusterType, "2", Texts.EdsCluster("c", "f"));
        await test.DoAsync(() => test.Stream.Send(Error(test, Texts.AssignmentType, "f", 14)));
        Assert.Equal("c=10.0.0.1:80", test.Served("shop"));
    }

    private static DiscoveryResponse Error(AdsUnderTest test, string type, string name, int code) => new()
    {
        TypeUrl = RequestText.Url(type),
        VersionInfo = "9",
        Nonce = test.Stream.Nonce(),
        ResourceErrors = { new Mesh.Wire.Protos.Envoy.Service.Discovery.V3.ResourceError { ResourceName = new ResourceName { Name = name }, ErrorDetail = new Status { Code = code, Message = "because" } } },
    };
}
