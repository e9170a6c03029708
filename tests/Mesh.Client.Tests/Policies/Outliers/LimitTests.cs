using Mesh.Resources;
using Xunit;

namespace Mesh.Client.Tests.Policies.Outliers;

/// <summary>How many may be ejected at once, and what chance decides.</summary>
public sealed class LimitTests
{
    [Theory]
    [InlineData(10, null, null, 1)]
    [InlineData(9, null, null, 0)]
    [InlineData(1, 100u, null, 1)]
    [InlineData(3, 67u, null, 2)]
    [InlineData(3, 66u, null, 1)]
    [InlineData(3, 0u, null, 0)]
    [InlineData(3, 0u, true, 1)]
    [InlineData(3, 30u, true, 1)]
    [InlineData(1, 10u, true, 1)]
    public void AtMostAPercentageOfAllEndpoints(int hosts, uint? percent, bool? always, int ejected)
    {
        var cluster = new OutlierUnderTest(hosts, new OutlierDetectionResource { MaxEjectionPercent = percent, AlwaysEjectOneHost = always });
        for (int i = 0; i < hosts; i++)
            cluster.Answer(i, 500, 5);
        Assert.Equal(ejected, cluster.Ejected.Count());
        Assert.Equal((ejected, hosts - ejected), (cluster.Count("ejections_active"), cluster.Count("ejections_overflow")));
    }

    [Fact]
    public void WhatIsGoneMakesRoom()
    {
        var cluster = new OutlierUnderTest(4, new OutlierDetectionResource { MaxEjectionPercent = 25 });
        cluster.Answer(0, 500, 5);
        cluster.Answer(1, 500, 5);
        Assert.Equal([0], cluster.Ejected);
        cluster.Hosts.RemoveAt(0);
        cluster.Hosts.Add(new Endpoints.EndpointState("new"));
        cluster.Detector.SetEndpoints(cluster.Hosts);
        Assert.Equal(0, cluster.Count("ejections_active"));
        cluster.Answer(0, 500, 5);
        Assert.Equal([0], cluster.Ejected);
    }

    /// <summary>A call that is still on an endpoint that is gone ejects nobody.</summary>
    [Fact]
    public void WhatIsGoneIsNotEjected()
    {
        var cluster = new OutlierUnderTest(2, new OutlierDetectionResource { MaxEjectionPercent = 100 });
        cluster.Detector.SetEndpoints(cluster.Hosts.Skip(1));
        cluster.Answer(0, 500, 5);
        Assert.Empty(cluster.Ejected);
        Assert.Equal(0, cluster.Count("ejections_detected_consecutive_5xx"));
    }

    [Fact]
    public void ChanceEnforces()
    {
        var cluster = new OutlierUnderTest(1000, new OutlierDetectionResource { MaxEjectionPercent = 100, EnforcingConsecutive5xx = 30 }, new Random(7));
        for (int i = 0; i < 1000; i++)
            cluster.Answer(i, 500, 5);
        Assert.InRange(cluster.Ejected.Count(), 250, 350);
        Assert.Equal(1000, cluster.Count("ejections_detected_consecutive_5xx"));
    }

    [Fact]
    public void NoneAtAllIsNoDivision()
    {
        var cluster = new OutlierUnderTest(0, new OutlierDetectionResource { SuccessRateMinimumHosts = 0, FailurePercentageMinimumHosts = 0, SuccessRateRequestVolume = 0, FailurePercentageRequestVolume = 0 });
        cluster.Pass(1_000_000);
        Assert.Equal((-1, -1), (cluster.Detector.Statistics(local: false).Average, cluster.Detector.Statistics(local: true).Average));
    }
}
