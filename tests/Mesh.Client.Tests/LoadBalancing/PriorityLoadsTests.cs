using Mesh.LoadBalancing;
using Xunit;

namespace Mesh.Client.Tests.LoadBalancing;

/// <summary>The examples of Envoy's documentation, in whole percent: how priorities share the calls as they get sick. What rounding leaves over goes to the first.</summary>
public sealed class PriorityLoadsTests
{
    [Theory]
    [InlineData("100 100", "100 0")]
    [InlineData("72 72", "100 0")]
    [InlineData("71 71", "99 1")]
    [InlineData("50 50", "70 30")]
    [InlineData("50 100", "70 30")]
    [InlineData("25 25", "50 50")]
    [InlineData("25 100", "35 65")]
    [InlineData("0 100", "0 100")]
    [InlineData("100 100 100", "100 0 0")]
    [InlineData("72 72 100", "100 0 0")]
    [InlineData("71 71 100", "99 1 0")]
    [InlineData("50 50 100", "70 30 0")]
    [InlineData("25 25 100", "35 35 30")]
    [InlineData("25 25 20", "37 35 28")]
    public void HealthyEndpointsTakeMoreThanTheirShare(string healthy, string loads) =>
        Assert.Equal(loads, string.Join(' ', Of(healthy, "", panic: 0).Healthy));

    [Theory]
    [InlineData("100 100", "0 0", "100 0", "0 0")]
    [InlineData("50 0", "50 0", "70 0", "30 0")]
    [InlineData("25 25", "75 75", "35 35", "30 0")]
    [InlineData("0 0", "0 100", "0 0", "0 100")]
    public void DegradedOnesTakeWhatTheHealthyCannot(string healthy, string degraded, string healthyLoads, string degradedLoads)
    {
        PriorityLoads loads = Of(healthy, degraded, panic: 0);
        Assert.Equal((healthyLoads, degradedLoads), (string.Join(' ', loads.Healthy), string.Join(' ', loads.Degraded)));
    }

    [Theory]
    [InlineData("72 72", "False False", "100 0")]
    [InlineData("71 71", "False False", "99 1")]
    [InlineData("50 60", "False False", "70 30")]
    [InlineData("25 100", "False False", "35 65")]
    [InlineData("25 25", "True True", "50 50")]
    [InlineData("5 65", "True False", "8 92")]
    [InlineData("0 0", "True True", "50 50")]
    public void BelowTheThresholdAllAreUsed(string healthy, string panic, string shares)
    {
        PriorityLoads loads = Of(healthy, "", panic: 50);
        Assert.Equal(panic, string.Join(' ', loads.Panic));
        Assert.Equal(shares, string.Join(' ', loads.Healthy));
    }

    [Fact]
    public void EveryLoadIsWhole()
    {
        var random = new Random(3);
        for (int i = 0; i < 5000; i++)
        {
            PriorityHealth[] priorities = [.. Enumerable.Range(0, random.Next(1, 6)).Select(_ =>
            {
                int total = random.Next(0, 30), healthy = random.Next(0, total + 1), degraded = random.Next(0, total - healthy + 1);
                return new PriorityHealth(total, healthy, degraded, (ulong)total, (ulong)healthy, (ulong)degraded);
            })];
            PriorityLoads loads = PriorityLoads.Of(priorities, overprovisioning: i % 5 == 0 ? 1u : 140, byWeight: i % 2 == 0, panicThreshold: i % 4 == 3 ? 0.1 : i % 4 * 50);
            Assert.Equal(100, loads.Healthy.Sum(load => load) + loads.Degraded.Sum(load => load));
        }
    }

    private static PriorityLoads Of(string healthy, string degraded, double panic)
    {
        int[] each = [.. healthy.Split(' ').Select(int.Parse)], sick = degraded.Length == 0 ? new int[each.Length] : [.. degraded.Split(' ').Select(int.Parse)];
        PriorityHealth[] priorities = [.. each.Select((count, i) => new PriorityHealth(100, count, sick[i], 100, (ulong)count, (ulong)sick[i]))];
        return PriorityLoads.Of(priorities, 140, byWeight: false, panic);
    }
}
