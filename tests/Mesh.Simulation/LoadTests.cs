using Xunit;

namespace Mesh.Simulation;

/// <summary>How evenly each policy spreads the calls of many clients, and how far from even it may be.</summary>
public sealed class LoadTests
{
    public static TheoryData<int> AllSeeds => Seeds.All;

    /// <summary>The counts of one client differ by 1 at most; those of many by as much as there are clients.</summary>
    [Theory]
    [MemberData(nameof(AllSeeds))]
    public void RoundRobin(int seed)
    {
        const int Clients = 50, Endpoints = 20;
        var fleet = new Fleet(Clients, ServiceText.Of(Endpoints, "lb_policy: ROUND_ROBIN"), seed);
        AssertEven(fleet.Call(237), Clients);
        foreach (SimulatedClient client in fleet.Clients)
            Assert.InRange(client.Counts.Max() - client.Counts.Min(), 0, 1);
    }

    /// <summary>Balls in bins: the fullest and the emptiest of n counts stay within the bounds of Chernoff.</summary>
    [Theory]
    [MemberData(nameof(AllSeeds))]
    public void AtRandom(int seed)
    {
        const int Clients = 50, Endpoints = 100, Calls = 1000;
        AssertBalls(new Fleet(Clients, ServiceText.Of(Endpoints, "lb_policy: RANDOM"), seed).Call(Calls), Clients * Calls);
    }

    /// <summary>
    /// The power of two choices, heavily loaded: of 100 n balls in n bins the fullest holds ln ln n / ln 2 + O(1) more than the mean, whatever their number (Berenbrink,
    /// Czumaj, Steger, Voecking 2006); 4 stands for the constant. One choice is off by sqrt(2 * 100 * ln n), about 33. Nothing is answered meanwhile.
    /// </summary>
    [Theory]
    [MemberData(nameof(AllSeeds))]
    public void LeastRequest(int seed)
    {
        const int Endpoints = 250, Calls = 100 * Endpoints;
        double bound = 100 + (Math.Log(Math.Log(Endpoints)) / Math.Log(2)) + 4;
        Assert.InRange(MostInFlight("LEAST_REQUEST"), 100, bound);
        Assert.True(MostInFlight("RANDOM") > bound + 10);

        int MostInFlight(string policy)
        {
            var fleet = new Fleet(1, ServiceText.Of(Endpoints, $"lb_policy: {policy}", ServiceText.ManyRetries), seed);
            foreach (Backend backend in fleet.Backends)
                backend.ServiceTime = TimeSpan.FromDays(1);
            fleet.Start(Calls, even: true);
            fleet.Run(TimeSpan.FromSeconds(1));
            Assert.InRange(fleet.Backends.Sum(backend => backend.InFlight), Calls - 1, Calls);
            return fleet.Backends.Max(backend => backend.InFlight);
        }
    }

    /// <summary>
    /// The supermarket model: of queues at seven tenths of their capacity, the share that holds k and more tends to 0.7^(2^k - 1) (Mitzenmacher 1996), where one choice
    /// leaves 0.7^k. The work that comes in 500 s is off its mean by sqrt(2 / 70,000) = 0.5 % of 0.7, times the derivative, 1.47 at most (k = 2): a deviation of 0.0055. Six
    /// of them, and what 200 queues are off an infinite number (1 / 200), are 0.04.
    /// </summary>
    [Theory]
    [MemberData(nameof(AllSeeds))]
    public void LeastRequestBeforeQueues(int seed)
    {
        const int Endpoints = 200;
        var fleet = new Fleet(1, ServiceText.Of(Endpoints, "lb_policy: LEAST_REQUEST", ServiceText.ManyRetries), seed);
        foreach (Backend backend in fleet.Backends)
            (backend.IsQueue, backend.ServiceTime) = (true, TimeSpan.FromSeconds(1));
        fleet.Start(0.7 * Endpoints);
        fleet.Run(TimeSpan.FromSeconds(60));
        var shares = new double[6];
        for (int look = 0; look < 500; look++)
        {
            fleet.Run(TimeSpan.FromSeconds(1));
            for (int k = 1; k < shares.Length; k++)
                shares[k] += fleet.Backends.Count(backend => backend.InFlight >= k) / (500.0 * Endpoints);
        }

        for (int k = 1; k < shares.Length; k++)
            Assert.Equal(Math.Pow(0.7, Math.Pow(2, k) - 1), shares[k], 0.04);
    }

