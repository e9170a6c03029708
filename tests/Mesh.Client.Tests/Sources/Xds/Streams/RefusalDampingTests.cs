using Mesh.Client.Tests.Sources.Xds.Fakes;
using Mesh.Wire.Protos.Envoy.Service.Discovery.V3;
using Xunit;
using Texts = Mesh.Client.Tests.Xds;

namespace Mesh.Client.Tests.Sources.Xds.Streams;

/// <summary>A control plane that sends what was refused again at once is not answered in a hot loop.</summary>
public sealed class RefusalDampingTests
{
    private const string Bad = "name: shop";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task TenRefusalsInTheFirstSecondAreTheMost(bool delta)
    {
        (AdsUnderTest test, Func<int> refusals) = await LoopingAsync(delta);
        await using var _ = test;
        await test.PassAsync(1);
        Assert.InRange(refusals(), 3, 10);
        await test.PassAsync(9);
        Assert.InRange(refusals(), 8, 20);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AGoodResponseIsAcceptedAtOnceAndEndsTheDamping(bool delta)
    {
        (AdsUnderTest test, _) = await LoopingAsync(delta);
        await using AdsUnderTest owned = test;
        await test.PassAsync(20);
        test.Server.Stream.OnRequest = null;
        await test.PassAsync(1);
        test.Stream.Said();
        await test.DoAsync(() => Send(test.Stream, delta, Texts.Listener("shop", "r")));
        Assert.Contains(test.Stream.Said(), said => said.StartsWith("LDS", StringComparison.Ordinal) && !said.Contains('!', StringComparison.Ordinal));
        await test.DoAsync(() => Send(test.Stream, delta, Texts.Resource(Texts.ListenerType, Bad)));
        Assert.Contains(test.Stream.Said(), said => said.Contains('!', StringComparison.Ordinal));
    }

    [Fact]
    public async Task ARefusalThatIsHeldBackHoldsNoOtherTypeBack()
    {
        await using AdsUnderTest test = await AdsUnderTest.StartAsync("shop", "cart");
        await test.SendAsync(Texts.ListenerType, "1", Texts.Resource(Texts.ListenerType, Bad), Texts.Listener("cart", "r"));
        await test.SendAsync(Texts.ListenerType, "2", Texts.Resource(Texts.ListenerType, Bad), Texts.Listener("cart", "r"));
        test.Stream.Said();
        await test.SendAsync(Texts.RoutesType, "1", Texts.Routes("r", "cart"));
        Assert.Equal(["CDS cart", "RDS r v1 #3"], test.Stream.Said().Order());
        await test.PassAsync(1);
        Assert.Equal(["LDS cart shop #2 !"], test.Stream.Said());
    }

    private static async Task<(AdsUnderTest Test, Func<int> Refusals)> LoopingAsync(bool delta)
    {
        var test = new AdsUnderTest(new AdsSetup { Delta = delta });
        int refusals = 0;
        test.Server.OnRequest = (stream, request) =>
        {
            if (request is DiscoveryRequest { ErrorDetail: not null } or DeltaDiscoveryRequest { ErrorDetail: not null })
                Interlocked.Increment(ref refusals);
            if (RequestText.Of(request).StartsWith("LDS", StringComparison.Ordinal))
                Send(stream, delta, Texts.Resource(Texts.ListenerType, Bad));
        };
        await test.BeginAsync("shop");
        return (test, () => Volatile.Read(ref refusals));
    }

    private static void Send(FakeStream stream, bool delta, string resource)
    {
        if (delta)
            stream.SendDelta(Texts.ListenerType, "1", [resource]);
        else
            stream.Send(Texts.ListenerType, "1", resource);
    }
}
