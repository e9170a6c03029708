using Xunit;

namespace Mesh.Simulation;

/// <summary>What retries save callers, and what they cost the backends.</summary>
public sealed class RetryTests
{
    public static TheoryData<int> AllSeeds => Seeds.All;

    public static TheoryData<string, int> Policies => Seeds.With("ROUND_ROBIN", "RANDOM", "LEAST_REQUEST");

    /// <summary>Where each attempt fails with p, a call with k retries fails with p^(k + 1).</summary>
    [Theory]
    [MemberData(nameof(AllSeeds))]
    public void OfBackendsThatFailNowAndThen(int seed)
    {
        const int Clients = 20, Calls = 1000;
        for (int retries = 0; retries <= 3; retries++)
        {
            var fleet = new Fleet(Clients, ServiceText.Of(10, "lb_policy: ROUND_ROBIN", ServiceText.ManyRetries) with { Route = ServiceText.Retries(retries) }, seed);
            foreach (Backend backend in fleet.Backends)
                backend.FailureRate = 0.3;
            AssertFailures(fleet.Call(Calls), Clients * Calls, Math.Pow(0.3, retries + 1));
        }
    }

    /// <summary>
    /// Where d of E backends are down, a retry goes to one that the call has not tried. A call with k retries fails where all k + 1 are among the d:
    /// d (d - 1) .. (d - k) / E (E - 1) .. (E - k), and not (d / E)^(k + 1). (By hash it is not chance that chooses the next endpoint of a key.)
    /// </summary>
    [Theory]
    [MemberData(nameof(Policies))]
    public void OfBackendsThatAreDown(string policy, int seed)
    {
        const int Clients = 20, Calls = 1000, Endpoints = 10, Down = 4;
        double all = 1;
        for (int retries = 0; retries <= Down; retries++)
        {
            var fleet = new Fleet(Clients, ServiceText.Of(Endpoints, $"lb_policy: {policy}", ServiceText.ManyRetries) with { Route = ServiceText.Retries(retries) }, seed);
            foreach (Backend backend in fleet.Backends[..Down])
                backend.IsDown = true;
            AssertFailures(fleet.Call(Calls), Clients * Calls, all *= (Down - retries) / (double)(Endpoints - retries));
        }
    }

    /// <summary>
    /// A retry budget of b: where it grants a retry, retries are at most b of the calls in flight, so at most b / (1 - b) of those that are at their first attempt. These
    /// are rate times time of service, and a retry lasts at least as long as it is served: there are at most b / (1 - b) retries a call, 1 / (1 - b) attempts. Without
    /// a budget an outage makes k + 1 attempts of every call.
    /// </summary>
    [Theory]
    [MemberData(nameof(AllSeeds))]
    public void ABudgetBoundsTheAttempts(int seed)
    {
        const double Budget = 0.2, Rate = 10_000, InFlight = Rate * 0.01;
        const int Retries = 4;
        double bound = 1 + (Budget / (1 - Budget) * (InFlight + 1) / InFlight);
        Assert.InRange(Attempts("retry_budget: { budget_percent: { value: 20 }, min_retry_concurrency: 0 }"), 1.1, bound);
        Assert.Equal(Retries + 1, Attempts("max_retries: 1000000"));

        double Attempts(string limit)
        {
            var fleet = new Fleet(1, ServiceText.Of(10, "lb_policy: ROUND_ROBIN", $"circuit_breakers: {{ thresholds: [{{ max_requests: 1000000, {limit} }}] }}") with { Route = ServiceText.Retries(Retries) }, seed);
            foreach (Backend backend in fleet.Backends)
                backend.FailureRate = 1;
            fleet.Start(Rate, even: true);
            Tally first = fleet.Run(TimeSpan.FromSeconds(3)), rest = fleet.Finish();
            return (first.AllAttempts + rest.AllAttempts) / (double)(first.Calls + rest.Calls);
        }
    }

    /// <summary>
    /// A backend that does not answer costs a call that meets it one limit of an attempt (0.1 s) and no failure: the retry goes elsewhere. The call takes no longer than
    /// that limit, the wait (1 ms) and the time of service (10 ms).
    /// </summary>
    [Theory]
    [MemberData(nameof(AllSeeds))]
    public void OfABackendThatHangs(int seed)
    {
        var fleet = new Fleet(10, ServiceText.Of(10, "lb_policy: ROUND_ROBIN", ServiceText.ManyRetries) with { Route = ServiceText.Retries(1, ", per_try_timeout: 0.1s") }, seed);
        fleet.Backends[3].ServiceTime = TimeSpan.FromHours(1);
        Tally tally = fleet.Call(100);
        Assert.Equal((1000, 0), (tally.Calls, tally.Failures));
        Assert.InRange(tally.Attempts[3], 90, 110);
        Assert.InRange(tally.Longest, TimeSpan.FromMilliseconds(110), TimeSpan.FromMilliseconds(111));
    }

    private static void AssertFailures(Tally tally, long calls, double probability)
    {
        Assert.Equal(calls, tally.Calls);
        Assert.InRange(tally.Failures, Chance.Lower(calls, probability), Chance.Upper(calls, probability));
    }
}
