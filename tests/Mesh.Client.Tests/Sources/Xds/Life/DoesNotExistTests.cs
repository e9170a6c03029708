using Mesh.Client.Tests.Sources.Xds.Fakes;
using Mesh.Resources;
using Mesh.Sources.Xds;
using Mesh.Sources.Xds.Cache;
using Mesh.Wire.Grpc;
using Xunit;
using Texts = Mesh.Client.Tests.Xds;

namespace Mesh.Client.Tests.Sources.Xds.Life;

/// <summary>How long silence is waited out, and what it means then (gRFC A57, A88).</summary>
public sealed class DoesNotExistTests
{
    [Fact]
    public async Task FifteenSecondsOfSilenceMeanThatThereIsNone()
    {
        await using AdsUnderTest test = await AdsUnderTest.StartAsync("shop");
        await test.PassAsync(14.9);
        Assert.Equal(ResourceStatus.Requested, StatusOf(test, "shop"));
        await test.PassAsync(0.2);
        Assert.Equal(ResourceStatus.DoesNotExist, StatusOf(test, "shop"));
        Assert.Contains("did not send Listener 'shop' within 15 s", test.Served("shop"), StringComparison.Ordinal);
        Assert.Contains("node 'me'", test.Served("shop"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AServerWhoseTimerIsTransientHasThirtySecondsAndTimesOut()
    {
        await using AdsUnderTest test = await AdsUnderTest.StartAsync(new AdsSetup { Servers = [AdsSetup.Server(AdsSetup.Uri, "resource_timer_is_transient_error")] }, "shop");
        await test.PassAsync(29.9);
        Assert.Equal(ResourceStatus.Requested, StatusOf(test, "shop"));
        await test.PassAsync(0.2);
        Assert.Equal(ResourceStatus.Timeout, StatusOf(test, "shop"));
        Assert.Contains("within 30 s", test.Served("shop"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheTimeRunsFromWhenTheServerWasAskedAndNotWhileItCannotBeReached()
    {
        var test = new AdsUnderTest();
        await using var _ = test;
        test.Server.Refusal = new GrpcException(GrpcStatusCode.Unavailable, "down");
        await test.BeginAsync("shop");
        await test.PassAsync(60);
        Assert.Equal(ResourceStatus.Requested, StatusOf(test, "shop"));
        test.Server.Refusal = null;
        while (test.Server.Streams.Count == 0)
            await test.PassAsync(0.1);
        await test.PassAsync(14.8);
        Assert.Equal(ResourceStatus.Requested, StatusOf(test, "shop"));
        await test.PassAsync(0.3);
        Assert.Equal(ResourceStatus.DoesNotExist, StatusOf(test, "shop"));
    }

    [Fact]
    public async Task TheTimeDoesNotRunWhileAStreamIsBeingOpened()
    {
        var test = new AdsUnderTest();
        await using var _ = test;
        test.Server.Hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await test.BeginAsync("shop");
        await test.PassAsync(60);
        Assert.Equal(ResourceStatus.Requested, StatusOf(test, "shop"));
        await test.DoAsync(() => test.Server.Hold.SetResult());
        await test.PassAsync(15.1);
        Assert.Equal(ResourceStatus.DoesNotExist, StatusOf(test, "shop"));
    }

    [Fact]
    public async Task ANewStreamBeginsTheTimeAnew()
    {
        await using AdsUnderTest test = await AdsUnderTest.StartAsync("shop", "cart");
        await test.PassAsync(10);
        await test.SendAsync(Texts.ListenerType, "1", Texts.Listener("cart", "r"));
        await test.DoAsync(() => test.Stream.Fail());
        await test.PassAsync(14.8);
        Assert.Equal(ResourceStatus.Requested, StatusOf(test, "shop"));
        await test.PassAsync(0.4);
        Assert.Equal(ResourceStatus.DoesNotExist, StatusOf(test, "shop"));
    }

    [Fact]
    public async Task WhatIsHeldIsNotMissedOnANewStream()
    {
        await using AdsUnderTest test = await Trees.ServingAsync();
        await test.DoAsync(() => test.Stream.Fail());
        await test.PassAsync(60);
        Assert.Equal("c=10.0.0.1:80", test.Served("shop"));
        Assert.All(test.Read(() => test.Client.Cache.All.ToList()), entry => Assert.Null(entry.Error));
    }

    [Fact]
    public async Task ARefusalEndsTheWaiting()
    {
        await using AdsUnderTest test = await AdsUnderTest.StartAsync("shop");
        await test.SendAsync(Texts.ListenerType, "1", Texts.Resource(Texts.ListenerType, "name: shop"));
        await test.PassAsync(30);
        Assert.Equal(ResourceStatus.Nacked, StatusOf(test, "shop"));
        Assert.DoesNotContain("within 15 s", test.Served("shop"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatComesLateIsServed()
    {
        await using AdsUnderTest test = await AdsUnderTest.StartAsync("shop");
        await test.PassAsync(100);
        await Trees.SendAsync(test);
        Assert.Equal("c=10.0.0.1:80", test.Served("shop"));
    }

    [Fact]
    public async Task ACallThatWaitsForItsHostIsTold()
    {
        await using AdsUnderTest test = await AdsUnderTest.StartAsync();
        Task asked = await test.AskAsync("shop");
        Assert.False(asked.IsCompleted);
        Assert.Contains("has not sent Listener 'shop' yet", test.Source.WhyNot("shop"), StringComparison.Ordinal);
        await test.PassAsync(15.1);
        Assert.True(asked.IsCompleted);
    }

    [Fact]
    public async Task AfterTheReturnOfTheFirstServerSilenceIsMissedAgain()
    {
        await using AdsUnderTest test = await AdsUnderTest.StartAsync(new AdsSetup { Servers = [AdsSetup.Server("one"), AdsSetup.Server("two")] }, "shop", "cart");
        test.ServerOf("two").Refusal = new GrpcException(GrpcStatusCode.Unavailable, "down too");
        await test.DoAsync(() => test.Stream.Fail());
        Assert.Equal(1, test.Client.Planes.Authorities[""].Active);
        await test.PassAsync(1.3);
        await test.SendAsync(Texts.ListenerType, "1", Texts.Listener("cart", "r"));
        Assert.Equal(0, test.Client.Planes.Authorities[""].Active);
        await test.PassAsync(15.1);
        Assert.Equal(ResourceStatus.DoesNotExist, StatusOf(test, "shop"));
        Assert.Contains("within 15 s", test.Served("shop"), StringComparison.Ordinal);
        Assert.Contains(test.Events, happened => happened is ServerChanged { IsFallback: false });
    }

    private static ResourceStatus StatusOf(AdsUnderTest test, string listener) => test.Entry(ResourceType.Listener, listener)!.Status;
}