    /// <summary>
    /// Weighted turns (static stride): in whole rounds each endpoint is chosen as often as its weight says, but for the two ends of a row: by 2 at most, and all by 2 n. What
    /// a client counts differs from the share of its calls by 2 + 2 n share; weights are kept as 16 bits of the greatest, which is 2^-16 of a count.
    /// </summary>
    [Theory]
    [MemberData(nameof(AllSeeds))]
    public void WeightedRoundRobin(int seed)
    {
        const int Clients = 20, Calls = 3000;
        int[] weights = [1, 2, 4, 8, 16, 3];
        var fleet = new Fleet(Clients, new ServiceText { Cluster = ["lb_policy: ROUND_ROBIN"] }.With(weights), seed);
        Tally tally = fleet.Call(Calls);
        for (int i = 0; i < weights.Length; i++)
        {
            double share = weights[i] / (double)weights.Sum(), fair = share * Calls * Clients;
            Assert.InRange(tally.Attempts[i] - fair, -Clients * Distance(share), Clients * Distance(share));
        }

        double Distance(double share) => 2 + (2 * weights.Length * share) + (Calls / 65_535.0);
    }

    /// <summary>Localities take their weights' shares, whatever they hold; at each client turns of two weights are off by 2 + 4 share.</summary>
    [Theory]
    [MemberData(nameof(AllSeeds))]
    public void LocalitiesByWeight(int seed)
    {
        const int Clients = 20, Calls = 1000;
        string policy = ServiceText.Policy("wrr_locality.v3.WrrLocality", $"endpoint_picking_policy: {{ policies: [{{ typed_extension_config: {{ name: inner, typed_config: {ServiceText.TypedPolicy("random.v3.Random", "")} }} }}] }}");
        ServiceText text = new ServiceText { Cluster = [policy] }.With([1, 1], "a", localityWeight: 3).With([1, 1, 1, 1, 1, 1], "b", localityWeight: 1);
        Tally tally = new Fleet(Clients, text, seed).Call(Calls);
        long ofFirst = tally.Attempts[0] + tally.Attempts[1];
        Assert.InRange(ofFirst, Clients * ((0.75 * Calls) - 5), Clients * ((0.75 * Calls) + 5));
        AssertBalls(tally.Attempts[..2], ofFirst);
        AssertBalls(tally.Attempts[2..], tally.AllAttempts - ofFirst);
    }

    /// <summary>
    /// An endpoint's share of a ring is that of its points on a circle: with 1024 points each it is within a quarter of fair, with 4 it is not. Every client has the same
    /// ring. When an endpoint goes, its keys move and no others do.
    /// </summary>
    [Theory]
    [MemberData(nameof(AllSeeds))]
    public void RingHash(int seed)
    {
        const int Endpoints = 20, Keys = 20_000;
        double[] fine = Shares(1024), coarse = Shares(4);
        AssertShares(fine, 1024);
        AssertShares(coarse, 4);
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => AssertShares(coarse, 1024));

