using Mesh.Client.Tests.Sources.Xds.Fakes;
using Xunit;
using Texts = Mesh.Client.Tests.Xds;

namespace Mesh.Client.Tests.Sources.Xds.Streams;

/// <summary>A name that was given up is wanted again before the server was told: it sees nothing new, so what it sent must still be there.</summary>
public sealed class NameTwiceTests
{
    [Fact]
    public async Task InStateOfTheWorld()
    {
        await using AdsUnderTest test = await TwoClustersAsync(new AdsSetup());

        // The answer about clusters is outstanding, so the names of the next step wait.
        await test.SendAsync(Texts.RoutesType, "2", Trees.RoutesTo("r", "c", "x"));
        await test.SendAsync(Texts.RoutesType, "3", Trees.RoutesTo("r", "d"));
        await test.SendAsync(Texts.RoutesType, "4", Trees.RoutesTo("r", "c", "d"));
        await test.PassAsync(20);
        Assert.Equal("c=10.0.0.1:80 d=10.0.0.2:80", test.Served("shop"));
    }

    [Fact]
    public async Task InDelta()
    {
        await using AdsUnderTest test = await AdsUnderTest.StartAsync(new AdsSetup { Delta = true }, "shop");
        await SendAsync(Texts.ListenerType, Texts.Listener("shop", "r"));
        await SendAsync(Texts.RoutesType, Trees.RoutesTo("r", "c", "d"));
        await SendAsync(Texts.ClusterType, Texts.Cluster("c", "10.0.0.1:80"), Texts.Cluster("d", "10.0.0.2:80"));
        await SendAsync(Texts.RoutesType, Trees.RoutesTo("r", "c", "x"));
        await SendAsync(Texts.RoutesType, Trees.RoutesTo("r", "d"));
        await SendAsync(Texts.RoutesType, Trees.RoutesTo("r", "c", "d"));
        await test.PassAsync(20);
        Assert.Equal("c=10.0.0.1:80 d=10.0.0.2:80", test.Served("shop"));

        Task SendAsync(string type, params string[] resources) => test.DoAsync(() => test.Stream.SendDelta(type, "1", resources));
    }

    private static async Task<AdsUnderTest> TwoClustersAsync(AdsSetup setup)
    {
        AdsUnderTest test = await AdsUnderTest.StartAsync(setup, "shop");
        await test.SendAsync(Texts.ListenerType, "1", Texts.Listener("shop", "r"));
        await test.SendAsync(Texts.RoutesType, "1", Trees.RoutesTo("r", "c", "d"));
        await test.SendAsync(Texts.ClusterType, "1", Texts.Cluster("c", "10.0.0.1:80"), Texts.Cluster("d", "10.0.0.2:80"));
        Assert.Equal("c=10.0.0.1:80 d=10.0.0.2:80", test.Served("shop"));
        return test;
    }
}
