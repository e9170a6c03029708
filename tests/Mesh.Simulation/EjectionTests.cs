using Xunit;

namespace Mesh.Simulation;

/// <summary>How long callers suffer from a backend that fails: until outlier detection knows it.</summary>
public sealed class EjectionTests
{
    private const int Clients = 20, Endpoints = 10;

    public static TheoryData<int> AllSeeds => Seeds.All;

    /// <summary>
    /// A backend that always fails costs each client as many failures as the row is long (5), and none until it returns (30 s). In round robin over 10 endpoints with calls
    /// in turn of 0.1 s the row is full within 50 calls, 5 s. An ejection lasts 30 s at least, so that there are at most 1 + T / 30 s of them in a time T.
    /// </summary>
    [Theory]
    [MemberData(nameof(AllSeeds))]
    public void ARowOfFailures(int seed)
    {
        Fleet fleet = Failing("outlier_detection: { consecutive_5xx: 5, base_ejection_time: 30s, interval: 10s, enforcing_success_rate: 0 }", seed);
        Assert.Equal(Clients * 5, fleet.Call(50).Failures);
        Assert.Equal(0, fleet.Call(200).Failures);
        Tally later = fleet.Call(2000);
        Assert.InRange(later.Failures, Clients * 5, Bound(200 + 25));
        AssertNaiveClientIsOutside(seed);
    }

    /// <summary>A simulation must be able to fail: without detection one call in ten fails, and that is outside of the bound.</summary>
    private static void AssertNaiveClientIsOutside(int seed)
    {
        Tally naive = Failing("connect_timeout: 1s", seed).Call(2000);
        Assert.Equal(Clients * 200, naive.Failures);
        Assert.True(naive.Failures > Bound(200 + 25));
    }

    private static double Bound(int seconds) => Clients * 5 * (1 + (seconds / 30));

    /// <summary>
    /// Success rates: nine backends at 98 % and one at 50 % have a mean of 93.2 % and a deviation of 14.4 %, so that the one is below 93.2 - 1.9 * 14.4 = 65.8 % and the
    /// others are not. It is ejected with the first sweep (10 s); from then until it returns (30 s) 2 % of the calls fail, and 6.8 % before.
    /// </summary>
    [Theory]
    [MemberData(nameof(AllSeeds))]
    public void ARateThatIsLow(int seed)
    {
        var fleet = new Fleet(2, Text("outlier_detection: { enforcing_consecutive_5xx: 0, success_rate_minimum_hosts: 5, max_ejection_percent: 20 }"), seed);
        foreach (Backend backend in fleet.Backends)
            backend.FailureRate = 0.02;
        fleet.Backends[7].FailureRate = 0.5;
        fleet.Start(1000);
        AssertRate(fleet.Run(TimeSpan.FromSeconds(9.9)), 0.068);

        // What is under way at the sweep.
        fleet.Run(TimeSpan.FromSeconds(0.2));
        Tally ejected = fleet.Run(TimeSpan.FromSeconds(25));
        AssertRate(ejected, 0.02);
        Assert.Equal(0, ejected.Attempts[7]);
    }

    /// <summary>Of 4 backends that fail out of 10 no more than max_ejection_percent are ejected: 2, and 2 of the 8 that are left fail a quarter of the calls.</summary>
    [Theory]
    [MemberData(nameof(AllSeeds))]
    public void NoMoreThanMayBe(int seed)
    {
        Fleet fleet = Failing("outlier_detection: { consecutive_5xx: 3, max_ejection_percent: 20, enforcing_success_rate: 0, base_ejection_time: 600s, max_ejection_time: 600s }", seed, failing: 4);
        fleet.Call(100);

        // Which two are ejected is each client's own experience.
        Assert.All(fleet.Clients, client => Assert.Equal(2, client.Cluster.Endpoints.Count(endpoint => endpoint.State.IsEjected)));
        Assert.InRange(fleet.Call(800).Failures, (Clients * 200) - (2 * Clients), (Clients * 200) + (2 * Clients));
    }

    /// <summary>
    /// Panic: with 6 of 10 ejected less than half is usable, and all are used: 6 calls in 10 fail. With a threshold of 20 %, or of 0, the 4 that are left take all calls,
    /// and none fails.
    /// </summary>
    [Theory]
    [MemberData(nameof(AllSeeds))]
    public void Panic(int seed)
    {
        Assert.InRange(Failures("common_lb_config: { healthy_panic_threshold: { value: 50 } }"), (Clients * 600) - (6 * Clients), (Clients * 600) + (6 * Clients));
        Assert.Equal(0, Failures("common_lb_config: { healthy_panic_threshold: { value: 20 } }"));
        Assert.Equal(0, Failures("common_lb_config: { healthy_panic_threshold: { value: 0 } }"));

        long Failures(string panic)
        {
            var fleet = new Fleet(Clients, Text("outlier_detection: { consecutive_5xx: 3, max_ejection_percent: 100, enforcing_success_rate: 0, base_ejection_time: 600s, max_ejection_time: 600s }", panic), seed);
            foreach (Backend backend in fleet.Backends[..6])
                backend.FailureRate = 1;
            fleet.Call(100);
            return fleet.Call(1000).Failures;
        }
    }

    private static ServiceText Text(params string[] fields) => ServiceText.Of(Endpoints, ["lb_policy: ROUND_ROBIN", .. fields]);

    private static Fleet Failing(string field, int seed, int failing = 1)
    {
        var fleet = new Fleet(Clients, Text(field), seed);
        foreach (Backend backend in fleet.Backends)
            backend.ServiceTime = TimeSpan.FromSeconds(0.1);
        foreach (Backend backend in fleet.Backends[..failing])
            backend.FailureRate = 1;
        return fleet;
    }

    private static void AssertRate(Tally tally, double rate) =>
        Assert.InRange(tally.Failures, Chance.Lower(tally.Calls, rate), Chance.Upper(tally.Calls, rate));
}