        double[] Shares(int points)
        {
            string cluster = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"ring_hash_lb_config: {{ minimum_ring_size: {points * Endpoints} }}");
            var fleet = new Fleet(3, ServiceText.Of(Endpoints, "lb_policy: RING_HASH", cluster), seed);
            ulong[] keys = [.. Enumerable.Range(0, Keys).Select(_ => fleet.NextHash())];
            int[] before = [.. keys.Select(fleet.Clients[0].IndexOf)];
            foreach (SimulatedClient client in fleet.Clients)
                Assert.Equal(before, keys.Select(client.IndexOf));
            fleet.Update(ServiceText.Of(Endpoints - 1, "lb_policy: RING_HASH", string.Create(System.Globalization.CultureInfo.InvariantCulture, $"ring_hash_lb_config: {{ minimum_ring_size: {points * (Endpoints - 1)} }}")));
            int[] after = [.. keys.Select(fleet.Clients[1].IndexOf)];
            for (int i = 0; i < Keys; i++)
                Assert.True(before[i] == after[i] || before[i] == Endpoints - 1);
            return [.. Enumerable.Range(0, Endpoints).Select(i => before.Count(each => each == i) / (double)Keys)];
        }

        static void AssertShares(double[] shares, int points)
        {
            var (least, most) = Chance.ArcShares(points, Endpoints);
            foreach (double share in shares)
                Assert.InRange(share * Keys, Chance.Lower(Keys, least / Endpoints, Endpoints), Chance.Upper(Keys, most / Endpoints, Endpoints));
        }
    }

    /// <summary>A Maglev table gives each endpoint as many places as any other, but for one; so calls by hash are balls in bins, however few endpoints there are.</summary>
    [Theory]
    [MemberData(nameof(AllSeeds))]
    public void Maglev(int seed)
    {
        const int Clients = 10, Endpoints = 30, Calls = 5000;
        AssertBalls(new Fleet(Clients, ServiceText.Of(Endpoints, "lb_policy: MAGLEV"), seed).Call(Calls), Clients * Calls);
    }

    /// <summary>
    /// Random subsetting: each client keeps to s of E endpoints, so that an endpoint has a binomial number of clients, C times s / E. With C = 400, s = 10 and E = 50 that
    /// is 80 by mean, and none is left without.
    /// </summary>
    [Theory]
    [MemberData(nameof(AllSeeds))]
    public void RandomSubsetting(int seed)
    {
        const int Clients = 400, Endpoints = 50, Size = 10;
        string policy = ServiceText.Policy("random_subsetting.v3.RandomSubsetting", $"subset_size: {Size}, child_policy: {{ policies: [{{ typed_extension_config: {{ name: inner, typed_config: {ServiceText.TypedPolicy("round_robin.v3.RoundRobin", "")} }} }}] }}");
        var fleet = new Fleet(Clients, ServiceText.Of(Endpoints, policy), seed);
        fleet.Call(2 * Size);
        var users = new int[Endpoints];
        foreach (SimulatedClient client in fleet.Clients)
        {
            long[] counts = [.. client.Counts];
            Assert.Equal(Size, counts.Count(count => count == 2));
            Assert.Equal(2 * Size, counts.Sum());
            for (int i = 0; i < Endpoints; i++)
                users[i] += counts[i] > 0 ? 1 : 0;
        }

        double share = Size / (double)Endpoints;
        Assert.All(users, count => Assert.InRange(count, Chance.Lower(Clients, share, Endpoints), Chance.Upper(Clients, share, Endpoints)));
        Assert.True(Chance.Lower(Clients, share, Endpoints) > 1);
    }

    /// <summary>A simulation must be able to fail: clients that all keep to the first endpoint are outside of every bound.</summary>
    [Fact]
    public void NaiveClientsAreNoticed()
    {
        const int Clients = 50, Endpoints = 20;
        Tally tally = new Fleet(Clients, ServiceText.Of(Endpoints, ServiceText.Policy("pick_first.v3.PickFirst", "shuffle_address_list: false")), seed: 1).Call(100);
        Assert.Equal(tally.AllAttempts, tally.Attempts[0]);
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => AssertEven(tally, Clients));
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => AssertBalls(tally, Clients * 100));
    }

    /// <summary>The same seed is the same run, to the last attempt; another is another.</summary>
    [Fact]
    public void ARunFollowsItsSeed()
    {
        Assert.Equal(Run(7), Run(7));
        Assert.NotEqual(Run(7), Run(8));

        static long[] Run(int seed)
        {
            var fleet = new Fleet(5, ServiceText.Of(10, "lb_policy: LEAST_REQUEST", "outlier_detection: { consecutive_5xx: 2, interval: 1s, base_ejection_time: 1s }") with { Route = ServiceText.Retries(2) }, seed);
            fleet.Backends[0].FailureRate = 0.5;
            fleet.Start(50);
            Tally tally = fleet.Run(TimeSpan.FromSeconds(10));
            return [tally.Calls, tally.Failures, .. tally.Attempts];
        }
    }

    private static void AssertEven(Tally tally, int clients) => Assert.InRange(tally.Attempts.Max() - tally.Attempts.Min(), 0, clients);

    private static void AssertBalls(Tally tally, long balls)
    {
        Assert.Equal((balls, 0), (tally.AllAttempts, tally.Failures));
        AssertBalls(tally.Attempts, balls);
    }

    private static void AssertBalls(long[] bins, long balls)
    {
        double least = Chance.Lower(balls, 1.0 / bins.Length, bins.Length), most = Chance.Upper(balls, 1.0 / bins.Length, bins.Length);
        Assert.All(bins, count => Assert.InRange(count, least, most));
    }
}
