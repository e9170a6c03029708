using System.Globalization;
using Xunit;
using Xunit.Abstractions;

namespace Mesh.Simulation;

/// <summary>As many clients as endpoints, each with all it has in production; <c>MESH_SIMULATION_SIZE</c> sets how many of both, 50 unless it is set.</summary>
public sealed class ScaleTests(ITestOutputHelper output)
{
    public static TheoryData<int> AllSeeds => Seeds.All;

    private static int Size => Environment.GetEnvironmentVariable("MESH_SIMULATION_SIZE") is { Length: > 0 } size ? int.Parse(size, CultureInfo.InvariantCulture) : 50;

    /// <summary>
    /// A tenth of n endpoints goes down. Each client learns it by 2 attempts an endpoint, and those that were under way then. Until an endpoint is ejected a call with 2
    /// retries fails where it meets three that are down, at most d (d - 1) (d - 2) / n (n - 1) (n - 2), and least request spreads calls over the others no worse than chance
    /// does (Azar, Broder, Karlin, Upfal 1999): balls in bins.
    /// </summary>
    [Theory]
    [MemberData(nameof(AllSeeds))]
    public void ManyClientsOfManyEndpoints(int seed)
    {
        const double Rate = 50;
        int size = Size, down = size / 10;
        long start = TimeProvider.System.GetTimestamp();
        const string Detection = "outlier_detection: { consecutive_5xx: 2, max_ejection_percent: 20, enforcing_success_rate: 0, base_ejection_time: 600s, max_ejection_time: 600s }";
        ServiceText service = ServiceText.Of(size, "lb_policy: LEAST_REQUEST", ServiceText.ManyRetries, Detection);
        var fleet = new Fleet(size, service with { Route = ServiceText.Retries(2) }, seed);
        fleet.Start(Rate);
        Tally calm = fleet.Run(TimeSpan.FromSeconds(10));
        Assert.Equal(0, calm.Failures);
        AssertEven(calm, calm.Attempts);
        foreach (Backend backend in fleet.Backends[..down])
            backend.IsDown = true;
        Tally outage = fleet.Run(TimeSpan.FromSeconds(50)), rest = fleet.Finish();
        AssertEven(outage, outage.Attempts[down..]);

        // A client's calls under way at one endpoint, when it is ejected, are one or two by its rate; one more of each endpoint is generous.
        long lost = outage.Attempts[..down].Sum() + rest.Attempts[..down].Sum();
        Assert.InRange(lost, 1, 3L * size * down);
        double worst = down / (double)size * (down - 1) / (size - 1) * (down - 2) / (size - 2);
        Assert.InRange(outage.Failures, 0, Chance.Upper(outage.Calls, worst));

        double seconds = TimeProvider.System.GetElapsedTime(start).TotalSeconds;
        long calls = calm.Calls + outage.Calls + rest.Calls;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"simulation: {size} x {size}, {calls} calls, {seconds:0.0} s ({calls / seconds:0} calls a second)"));
    }

    private static void AssertEven(Tally tally, long[] usable)
    {
        double most = Chance.Upper(tally.AllAttempts, 1.0 / usable.Length, usable.Length);
        Assert.All(usable, count => Assert.InRange(count, 1, most));
    }
}
