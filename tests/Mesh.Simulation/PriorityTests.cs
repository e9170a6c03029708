using Xunit;

namespace Mesh.Simulation;

/// <summary>Where calls go when a zone fails, and when endpoints are new or few.</summary>
public sealed class PriorityTests
{
    private const int Clients = 20;

    // An ejection lasts longer than the test.
    private const string Outliers = "outlier_detection: { consecutive_5xx: 3, max_ejection_percent: 100, enforcing_success_rate: 0, base_ejection_time: 600s, max_ejection_time: 600s }";

    public static TheoryData<int> AllSeeds => Seeds.All;

    public static TheoryData<string, int> Policies => Seeds.With("ROUND_ROBIN", "LEAST_REQUEST");

    /// <summary>
    /// A zone of 10 goes down. Each client learns it by 3 failures an endpoint, 30 failures, and once all are ejected no call goes to the zone any more: the other zone,
    /// of the next priority, takes all. With one retry, which is granted for the other zone too, fewer callers see it, none of them after that.
    /// </summary>
    [Theory]
    [MemberData(nameof(AllSeeds))]
    public void AZoneOutage(int seed)
    {
        foreach (string route in new[] { "timeout: 0s", ServiceText.Retries(1) })
        {
            var fleet = new Fleet(Clients, TwoZones() with { Route = route }, seed);
            Tally calm = fleet.Call(100);
            Assert.Equal((0, 0), (calm.Failures, calm.Attempts[10..].Sum()));
            foreach (Backend backend in fleet.Backends[..10])
                backend.IsDown = true;
            Tally outage = fleet.Call(400);
            Assert.Equal(Clients * 30, outage.Attempts[..10].Sum());
            Assert.InRange(outage.Failures, 0, Clients * 30);
            Tally after = fleet.Call(400);
            Assert.Equal((0, 0), (after.Failures, after.Attempts[..10].Sum()));
            Assert.Equal(Clients * 400, after.Attempts[10..].Sum());
        }
    }

    /// <summary>Half of a zone goes down. Once it is ejected, the zone keeps 5 / 10 * 1.4 = 70 % of the calls and the next priority takes 30 %; none fails.</summary>
    [Theory]
    [MemberData(nameof(AllSeeds))]
    public void HalfAZone(int seed)
    {
        var fleet = new Fleet(Clients, TwoZones(), seed);
        foreach (Backend backend in fleet.Backends[..5])
            backend.IsDown = true;
        Assert.Equal(Clients * 15, fleet.Call(400).Failures);
        Tally after = fleet.Call(1000);
        Assert.Equal((0, 0), (after.Failures, after.Attempts[..5].Sum()));
        Assert.InRange(after.Attempts[10..].Sum(), Chance.Lower(Clients * 1000, 0.3), Chance.Upper(Clients * 1000, 0.3));
    }

    /// <summary>
    /// Slow start: after t of a window of 60 s a new endpoint weighs t / 60 s, a tenth at least, beside 10 old ones that weigh 1: its share is f / (10 + f). Weights are made
    /// anew each 0.6 s. In a span of time the share is between those of its two ends.
    /// </summary>
    [Theory]
    [MemberData(nameof(Policies))]
    public void ANewEndpointGrows(string policy, int seed)
    {
        string[] fields = [$"lb_policy: {policy}", $"{policy.ToLowerInvariant()}_lb_config: {{ slow_start_config: {{ slow_start_window: 60s }} }}"];
        ServiceText text = ServiceText.Of(11, fields);
        var fleet = new Fleet(Clients, text, seed);
        fleet.Update(ServiceText.Of(10, fields));
        fleet.Run(TimeSpan.FromSeconds(61));
        fleet.Update(text);
        fleet.Start(100);
        AssertShare(0, 5);
        AssertShare(5, 30);
        AssertShare(30, 36);
        AssertShare(36, 61);
        AssertShare(61, 70);

        void AssertShare(double from, double to)
        {
            Tally tally = fleet.Run(TimeSpan.FromSeconds(to - from));
            Assert.InRange(tally.Attempts[10], Chance.Lower(tally.AllAttempts, Share(from - 0.6)), Chance.Upper(tally.AllAttempts, Share(to)));
        }

        static double Share(double seconds) => Math.Clamp(seconds / 60, 0.1, 1) is var factor ? factor / (10 + factor) : 0;
    }

    /// <summary>
    /// A breaker of 10 calls a client: where no backend answers, 10 calls a client are under way and no more, 200 in all, whatever the rate; every other call is refused
    /// at once.
    /// </summary>
    [Theory]
    [MemberData(nameof(AllSeeds))]
    public void ABreaker(int seed)
    {
        var fleet = new Fleet(Clients, ServiceText.Of(10, "lb_policy: ROUND_ROBIN", "circuit_breakers: { thresholds: [{ max_requests: 10 }] }"), seed);
        foreach (Backend backend in fleet.Backends)
            backend.ServiceTime = TimeSpan.FromHours(1);
        fleet.Start(100);
        Tally tally = fleet.Run(TimeSpan.FromSeconds(10));
        Assert.Equal(Clients * 10, fleet.Backends.Sum(backend => backend.InFlight));
        Assert.Equal(Clients * 10, tally.AllAttempts);
        Assert.Equal((tally.Calls, tally.Calls, TimeSpan.Zero), (tally.Failures, tally.Overflows, tally.Longest));
        Assert.InRange(tally.Calls, Chance.Lower(Clients * 1000, 1) - (Clients * 10), Chance.Upper(Clients * 1000, 1));
    }

    private static ServiceText TwoZones() => new ServiceText { Cluster = ["lb_policy: ROUND_ROBIN", Outliers, ServiceText.ManyRetries] }
        .With(Enumerable.Repeat(1, 10), "a").With(Enumerable.Repeat(1, 10), "b", priority: 1);
}
