using Mesh.Client.Tests.Sources.Xds.Fakes;
using Mesh.Resources;
using Mesh.Sources.Xds.Bootstrap;
using Xunit;
using Texts = Mesh.Client.Tests.Xds;

namespace Mesh.Client.Tests.Sources.Xds.Fallback;

/// <summary>Several authorities (gRFC A47).</summary>
public sealed class FederationTests
{
    private const string Listener = "envoy.config.listener.v3.Listener";

    [Fact]
    public async Task AuthoritiesOfOneServerShareItsStream()
    {
        await using AdsUnderTest test = await AdsUnderTest.StartAsync(Of(("a", AdsSetup.Uri), ("b", AdsSetup.Uri)), "xds://a/x", "xds://b/y", "z");
        Assert.Equal(1, test.Server.Connections);
        Assert.Equal([$"LDS xdstp://a/{Listener}/x xdstp://b/{Listener}/y z node"], test.Stream.Said());
    }

    [Fact]
    public async Task AuthoritiesOfSeveralServersHaveAStreamEachAndGetTheirOwnOnly()
    {
        await using AdsUnderTest test = await AdsUnderTest.StartAsync(Of(("a", "other")), "xds://a/x", "z");
        Assert.Equal(["LDS z node"], test.Stream.Said());
        Assert.Equal([$"LDS xdstp://a/{Listener}/x node"], test.ServerOf("other").Stream.Said());

        // What the server of another authority says of it is nothing.
        await test.DoAsync(() => test.Stream.Send(Texts.ListenerType, "1", Texts.Listener($"xdstp://a/{Listener}/x", "r")));
        Assert.Null(test.Entry(ResourceType.Listener, $"xdstp://a/{Listener}/x")!.Record);
        await test.DoAsync(() => test.ServerOf("other").Stream.Send(Texts.ListenerType, "1", Texts.Listener($"xdstp://a/{Listener}/x", "r")));
        Assert.NotNull(test.Entry(ResourceType.Listener, $"xdstp://a/{Listener}/x")!.Record);
    }

    [Fact]
    public async Task AServerThatNobodyNeedsIsNotConnectedTo()
    {
        await using AdsUnderTest test = await AdsUnderTest.StartAsync(Of(("a", "other")), "z");
        Assert.Equal(0, test.ServerOf("other").Connections);
    }

    [Fact]
    public async Task AnAuthorityThatIsNotInTheBootstrapIsSaidAndHarmsNobodyElse()
    {
        await using AdsUnderTest test = await AdsUnderTest.StartAsync(Of(("a", AdsSetup.Uri)), "xds://nobody/x", "z");
        await test.SendAsync(Texts.ListenerType, "1", Texts.Listener("z", "xdstp://nowhere/envoy.config.route.v3.RouteConfiguration/r"));
        Assert.Contains("'nobody'", test.Served("x"), StringComparison.Ordinal);
        Assert.Contains("'a'", test.Served("x"), StringComparison.Ordinal);
        Assert.Contains("authority 'nowhere'", test.Served("z"), StringComparison.Ordinal);
        Assert.Contains("'a'", test.Served("z"), StringComparison.Ordinal);
        await test.PassAsync(20);
        Assert.Contains("authority 'nowhere'", test.Served("z"), StringComparison.Ordinal);
    }

    private static AdsSetup Of(params (string Authority, string Server)[] authorities) => new()
    {
        Authorities = authorities.ToDictionary(each => each.Authority, each => new XdsAuthority([AdsSetup.Server(each.Server)], $"xdstp://{each.Authority}/{Listener}/%s")),
    };
}
