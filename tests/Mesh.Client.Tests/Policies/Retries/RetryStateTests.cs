using Mesh.Endpoints;
using Mesh.Matching;
using Mesh.Policies.Retries;
using Mesh.Resources;
using Mesh.TestKit;
using Xunit;

namespace Mesh.Client.Tests.Policies.Retries;

/// <summary>Where a call stands with its policy: what it may ask for, what it holds of the cluster, how long it waits.</summary>
public sealed class RetryStateTests
{
    private readonly RetryCounter _counter = new();
    private readonly ManualTimeProvider _time = new();
    private RetryState _state;

    [Fact]
    public void ItAsksAsOftenAsThePolicyAllows()
    {
        RetryPolicy policy = Create(XdsDialect.Envoy, retries: 2);
        Assert.Equal(RetryStatus.Yes, Ask(policy));
        Assert.Equal(RetryStatus.Yes, Ask(policy));
        Assert.Equal(RetryStatus.NoRetryLimitExceeded, Ask(policy));
        Assert.Equal(RetryStatus.No, Ask(policy, wouldRetry: false));
    }

    /// <summary>gRPC makes five attempts at most (gRFC A44); the plain HTTP calls of the same mesh make as many as they are told.</summary>
    [Theory]
    [InlineData(XdsDialect.Grpc, true, 4)]
    [InlineData(XdsDialect.Grpc, false, 9)]
    [InlineData(XdsDialect.Envoy, true, 9)]
    public void GrpcsDialectCapsTheAttemptsOfGrpc(XdsDialect dialect, bool grpc, int expected)
    {
        RetryPolicy policy = Create(dialect, retries: 9);
        int granted = 0;
        while (Ask(policy, grpc: grpc) == RetryStatus.Yes)
            granted++;
        Assert.Equal(expected, granted);
    }

    [Fact]
    public void ARetryIsCountedUntilItsResultIsKnown()
    {
        RetryPolicy policy = Create(XdsDialect.Envoy, retries: 9);
        Ask(policy);
        Assert.Equal(1, _counter.Count);
        Ask(policy);
        Assert.Equal(1, _counter.Count);
        Ask(policy, wouldRetry: false);
        Assert.Equal(0, _counter.Count);
        Ask(policy);
        _state.Release();
        _state.Release();
        Assert.Equal(0, _counter.Count);
    }

    [Fact]
    public void AFullClusterGrantsNoneAndTheRetryIsUsedUp()
    {
        RetryPolicy policy = Create(XdsDialect.Envoy, retries: 1);
        Assert.Equal(RetryStatus.NoOverflow, Ask(policy, most: 0));
        Assert.Equal(0, _counter.Count);
        Assert.Equal(RetryStatus.NoRetryLimitExceeded, Ask(policy, most: 9));
    }

    [Theory]
    [InlineData("0", true, 0L)]
    [InlineData("1500", true, 1500L)]
    [InlineData("2147483647", true, 2147483647L)]
    [InlineData("-1", false, 0L)]
    [InlineData("2147483648", false, 0L)]
    [InlineData("1000000000000000000000000000000", false, 0L)]
    [InlineData("soon", false, 0L)]
    [InlineData("", false, 0L)]
    public void APushbackIsObeyedToTheMillisecond(string value, bool retries, long milliseconds)
    {
        RetryPolicy policy = Create(XdsDialect.Envoy, retries: 3);
        Assert.Equal(retries, Heed(policy, grpc: true, ("grpc-retry-pushback-ms", value)));
        if (retries)
            Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), _state.NextDelay(policy, grpc: true, new GivenRandom(3)));
    }

    [Fact]
    public void APlainCallHasNoPushback() => Assert.True(Heed(Create(XdsDialect.Envoy, retries: 3), grpc: false, ("grpc-retry-pushback-ms", "-1")));

    [Theory]
    [InlineData(XdsDialect.Envoy, "24 49 5 24 49")]
    [InlineData(XdsDialect.Grpc, "25 50 5 25 50")]
    public void AfterAPushbackTheWaitsBeginAnew(XdsDialect dialect, string expected)
    {
        RetryPolicy policy = Create(dialect, retries: 9);
        var waits = new List<double>();
        for (int i = 0; i < 5; i++)
        {
            Heed(policy, grpc: true, i == 2 ? [("grpc-retry-pushback-ms", "5")] : []);
            waits.Add(_state.NextDelay(policy, grpc: true, new GivenRandom(3599)).TotalMilliseconds);
        }

        Assert.Equal(expected, string.Join(' ', waits));
    }

    /// <summary>What a reset header says counts once; a wait of a millisecond and less says nothing.</summary>
    [Fact]
    public void AResetHeaderCountsForOneRetry()
    {
        RetryPolicy policy = Create(XdsDialect.Envoy, retries: 9);
        Heed(policy, grpc: false, ("retry-after", "2"));
        Assert.Equal(2000 + (3599 % 1000), _state.NextDelay(policy, grpc: false, new GivenRandom(3599)).TotalMilliseconds);
        Heed(policy, grpc: false);
        Assert.Equal(24, _state.NextDelay(policy, grpc: false, new GivenRandom(3599)).TotalMilliseconds);
        Heed(policy, grpc: false, ("retry-after", "0"));
        Assert.Equal(49, _state.NextDelay(policy, grpc: false, new GivenRandom(3599)).TotalMilliseconds);
    }

    private RetryStatus Ask(RetryPolicy policy, bool wouldRetry = true, bool grpc = false, long most = 3) =>
        _state.Ask(policy, grpc, wouldRetry, new RetryLimit(_counter, most));

    private bool Heed(RetryPolicy policy, bool grpc, params (string Name, string Value)[] headers)
    {
        using var response = new HttpResponseMessage();
        foreach (var (name, value) in headers)
            response.Headers.TryAddWithoutValidation(name, value);
        return _state.Heed(policy, new ResponseView(response), grpc, _time);
    }

    private static RetryPolicy Create(XdsDialect dialect, uint retries) => new(new RetryPolicyResource
    {
        Dialect = dialect,
        RetryOn = RetryConditions.ServerError,
        NumRetries = retries,
        RateLimited = new RateLimitedBackOffResource([new("retry-after", false)], TimeSpan.FromMinutes(5)),
    });
}
