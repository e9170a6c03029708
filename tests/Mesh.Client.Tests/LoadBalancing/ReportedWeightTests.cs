using Mesh.LoadBalancing;
using Mesh.Resources;
using Xunit;

namespace Mesh.Client.Tests.LoadBalancing;

/// <summary>What a load report makes of a weight, and for how long it counts (gRFC A58, A114).</summary>
public sealed class ReportedWeightTests
{
    private static readonly WeightedRoundRobinResource Policy = new() { UtilizationMetrics = ["named_metrics.queue", "mem_utilization"] };

    [Theory]
    [InlineData(100, 0, 0.5, 0, null, 0, 200.0)]
    [InlineData(100, 0, 0.5, 0.25, null, 0, 400.0)]
    [InlineData(100, 0, 0.5, 0, 0.8, 0, 125.0)]
    [InlineData(100, 0, 0.5, 0, 0.4, 1.0, 100.0)]
    [InlineData(100, 0, 0.5, 0, double.NaN, 0, 200.0)]
    [InlineData(100, 0, 0.5, 0, -1.0, 0, 200.0)]
    [InlineData(100, 0, 0.5, 0.25, 0.8, 1.0, 400.0)]
    [InlineData(100, 50, 0.5, 0, null, 0, 100.0)]
    [InlineData(100, -5, 0.5, 0, null, 0, 200.0)]
    [InlineData(0, 0, 0.5, 0, null, 0, null)]
    [InlineData(double.NaN, 0, 0.5, 0, null, 0, null)]
    [InlineData(100, 0, 0, 0, null, 0, null)]
    [InlineData(100, 0, -1, 0, null, 0, null)]
    [InlineData(double.PositiveInfinity, 0, 0.5, 0, null, 0, null)]
    [InlineData(1e308, 0, 1e-308, 0, null, 0, null)]
    public void Weight(double rate, double errors, double cpu, double application, double? queue, double mem, double? expected)
    {
        var report = new OrcaReport
        {
            RequestsPerSecond = rate,
            ErrorsPerSecond = errors,
            CpuUtilization = cpu,
            ApplicationUtilization = application,
            MemUtilization = mem,
            NamedMetrics = queue is { } value ? new Dictionary<string, double> { ["queue"] = value } : [],
        };
        Assert.Equal(expected, ReportedWeight.Of(report, Policy));
    }

    [Fact]
    public void AnErrorIsWorthWhatThePolicySays() => Assert.Equal(
        20, ReportedWeight.Of(new OrcaReport { RequestsPerSecond = 10, ErrorsPerSecond = 5, CpuUtilization = 0.25 }, new WeightedRoundRobinResource { ErrorUtilizationPenalty = 0.5f })!.Value, 6);

    [Fact]
    public void ItCountsAfterTheBlackoutAndUntilItIsOld()
    {
        var weight = new ReportedWeight();
        Assert.Equal(WeightState.NotYetUsable, weight.Read(expiration: 100, blackout: 10, now: 1000).State);
        weight.Update(Report(7), Policy, now: 1000);
        Assert.Equal(new WeightReading(0, WeightState.NotYetUsable), weight.Read(100, 10, now: 1009));
        Assert.Equal(new WeightReading(7, WeightState.Usable), weight.Read(100, 10, now: 1010));
        Assert.Equal(new WeightReading(7, WeightState.Usable), weight.Read(100, 10, now: 1099));
        Assert.Equal(new WeightReading(0, WeightState.Stale), weight.Read(100, 10, now: 1100));

        // Its blackout starts again.
        weight.Update(Report(9), Policy, now: 1200);
        Assert.Equal(WeightState.NotYetUsable, weight.Read(100, 10, now: 1205).State);
        Assert.Equal(new WeightReading(9, WeightState.Usable), weight.Read(100, 10, now: 1210));
    }

    [Fact]
    public void AReportThatSaysNothingKeepsTheLast()
    {
        var weight = new ReportedWeight();
        weight.Update(Report(7), Policy, now: 1000);
        weight.Update(new OrcaReport(), Policy, now: 1050);
        Assert.Equal(WeightState.Stale, weight.Read(100, 0, now: 1100).State);
    }

    private static OrcaReport Report(double weight) => new() { RequestsPerSecond = weight, CpuUtilization = 1 };
}
