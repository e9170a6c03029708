using Mesh.Resources;
using Xunit;

namespace Mesh.Client.Tests.Policies.Outliers;

/// <summary>How long ejections last.</summary>
public sealed class EjectionTimeTests
{
    private static readonly OutlierDetectionResource All = new() { MaxEjectionPercent = 100 };

    [Fact]
    public void ItReturnsWithTheSweepAfterItsTime()
    {
        var cluster = new OutlierUnderTest(2, All);
        cluster.Pass(4);
        cluster.Answer(0, 500, 5);
        cluster.Pass(35.9999);
        Assert.Equal([0], cluster.Ejected);
        cluster.Pass(0.0001);
        Assert.Empty(cluster.Ejected);
        Assert.Equal(["0", ""], cluster.Changes);
        Assert.Equal("Information EndpointReturned: Endpoint h0 of cluster 'c' returned from its ejection by outlier detection.", cluster.Lines.Lines.Last());
    }

    [Fact]
    public void EachInARowIsLongerUpToALimit()
    {
        var cluster = new OutlierUnderTest(2, All with { MaxEjectionTime = TimeSpan.FromSeconds(70) });
        Assert.Equal([30, 60, 70, 70, 70], Enumerable.Range(0, 5).Select(_ => SecondsEjected(cluster)));
    }

    [Fact]
    public void WithoutALimitTheDefaultIsFiveMinutes()
    {
        var cluster = new OutlierUnderTest(2, All);
        Assert.Equal([30, 60, 90, 120, 150, 180, 210, 240, 270, 300, 300, 300], Enumerable.Range(0, 12).Select(_ => SecondsEjected(cluster)));
    }

    [Fact]
    public void OrTheBaseTimeWhereThatIsLonger()
    {
        var cluster = new OutlierUnderTest(2, All with { BaseEjectionTime = TimeSpan.FromSeconds(400) });
        Assert.Equal([400, 400], Enumerable.Range(0, 2).Select(_ => SecondsEjected(cluster)));
    }

    [Fact]
    public void EachIntervalWithoutTroubleMakesTheNextShorter()
    {
        var cluster = new OutlierUnderTest(2, All);
        Assert.Equal([30, 60, 90], Enumerable.Range(0, 3).Select(_ => SecondsEjected(cluster)));
        cluster.Pass(20);
        Assert.Equal(60, SecondsEjected(cluster));
        cluster.Pass(10_000);
        Assert.Equal(30, SecondsEjected(cluster));
    }

    [Fact]
    public void JitterIsAddedByChance()
    {
        var cluster = new OutlierUnderTest(1, All with { Interval = TimeSpan.FromMilliseconds(100), MaxEjectionTimeJitter = TimeSpan.FromSeconds(10) });
        double[] seconds = [.. Enumerable.Range(0, 20).Select(_ =>
        {
            cluster.Pass(100_000);
            return SecondsEjected(cluster, step: 0.1);
        })];
        Assert.All(seconds, time => Assert.InRange(time, 30, 40.1));
        Assert.True(seconds.Max() - seconds.Min() > 3);
    }

    [Fact]
    public void AnActiveHealthCheckEndsIt()
    {
        var cluster = new OutlierUnderTest(2, All);
        cluster.Answer(0, 500, 5);
        cluster.Detector.OnHealthCheckPassed(cluster.Hosts[1]);
        Assert.Equal([0], cluster.Ejected);
        cluster.Detector.OnHealthCheckPassed(cluster.Hosts[0]);
        Assert.Empty(cluster.Ejected);
        Assert.Equal(0, cluster.Count("ejections_active"));

        // It is remembered all the same.
        Assert.Equal(60, SecondsEjected(cluster));
    }

    [Fact]
    public void UnlessItIsNotAskedTo()
    {
        var cluster = new OutlierUnderTest(2, All with { SuccessfulActiveHealthCheckUnejectHost = false });
        cluster.Answer(0, 500, 5);
        cluster.Detector.OnHealthCheckPassed(cluster.Hosts[0]);
        Assert.Equal([0], cluster.Ejected);
    }

    private static double SecondsEjected(OutlierUnderTest cluster, double step = 1)
    {
        cluster.Answer(0, 500, 5);
        Assert.Equal([0], cluster.Ejected);
        int steps = 0;
        for (; cluster.Hosts[0].IsEjected; steps++)
            cluster.Pass(step);
        return steps * step;
    }
}
