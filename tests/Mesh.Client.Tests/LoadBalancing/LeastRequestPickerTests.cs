using Mesh.LoadBalancing;
using Mesh.Resources;
using Xunit;
using static Mesh.Client.Tests.LoadBalancing.TestEndpoints;

namespace Mesh.Client.Tests.LoadBalancing;

/// <summary>Fewer calls in flight, more picks.</summary>
public sealed class LeastRequestPickerTests
{
    [Fact]
    public void OfTwoTheOneWithFewerCallsIsPicked()
    {
        Endpoint[] endpoints = [At(1), At(2), At(3), At(4)];
        for (int i = 0; i < 4; i++)
        {
            for (int calls = 0; calls < i; calls++)
                endpoints[i].State.OnCallStarted();
        }

        // With replacement: the busiest is picked where both choices fall on it, the next busiest where neither falls on a better one.
        Dictionary<string, double> shares = Shares(Create(Cluster(new LeastRequestResource()), endpoints), 40_000);
        Assert.InRange(shares["1"], (7.0 / 16) - 0.02, (7.0 / 16) + 0.02);
        Assert.InRange(shares["2"], (5.0 / 16) - 0.02, (5.0 / 16) + 0.02);
        Assert.InRange(shares["3"], (3.0 / 16) - 0.02, (3.0 / 16) + 0.02);
        Assert.InRange(shares["4"], (1.0 / 16) - 0.02, (1.0 / 16) + 0.02);
    }

    [Fact]
    public void MoreChoicesFindTheLeastMoreOften()
    {
        Endpoint[] endpoints = [At(1), At(2), At(3), At(4)];
        foreach (Endpoint busy in endpoints[1..])
            busy.State.OnCallStarted();
        double share = Shares(Create(Cluster(new LeastRequestResource { ChoiceCount = 5 }), endpoints), 20_000)["1"];
        Assert.InRange(share, 1 - Math.Pow(0.75, 5) - 0.02, 1 - Math.Pow(0.75, 5) + 0.02);
        Assert.Equal(1, Shares(Create(Cluster(new LeastRequestResource { FullScan = true }), endpoints), 1000)["1"]);
    }

    [Fact]
    public void WhereNoneIsBusyWeightsAreShares()
    {
        Endpoint[] endpoints = [At(1, weight: 1), At(2, weight: 3)];
        foreach (double bias in new[] { 0.0, 1, 2.5 })
            Assert.InRange(Shares(Create(Cluster(new LeastRequestResource { ActiveRequestBias = bias }), endpoints), 20_000)["2"], 0.73, 0.77);
    }

    [Fact]
    public void ABiasSaysHowMuchCallsInFlightCount()
    {
        Endpoint[] endpoints = [At(1, weight: 1), At(2, weight: 3)];
        for (int i = 0; i < 9; i++)
            endpoints[1].State.OnCallStarted();
        double[] shares = [.. new[] { 0.0, 0.5, 1, 2 }.Select(bias => Shares(Create(Cluster(new LeastRequestResource { ActiveRequestBias = bias }), endpoints), 20_000)["2"])];
        Assert.InRange(shares[0], 0.73, 0.77);
        Assert.Equal(shares.OrderDescending(), shares);
        Assert.True(shares[3] < shares[0] - 0.1);
    }
}
