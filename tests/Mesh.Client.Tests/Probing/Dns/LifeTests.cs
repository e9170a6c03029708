using Xunit;

namespace Mesh.Client.Tests.Probing.Dns;

/// <summary>How long a name is asked for.</summary>
public sealed class LifeTests
{
    private const string Strict = "type: STRICT_DNS";

    [Fact]
    public async Task ANameIsAskedForWhenItsTimeHasComeAndNotBefore()
    {
        await using var test = new DnsUnderTest();
        await test.PutAsync(DnsUnderTest.Cluster("c", Strict, "a.internal:80"));
        Assert.Equal(TimeSpan.FromSeconds(5), await test.AnswerAsync("10.0.0.1"));
        test.Time.Advance(TimeSpan.FromSeconds(5) - TimeSpan.FromTicks(1));
        await test.SettleAsync();
        Assert.Equal((1, 1), (test.Resolver.Count, test.Time.ArmedTimers));
        test.Time.Advance(TimeSpan.FromTicks(1));
        await test.AnswerAsync("10.0.0.1");
        Assert.Equal(2, test.Resolver.Count);
    }

    /// <summary>A frozen process wakes up to one question a name, however many it has missed.</summary>
    [Fact]
    public async Task AfterALongFreezeItIsAskedForOnce()
    {
        await using var test = new DnsUnderTest();
        await test.PutAsync(DnsUnderTest.Cluster("c", Strict, "a.internal:80"));
        await test.AnswerAsync("10.0.0.1");
        test.Time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(TimeSpan.FromSeconds(5), await test.AnswerAsync("10.0.0.1"));
        Assert.Equal((2, 1), (test.Resolver.Count, test.Time.ArmedTimers));
    }

    [Fact]
    public async Task AClusterThatIsGoneIsAskedForNoMore()
    {
        await using var test = new DnsUnderTest();
        string other = DnsUnderTest.Cluster("d", Strict, "b.internal:80");
        await test.PutAsync(DnsUnderTest.Cluster("c", Strict, "a.internal:80"), other);
        await test.AnswerAsync("10.0.0.1");
        await test.AnswerAsync("10.0.0.2");
        Assert.Equal(2, test.Time.ArmedTimers);

        await test.PutAsync(other);
        Assert.Equal(1, test.Time.ArmedTimers);
        test.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("b.internal", (await test.Resolver.NextAsync()).Host);
        Assert.Equal(3, test.Resolver.Count);
    }

    [Fact]
    public async Task WhatIsUnderWayForAClusterThatIsGoneIsCancelled()
    {
        await using var test = new DnsUnderTest();
        await test.PutAsync(DnsUnderTest.Cluster("c", Strict, "a.internal:80"));
        FakeResolver.Question question = await test.Resolver.NextAsync();
        await test.PutAsync(Xds.Cluster("other", "127.0.0.1:1"));
        await question.CancelledAsync();
        question.Answer("10.0.0.1");
        await test.SettleAsync();
        Assert.Empty(test.Log);
    }

    /// <summary>Disposal cancels and waits, also for a resolver that does not look at its token.</summary>
    [Fact]
    public async Task DisposalCancelsAndAwaitsWhatIsUnderWay()
    {
        var test = new DnsUnderTest();
        await test.PutAsync(DnsUnderTest.Cluster("c", Strict, "a.internal:80", "b.internal:80"));
        FakeResolver.Question first = await test.Resolver.NextAsync(), second = await test.Resolver.NextAsync();
        await test.DisposeAsync();
        Assert.True(first.Token.IsCancellationRequested && second.Token.IsCancellationRequested);
        Assert.Equal(0, test.Time.ArmedTimers);
    }

    [Fact]
    public async Task ClustersWithoutNamesAskNobody()
    {
        await using var test = new DnsUnderTest();
        await test.PutAsync(Xds.Cluster("a", "127.0.0.1:1"), Xds.ClusterWith("b", "type: STRICT_DNS, ", "127.0.0.1:2"), Xds.EdsCluster("e", "s"), Xds.Assignment("s", "127.0.0.1:3"));
        await test.SettleAsync();
        Assert.Equal((0, 0), (test.Resolver.Count, test.Time.ArmedTimers));
    }
}
