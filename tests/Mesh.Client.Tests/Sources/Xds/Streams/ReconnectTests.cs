using Mesh.Client.Tests.Sources.Xds.Fakes;
using Mesh.Wire.Grpc;
using Mesh.Wire.Protos.Envoy.Service.Discovery.V3;
using Xunit;
using Texts = Mesh.Client.Tests.Xds;

namespace Mesh.Client.Tests.Sources.Xds.Streams;

/// <summary>When a stream is opened again, and what ends one.</summary>
public sealed class ReconnectTests
{
    [Fact]
    public async Task TriesAreFurtherApartEachTimeUpToTwoMinutes()
    {
        var test = new AdsUnderTest();
        await using var _ = test;
        test.Server.Refusal = new GrpcException(GrpcStatusCode.Unavailable, "down");
        await test.BeginAsync("shop");
        await test.PassAsync(900);
        double[] waits = Waits(test.Server);
        for (int i = 0; i < waits.Length; i++)
        {
            double expected = Math.Min(Math.Pow(1.6, i), 120);
            Assert.InRange(waits[i], expected * 0.8, expected * 1.2);
        }

        Assert.InRange(waits.Length, 12, 20);
    }

    [Fact]
    public async Task AResponseBeginsTheTriesAnew()
    {
        var test = new AdsUnderTest();
        await using var _ = test;
        test.Server.Refusal = new GrpcException(GrpcStatusCode.Unavailable, "down");
        await test.BeginAsync("shop");
        await test.PassAsync(300);
        test.Server.Refusal = null;
        await test.PassAsync(150);
        await test.SendAsync(Texts.ListenerType, "1", Texts.Listener("shop", "r"));
        test.Server.Refusal = new GrpcException(GrpcStatusCode.Unavailable, "down");
        int before = test.Server.Openings.Count;
        await test.DoAsync(() => test.Stream.Fail());
        await test.PassAsync(3);

        // At once, after 1 s and after 1.6 s more.
        Assert.InRange(test.Server.Openings.Count - before, 2, 3);
    }

    [Fact]
    public async Task AStreamThatWasOpenWithoutAResponseIsAFailure()
    {
        await using AdsUnderTest test = await AdsUnderTest.StartAsync("shop");
        await test.DoAsync(() => test.Stream.End());
        await test.PassAsync(0.7);
        Assert.Single(test.Server.Openings);
        await test.PassAsync(0.6);
        Assert.Equal(2, test.Server.Openings.Count);
        Assert.Contains("cannot be reached", test.Served("shop"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AStreamThatAnsweredIsOpenedAgainAtOnceAndIsNoFailure()
    {
        await using AdsUnderTest test = await AdsUnderTest.StartAsync("shop");
        await test.PassAsync(1);
        await test.SendAsync(Texts.ListenerType, "1", Texts.Listener("shop", "r"));
        await test.DoAsync(() => test.Stream.Fail());
        Assert.Equal(2, test.Server.Openings.Count);
        Assert.DoesNotContain(test.Log.Lines, line => line.StartsWith("Warning", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AServerThatHangsUpAfterEachResponseIsNotCalledInAHotLoop()
    {
        var test = new AdsUnderTest();
        await using var _ = test;
        test.Server.OnRequest = (stream, _) =>
        {
            stream.Send(Texts.ListenerType, "1", Texts.Listener("shop", "r"));
            stream.Fail();
        };
        await test.BeginAsync("shop");
        await test.PassAsync(10);
        Assert.InRange(test.Server.Openings.Count, 50, 102);
    }

    [Fact]
    public async Task AMessageThatIsNoneEndsTheStream()
    {
        await using AdsUnderTest test = await AdsUnderTest.StartAsync("shop");
        await test.DoAsync(() => test.Stream.SendBytes(new byte[] { 0xFF, 0xFF, 0xFF }));
        Assert.True(test.Stream.IsDisposed);
        Assert.Contains("no discovery response", test.Served("shop"), StringComparison.Ordinal);
        await test.PassAsync(2);
        Assert.Equal(2, test.Server.Streams.Count);
    }

    [Fact]
    public async Task TheNextMessageIsReadWhenTheOneBeforeIsWorkedIn()
    {
        await using AdsUnderTest test = await AdsUnderTest.StartAsync("shop");
        using var gate = new ManualResetEventSlim();
        var working = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        test.Source.Observer = _ =>
        {
            working.TrySetResult();
            gate.Wait();
        };
        int reads = test.Stream.Reads;
        test.Stream.Send(Texts.ListenerType, "1", Texts.Listener("shop", "r"));
        test.Stream.Send(Texts.ListenerType, "2", Texts.Listener("shop", "q"));
        await working.Task;
        Assert.Equal((reads, 1), (test.Stream.Reads, test.Stream.Untaken));
        test.Source.Observer = null;
        gate.Set();
        await test.SettleAsync();
        Assert.Equal(0, test.Stream.Untaken);
    }

    [Fact]
    public async Task AFailureOfTheClientItselfEndsTheStreamAndNotTheConnection()
    {
        await using AdsUnderTest test = await AdsUnderTest.StartAsync("shop");
        test.Source.Observer = happened =>
        {
            if (happened is Mesh.Sources.Xds.ResponseJudged)
                throw new InvalidOperationException("a bug");
        };
        await test.SendAsync(Texts.ListenerType, "1", Texts.Listener("shop", "r"));
        test.Source.Observer = null;
        await test.PassAsync(5);
        Assert.Equal(2, test.Server.Streams.Count);
        await test.SendAsync(Texts.ListenerType, "2", Texts.Listener("shop", "q"));
        Assert.Contains("LDS shop v2 #1", test.Stream.Said());
    }

    [Fact]
    public async Task WritesThatCannotBeMadeDoNotStopReading()
    {
        await using AdsUnderTest test = await AdsUnderTest.StartAsync("shop");
        test.Stream.HoldWrites();
        for (int i = 0; i < 10; i++)
            await test.SendAsync(Texts.ListenerType, $"{i}", Texts.Listener("shop", $"r{i}"));
        test.Stream.Said();
        await test.DoAsync(() => test.Stream.ReleaseWrites());
        await test.PassAsync(0.1);
        string[] said = test.Stream.Said();
        Assert.Equal("LDS shop v9 #10", said.Last(each => each.StartsWith("LDS", StringComparison.Ordinal)));
        Assert.InRange(said.Length, 2, 4);
    }

    private static double[] Waits(FakeServer server) => [.. server.Openings.Zip(server.Openings.Skip(1), (a, b) => (b - a).TotalSeconds)];
}
