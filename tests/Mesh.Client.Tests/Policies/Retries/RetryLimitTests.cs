using Mesh.Endpoints;
using Mesh.Policies.Retries;
using Mesh.Resources;
using Xunit;

namespace Mesh.Client.Tests.Policies.Retries;

/// <summary>How many retries a cluster may have under way.</summary>
public sealed class RetryLimitTests
{
    private static readonly CircuitBreakerResource Budget = new() { MaxRetries = 0, RetryBudget = new RetryBudgetResource(20, 3) };

    [Fact]
    public void WithoutThresholdsItIsEnvoysThree()
    {
        Assert.Equal(3, RetryLimit.MostOf([], highPriority: false, inFlight: 1000));
        Assert.Equal(3, RetryLimit.MostOf([new CircuitBreakerResource()], highPriority: false, inFlight: 1000));
        Assert.Equal(3, RetryLimit.MostOf([new CircuitBreakerResource { MaxRetries = 9 }], highPriority: true, inFlight: 1000));
    }

    [Theory]
    [InlineData(0, 3)]
    [InlineData(19, 3)]
    [InlineData(20, 4)]
    [InlineData(24, 4)]
    [InlineData(1000, 200)]
    [InlineData(int.MaxValue, 429496729)]
    public void ABudgetGoesWithTheCallsInFlight(int inFlight, long most) => Assert.Equal(most, RetryLimit.MostOf([Budget], highPriority: false, inFlight));

    [Fact]
    public void EachPriorityHasItsOwn()
    {
        CircuitBreakerResource[] both = [new() { HighPriority = true, MaxRetries = 7 }, Budget, new() { MaxRetries = 99 }];
        Assert.Equal((7, 3), (RetryLimit.MostOf(new(both), highPriority: true, 0), RetryLimit.MostOf(new(both), highPriority: false, 0)));

        var state = new ClusterState("c");
        state.OnCallStarted();
        state.OnCallStarted(highPriority: true);
        state.OnCallStarted(highPriority: true);
        Assert.Equal((3, 1, 2), (state.InFlight, state.InFlightOf(highPriority: false), state.InFlightOf(highPriority: true)));
        state.OnCallEnded(highPriority: true);
        state.OnCallEnded();
        Assert.Equal((1, 0, 1), (state.InFlight, state.InFlightOf(highPriority: false), state.InFlightOf(highPriority: true)));
        Assert.True(RetryLimit.Of(new(both), highPriority: true, state).TryTake());
        Assert.Equal((0, 1), (state.RetriesOf(highPriority: false).Count, state.RetriesOf(highPriority: true).Count));
    }

    [Fact]
    public void NoLimitCountsNothing() => Assert.All(Enumerable.Range(0, 100), _ => Assert.True(RetryLimit.None.TryTake()));

    /// <summary>However many ask at once, no more are under way than there may be, and none is lost.</summary>
    [Fact]
    public void TheCounterNeverGoesBeyondItsLimit()
    {
        var counter = new RetryCounter();
        int beyond = 0;
        Parallel.For(0, 20_000, _ =>
        {
            if (!counter.TryTake(3))
                return;
            if (counter.Count > 3)
                Interlocked.Increment(ref beyond);
            counter.Release();
        });
        Assert.Equal((0, 0), (beyond, counter.Count));
    }
}
