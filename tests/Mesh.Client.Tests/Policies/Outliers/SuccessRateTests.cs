using Mesh.Policies.Outliers;
using Mesh.Resources;
using Xunit;

namespace Mesh.Client.Tests.Policies.Outliers;

/// <summary>The detectors that compare an interval's results.</summary>
public sealed class SuccessRateTests
{
    private static readonly OutlierDetectionResource Rates = new() { MaxEjectionPercent = 100, EnforcingConsecutive5xx = 0 };

    [Fact]
    public void WhoIsFarBelowTheOthersIsEjected()
    {
        OutlierUnderTest cluster = Fifty(Rates);
        cluster.Pass(10);
        Assert.Equal([4], cluster.Ejected);
        Assert.Equal(new SuccessRateStatistics(90, 52), cluster.Detector.Statistics(local: false));
        Assert.Equal((50, 100), (cluster.State(4).External.SuccessRate, cluster.State(0).External.SuccessRate));
        Assert.Equal((1, 1, 1), (cluster.Count("ejections_enforced_success_rate"), cluster.Count("ejections_success_rate"), cluster.Count("ejections_total")));
    }

    [Fact]
    public void TheThresholdItselfIsNoOutlier()
    {
        // The mean is 90 and the deviation 20: with a factor of 2 the rate of 50 lies on the threshold.
        OutlierUnderTest cluster = Fifty(Rates with { SuccessRateStdevFactor = 2000 });
        cluster.Pass(10);
        Assert.Empty(cluster.Ejected);
        Assert.Equal(50, cluster.Detector.Statistics(local: false).EjectionThreshold);
    }

    [Fact]
    public void TooFewResultsAreNotCompared()
    {
        OutlierUnderTest cluster = Fifty(Rates with { SuccessRateRequestVolume = 101 });
        cluster.Pass(10);
        Assert.Empty(cluster.Ejected);
        Assert.Equal(SuccessRateStatistics.None, cluster.Detector.Statistics(local: false));
    }

    [Fact]
    public void TooFewEndpointsAreNotCompared()
    {
        OutlierUnderTest cluster = Fifty(Rates with { SuccessRateMinimumHosts = 6 });
        cluster.Pass(10);
        Assert.Empty(cluster.Ejected);
    }

    [Fact]
    public void EachIntervalIsJudgedByItself()
    {
        OutlierUnderTest cluster = Fifty(Rates with { SuccessRateRequestVolume = 150 });
        cluster.Pass(10);
        for (int i = 0; i < 5; i++)
            cluster.Volume(i, bad: i == 4 ? 50 : 0, good: i == 4 ? 50 : 100);
        cluster.Pass(10);
        Assert.Empty(cluster.Ejected);
    }

    [Theory]
    [InlineData(50u, 1)]
    [InlineData(51u, 0)]
    public void AFailurePercentageOfTheThresholdIsEnough(uint threshold, int ejected)
    {
        OutlierUnderTest cluster = Fifty(Rates with { EnforcingSuccessRate = 0, EnforcingFailurePercentage = 100, FailurePercentageThreshold = threshold });
        cluster.Pass(10);
        Assert.Equal(ejected, cluster.Ejected.Count());
        Assert.Equal(ejected, cluster.Count("ejections_enforced_failure_percentage"));
    }

    /// <summary>Both detectors may find the same endpoint in one sweep; it is ejected once.</summary>
    [Fact]
    public void TwoFindingsAreOneEjection()
    {
        OutlierUnderTest cluster = Fifty(Rates with { EnforcingFailurePercentage = 100, FailurePercentageThreshold = 50 });
        cluster.Pass(10);
        Assert.Equal((1, 1, 1, 0), (cluster.Count("ejections_active"), cluster.Count("ejections_detected_failure_percentage"), cluster.Count("ejections_enforced_success_rate"), cluster.Count("ejections_enforced_failure_percentage")));
        cluster.Pass(30);
        Assert.Equal(0, cluster.Count("ejections_active"));
    }

    [Fact]
    public void WithSplitEachOriginIsComparedByItself()
    {
        var cluster = new OutlierUnderTest(5, Rates with { SplitExternalLocalOriginErrors = true, EnforcingConsecutiveLocalOriginFailure = 0 });
        for (int i = 0; i < 5; i++)
        {
            cluster.Answer(i, 200, 100);
            if (i == 2)
                cluster.Tell(i, EndpointResult.ConnectFailed, 100);
        }

        cluster.Pass(10);
        Assert.Equal([2], cluster.Ejected);
        Assert.Equal(1, cluster.Count("ejections_enforced_local_origin_success_rate"));
        Assert.Equal((100, 50), (cluster.State(2).External.SuccessRate, cluster.State(2).Local.SuccessRate));
    }

    [Fact]
    public void AndHasAFailurePercentageOfItsOwn()
    {
        var cluster = new OutlierUnderTest(5, Rates with
        {
            SplitExternalLocalOriginErrors = true,
            EnforcingConsecutiveLocalOriginFailure = 0,
            EnforcingLocalOriginSuccessRate = 0,
            EnforcingFailurePercentageLocalOrigin = 100,
        });
        for (int i = 0; i < 5; i++)
            cluster.Tell(i, i == 1 ? EndpointResult.TimedOut : EndpointResult.ConnectSucceeded, 50);
        cluster.Pass(10);
        Assert.Equal([1], cluster.Ejected);
        Assert.Equal(1, cluster.Count("ejections_enforced_local_origin_failure_percentage"));
    }

    /// <summary>Five endpoints with 100 results each, of which the last has 50 bad ones.</summary>
    private static OutlierUnderTest Fifty(OutlierDetectionResource resource)
    {
        var cluster = new OutlierUnderTest(5, resource);
        for (int i = 0; i < 5; i++)
            cluster.Volume(i, bad: i == 4 ? 50 : 0, good: i == 4 ? 50 : 100);
        return cluster;
    }
}
