using Mesh.Policies.Outliers;
using Mesh.Resources;
using Xunit;

namespace Mesh.Client.Tests.Policies.Outliers;

/// <summary>Outlier detection as gRFC A50 has it.</summary>
public sealed class GrpcOutlierTests
{
    private static readonly OutlierDetectionResource Grpc = new() { Dialect = XdsDialect.Grpc };

    [Fact]
    public void FailuresInARowEjectNobody()
    {
        var cluster = new OutlierUnderTest(2, Grpc with { Consecutive5xx = 1, MaxEjectionPercent = 100 });
        cluster.Answer(0, 503, 100);
        cluster.Tell(0, EndpointResult.ConnectFailed, 100);
        Assert.Empty(cluster.Ejected);
    }

    [Fact]
    public void TheLimitIsLookedAtBeforeAnEjection()
    {
        // 10 percent of five are none, and one is ejected all the same; with it the limit is reached.
        OutlierUnderTest cluster = Bad(Grpc with { EnforcingSuccessRate = 0, EnforcingFailurePercentage = 100, FailurePercentageThreshold = 40 }, bad: 2);
        cluster.Pass(10);
        Assert.Equal([3], cluster.Ejected);
    }

    [Fact]
    public void NoneWhereNoneAreAllowed()
    {
        OutlierUnderTest cluster = Bad(Grpc with { MaxEjectionPercent = 0, EnforcingFailurePercentage = 100, FailurePercentageThreshold = 0 }, bad: 1);
        cluster.Pass(10);
        Assert.Empty(cluster.Ejected);
    }

    [Theory]
    [InlineData(50u, 0)]
    [InlineData(49u, 1)]
    public void MoreThanTheThreshold(uint threshold, int ejected)
    {
        OutlierUnderTest cluster = Bad(Grpc with { EnforcingSuccessRate = 0, EnforcingFailurePercentage = 100, FailurePercentageThreshold = threshold }, bad: 1);
        cluster.Pass(10);
        Assert.Equal(ejected, cluster.Ejected.Count());
    }

    [Fact]
    public void TheSuccessRateIsOnByDefaultAndTheFailurePercentageIsNot()
    {
        OutlierUnderTest cluster = Bad(Grpc with { FailurePercentageThreshold = 0 }, bad: 1);
        cluster.Pass(10);
        Assert.Equal([4], cluster.Ejected);
        Assert.Equal((1, 0), (cluster.Count("ejections_enforced_success_rate"), cluster.Count("ejections_detected_failure_percentage")));
        Assert.Equal(0.9, cluster.Detector.Statistics(local: false).Average, 9);
    }

    [Fact]
    public void EveryStatusButOkIsAFailure()
    {
        var cluster = new OutlierUnderTest(5, Grpc);
        for (int i = 0; i < 500; i++)
            cluster.Detector.OnResponse(cluster.Hosts[i % 5], 200, grpcStatus: i % 5 == 3 ? 5 : 0);
        cluster.Pass(10);
        Assert.Equal([3], cluster.Ejected);
    }

    /// <summary>An ejection must be over, not just end, so one that is a multiple of the interval lasts to the sweep after.</summary>
    [Fact]
    public void TheReturnAndTheMultiplier()
    {
        OutlierUnderTest cluster = Bad(Grpc, bad: 1);
        cluster.Pass(10);
        cluster.Pass(30);
        Assert.Equal([4], cluster.Ejected);
        cluster.Pass(10);
        Assert.Empty(cluster.Ejected);
        Assert.Equal(1, cluster.State(4).Multiplier);
        cluster.Pass(10);
        Assert.Equal(0, cluster.State(4).Multiplier);
    }

    [Fact]
    public void WithoutBothAlgorithmsEveryoneReturns()
    {
        OutlierUnderTest cluster = Bad(Grpc, bad: 1);
        cluster.Pass(10);
        cluster.Detector.Configure(OutlierSettings.Of(Grpc with { EnforcingSuccessRate = 0 }));
        Assert.Empty(cluster.Ejected);
        Assert.Equal((0L, 0L), (cluster.State(4).Multiplier, cluster.Count("ejections_active")));

        // What came meanwhile does not count, and the interval starts with the configuration that asks for it.
        for (int i = 0; i < 5; i++)
            cluster.Answer(i, i == 4 ? 500 : 200, 100);
        cluster.Pass(7);
        cluster.Detector.Configure(OutlierSettings.Of(Grpc));
        cluster.Pass(10);
        Assert.Empty(cluster.Ejected);
        for (int i = 0; i < 5; i++)
            cluster.Answer(i, i == 4 ? 500 : 200, 100);
        cluster.Pass(9.9);
        Assert.Empty(cluster.Ejected);
        cluster.Pass(0.1);
        Assert.Equal([4], cluster.Ejected);
    }

    [Fact]
    public void TimesOfNothingAreNoEndlessLoop()
    {
        OutlierUnderTest cluster = Bad(Grpc with { Interval = TimeSpan.Zero, BaseEjectionTime = TimeSpan.Zero, MaxEjectionTime = TimeSpan.Zero }, bad: 1);
        cluster.Pass(0.001);
        cluster.Pass(3600 * 24 * 365);
        Assert.Empty(cluster.Ejected);
    }

    /// <summary>Five endpoints with 100 results each, the last ones with every other one bad.</summary>
    private static OutlierUnderTest Bad(OutlierDetectionResource resource, int bad)
    {
        var cluster = new OutlierUnderTest(5, resource);
        for (int i = 0; i < 5; i++)
        {
            for (int n = 0; n < 100; n++)
                cluster.Detector.OnResponse(cluster.Hosts[i], 200, grpcStatus: i >= 5 - bad && n % 2 == 0 ? 14 : 0);
        }

        return cluster;
    }
}
