using Mesh.Policies.Outliers;
using Mesh.Resources;
using Xunit;

namespace Mesh.Client.Tests.Policies.Outliers;

/// <summary>The detectors that count failures in a row, and eject at once.</summary>
public sealed class ConsecutiveTests
{
    private static readonly OutlierDetectionResource All = new() { MaxEjectionPercent = 100 };

    [Fact]
    public void FiveInARowEject()
    {
        var cluster = new OutlierUnderTest(2, All);
        cluster.Answer(0, 500, 4);
        cluster.Answer(0, 404);
        cluster.Answer(0, 500, 4);
        Assert.Empty(cluster.Ejected);
        cluster.Answer(0, 599);
        Assert.Equal([0], cluster.Ejected);
        Assert.Equal(["0"], cluster.Changes);
        Assert.Equal(
            "Warning EndpointEjected: Outlier detection ejected endpoint h0 of cluster 'c' (consecutive_5xx) for at least 30 s; 1 of its 2 endpoints are ejected now.",
            Assert.Single(cluster.Lines.Lines));
    }

    [Fact]
    public void AnEjectedEndpointIsNotEjectedAgain()
    {
        var cluster = new OutlierUnderTest(2, All);
        cluster.Answer(0, 500, 50);
        Assert.Equal((1, 1, 1), (cluster.Count("ejections_active"), cluster.Count("ejections_enforced_total"), cluster.Count("ejections_detected_consecutive_5xx")));
    }

    /// <summary>A row that did not eject ends all the same, so the next detection takes a whole one.</summary>
    [Fact]
    public void WhatIsNotEnforcedIsCountedAndStartsAnew()
    {
        var cluster = new OutlierUnderTest(2, All with { EnforcingConsecutive5xx = 0 });
        cluster.Answer(0, 500, 14);
        Assert.Empty(cluster.Ejected);
        Assert.Equal((2, 0), (cluster.Count("ejections_detected_consecutive_5xx"), cluster.Count("ejections_enforced_total")));
    }

    [Theory]
    [InlineData(502, true)]
    [InlineData(503, true)]
    [InlineData(504, true)]
    [InlineData(500, false)]
    [InlineData(501, false)]
    [InlineData(505, false)]
    public void GatewayFailuresAreThree(int status, bool counts)
    {
        var cluster = new OutlierUnderTest(2, All with { EnforcingConsecutiveGatewayFailure = 100, EnforcingConsecutive5xx = 0 });
        cluster.Answer(0, status, 5);
        Assert.Equal(counts, cluster.Hosts[0].IsEjected);
    }

    [Fact]
    public void AnotherServerErrorEndsARowOfGatewayFailures()
    {
        var cluster = new OutlierUnderTest(2, All with { EnforcingConsecutiveGatewayFailure = 100, EnforcingConsecutive5xx = 0 });
        cluster.Answer(0, 503, 4);
        cluster.Answer(0, 500);
        cluster.Answer(0, 503, 4);
        Assert.Empty(cluster.Ejected);
    }

    [Theory]
    [InlineData(nameof(EndpointResult.ConnectFailed), "ejections_detected_consecutive_gateway_failure", 1)]
    [InlineData(nameof(EndpointResult.TimedOut), "ejections_detected_consecutive_gateway_failure", 1)]
    [InlineData(nameof(EndpointResult.RequestFailed), "ejections_detected_consecutive_gateway_failure", 0)]
    [InlineData(nameof(EndpointResult.RequestFailed), "ejections_detected_consecutive_5xx", 1)]
    [InlineData(nameof(EndpointResult.RequestSucceeded), "ejections_detected_consecutive_5xx", 0)]
    public void WithoutSplitEverythingIsAStatus(string result, string counter, long expected)
    {
        var cluster = new OutlierUnderTest(2, All);
        cluster.Tell(0, Enum.Parse<EndpointResult>(result), 5);
        Assert.Equal(expected, cluster.Count(counter));
    }

    [Fact]
    public void WithSplitLocalFailuresHaveTheirOwnRow()
    {
        var cluster = new OutlierUnderTest(3, All with { SplitExternalLocalOriginErrors = true });
        cluster.Tell(0, EndpointResult.ConnectFailed, 4);
        cluster.Answer(0, 500);
        cluster.Tell(0, EndpointResult.TimedOut, 4);
        Assert.Empty(cluster.Ejected);
        cluster.Tell(0, EndpointResult.ConnectFailed);
        Assert.Equal([0], cluster.Ejected);
        Assert.Equal((1, 0), (cluster.Count("ejections_enforced_consecutive_local_origin_failure"), cluster.Count("ejections_detected_consecutive_5xx")));

        // What is local does not end a row of answers.
        cluster.Answer(1, 500, 4);
        cluster.Tell(1, EndpointResult.ConnectSucceeded);
        cluster.Tell(1, EndpointResult.ConnectFailed);
        cluster.Answer(1, 500);
        Assert.Equal([0, 1], cluster.Ejected);
    }

    [Fact]
    public void ANewStartAfterAReturn()
    {
        var cluster = new OutlierUnderTest(2, All);
        cluster.Answer(0, 503, 5);
        cluster.Answer(0, 503, 4);
        cluster.Pass(30);
        Assert.Empty(cluster.Ejected);
        cluster.Answer(0, 503, 4);
        Assert.Empty(cluster.Ejected);
        cluster.Answer(0, 503);
        Assert.Equal([0], cluster.Ejected);
    }
}
