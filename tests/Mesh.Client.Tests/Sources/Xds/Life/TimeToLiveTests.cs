using Google.Protobuf.WellKnownTypes;
using Mesh.Client.Tests.Sources.Xds.Fakes;
using Mesh.Resources;
using Mesh.TestKit.ControlPlane.Resources;
using Mesh.Wire.Protos.Envoy.Service.Discovery.V3;
using Xunit;
using Texts = Mesh.Client.Tests.Xds;

namespace Mesh.Client.Tests.Sources.Xds.Life;

/// <summary>Resources that are good for a while only.</summary>
public sealed class TimeToLiveTests
{
    [Fact]
    public async Task WhatIsNotHeardOfAgainInTimeIsDropped()
    {
        await using AdsUnderTest test = await Trees.ServingAsync();
        await test.DoAsync(() => Send(test, Texts.Assignment("e", "10.0.0.2:80"), 3));
        Assert.Equal("c=10.0.0.2:80", test.Served("shop"));
        await test.PassAsync(2.9);
        Assert.Equal("c=10.0.0.2:80", test.Served("shop"));
        await test.PassAsync(0.2);
        Assert.Equal("c!", test.Served("shop"));
        Assert.Contains("time to live", test.Snapshot.FindCluster("c")!.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AHeartbeatProlongsIt()
    {
        await using AdsUnderTest test = await Trees.ServingAsync();
        await test.DoAsync(() => Send(test, Texts.Assignment("e", "10.0.0.2:80"), 3));
        for (int i = 0; i < 5; i++)
        {
            await test.PassAsync(2);
            await test.DoAsync(() => Beat(test, Texts.AssignmentType, "e", 3));
        }

        Assert.Equal("c=10.0.0.2:80", test.Served("shop"));
        await test.PassAsync(3.1);
        Assert.Equal("c!", test.Served("shop"));
    }

    [Fact]
    public async Task TheSameAgainWithoutALimitLivesForEver()
    {
        await using AdsUnderTest test = await Trees.ServingAsync();
        await test.DoAsync(() => Send(test, Texts.Assignment("e", "10.0.0.2:80"), 3));
        await test.SendAsync(Texts.AssignmentType, "3", Texts.Assignment("e", "10.0.0.2:80"));
        await test.PassAsync(100);
        Assert.Equal("c=10.0.0.2:80", test.Served("shop"));
    }

    [Fact]
    public async Task AHeartbeatOfSomeListenersDoesNotRemoveTheOthers()
    {
        await using AdsUnderTest test = await AdsUnderTest.StartAsync(new AdsSetup { Wildcard = true });
        await test.SendAsync(Texts.ListenerType, "1", Texts.Listener("a", "r"), Texts.Listener("b", "r"));
        await test.DoAsync(() => Beat(test, Texts.ListenerType, "a", 3));
        Assert.NotNull(test.Entry(ResourceType.Listener, "b")?.Record);
    }

    [Fact]
    public async Task AHeartbeatOfWhatNeverCameIsNothing()
    {
        await using AdsUnderTest test = await AdsUnderTest.StartAsync("shop");
        await test.DoAsync(() => Beat(test, Texts.ListenerType, "shop", 1));
        await test.PassAsync(5);
        Assert.Null(test.Entry(ResourceType.Listener, "shop")!.Error);
    }

    [Fact]
    public async Task WhatComesAgainAfterItsTimeIsServedAgain()
    {
        await using AdsUnderTest test = await Trees.ServingAsync();
        await test.DoAsync(() => Send(test, Texts.Assignment("e", "10.0.0.2:80"), 3));
        await test.PassAsync(4);
        await test.DoAsync(() => Send(test, Texts.Assignment("e", "10.0.0.2:80"), 3));
        Assert.Equal("c=10.0.0.2:80", test.Served("shop"));
    }

    private static void Send(AdsUnderTest test, string resource, double seconds)
    {
        ServedResource served = ResourceText.ReadAll(Texts.Document(resource), check: true)[0];
        Wrap(test, served.TypeName, new Resource
        {
            Name = served.Name,
            Version = "x",
            Ttl = Duration.FromTimeSpan(TimeSpan.FromSeconds(seconds)),
            Resource_ = new Any { TypeUrl = RequestText.Url(served.TypeName), Value = Google.Protobuf.ByteString.CopyFrom(served.Bytes) },
        });
    }

    private static void Beat(AdsUnderTest test, string type, string name, double seconds) =>
        Wrap(test, type, new Resource { Name = name, Version = "x", Ttl = Duration.FromTimeSpan(TimeSpan.FromSeconds(seconds)) });

    private static void Wrap(AdsUnderTest test, string type, Resource resource) => test.Stream.Send(new DiscoveryResponse
    {
        TypeUrl = RequestText.Url(type),
        VersionInfo = "2",
        Nonce = test.Stream.Nonce(),
        Resources = { Any.Pack(resource) },
    });
}
