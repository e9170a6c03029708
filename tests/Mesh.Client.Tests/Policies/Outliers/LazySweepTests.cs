using Mesh.Endpoints;
using Mesh.Policies.Outliers;
using Mesh.Resources;
using Xunit;

namespace Mesh.Client.Tests.Policies.Outliers;

/// <summary>Sweeps without a timer: what was due is made up for before anything else happens.</summary>
public sealed class LazySweepTests
{
    private static readonly OutlierDetectionResource All = new() { MaxEjectionPercent = 100 };

    [Fact]
    public void NoTimerIsEverSet()
    {
        var cluster = new OutlierUnderTest(2, All);
        cluster.Answer(0, 500, 5);
        cluster.Pass(1000);
        Assert.Equal(0, cluster.Time.ArmedTimers);
    }

    [Fact]
    public void TheFirstCallAfterALongSleepFindsTheEndpointBack()
    {
        var cluster = new OutlierUnderTest(2, All);
        cluster.Answer(0, 500, 5);
        cluster.Time.Advance(TimeSpan.FromDays(1000));
        Assert.Equal([0], cluster.Ejected);
        cluster.Detector.Tick();
        Assert.Empty(cluster.Ejected);
    }

    /// <summary>The results of the interval before the sleep are judged as of its end: the ejection is over when the sleeper wakes.</summary>
    [Fact]
    public void EachSweepRunsAsOfItsDueTime()
    {
        var cluster = new OutlierUnderTest(5, All with { EnforcingConsecutive5xx = 0 });
        for (int i = 0; i < 5; i++)
            cluster.Answer(i, i == 4 ? 500 : 200, 100);
        cluster.Pass(39);
        Assert.Equal([4], cluster.Ejected);
        cluster.Pass(1);
        Assert.Empty(cluster.Ejected);
        Assert.Equal(1, cluster.State(4).Multiplier);
        cluster.Pass(10);
        Assert.Equal(0, cluster.State(4).Multiplier);
    }

    /// <summary>Sweeps keep to their grid, however late they are run.</summary>
    [Fact]
    public void TheNextOneIsDueAsIfNoneHadBeenLate()
    {
        var cluster = new OutlierUnderTest(2, All);
        cluster.Pass(1237);
        cluster.Answer(0, 500, 5);
        cluster.Pass(30);
        Assert.Equal([0], cluster.Ejected);
        cluster.Pass(3);
        Assert.Empty(cluster.Ejected);
    }

    [Fact]
    public void MillionsOfThemCostNothing()
    {
        var cluster = new OutlierUnderTest(50, All with { Interval = TimeSpan.FromMilliseconds(1), MaxEjectionTime = TimeSpan.FromDays(1), BaseEjectionTime = TimeSpan.FromHours(1) });
        cluster.Answer(0, 500, 5);
        cluster.Pass(3599.999);
        Assert.Equal([0], cluster.Ejected);
        cluster.Pass(0.001);
        Assert.Empty(cluster.Ejected);
        cluster.Pass(3600 * 24 * 3000.0);
        Assert.Equal(0, cluster.State(0).Multiplier);
    }

    [Fact]
    public void TheLongestTimesDoNotOverflow()
    {
        var cluster = new OutlierUnderTest(2, All with { Interval = TimeSpan.MaxValue, MaxEjectionTime = TimeSpan.MaxValue, BaseEjectionTime = TimeSpan.MaxValue, MaxEjectionTimeJitter = TimeSpan.MaxValue });
        cluster.Answer(0, 500, 5);
        cluster.Pass(3600 * 24 * 3000.0);
        Assert.Equal([0], cluster.Ejected);
    }

    [Fact]
    public void AnotherIntervalCountsFromTheLastSweep()
    {
        var cluster = new OutlierUnderTest(2, All with { BaseEjectionTime = TimeSpan.FromSeconds(1) });
        cluster.Pass(12);
        cluster.Answer(0, 500, 5);
        cluster.Detector.Configure(OutlierSettings.Of(All with { BaseEjectionTime = TimeSpan.FromSeconds(1), Interval = TimeSpan.FromSeconds(5) }));
        cluster.Pass(2.9);
        Assert.Equal([0], cluster.Ejected);
        cluster.Pass(0.1);
        Assert.Empty(cluster.Ejected);
    }

    /// <summary>Whoever balances is told within the sweep, once for all that changed.</summary>
    [Fact]
    public void ASweepTellsOnce()
    {
        var cluster = new OutlierUnderTest(3, All);
        cluster.Answer(0, 500, 5);
        cluster.Answer(1, 500, 5);
        cluster.Pass(30);
        Assert.Equal(["0", "0 1", ""], cluster.Changes);
    }

    [Fact]
    public void AnEndpointWithoutDetectionIsNoTrouble()
    {
        var cluster = new OutlierUnderTest(1, All);
        var stranger = new EndpointState("x");
        cluster.Detector.OnResponse(stranger, 500, null);
        cluster.Detector.OnResult(stranger, EndpointResult.ConnectFailed);
        cluster.Detector.OnHealthCheckPassed(stranger);
        Assert.False(stranger.IsEjected);
    }
}
