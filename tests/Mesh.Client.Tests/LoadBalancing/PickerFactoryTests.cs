using Mesh.LoadBalancing;
using Mesh.Resources;
using Xunit;
using static Mesh.Client.Tests.LoadBalancing.TestEndpoints;

namespace Mesh.Client.Tests.LoadBalancing;

/// <summary>Priorities, panic, localities and drops, as the picker of a whole cluster has them.</summary>
public sealed class PickerFactoryTests
{
    [Theory]
    [InlineData("0:Unhealthy 0:Healthy 0:Draining 0:Unknown 0:Timeout 0:Degraded", "2 4 6")]
    [InlineData("1:Healthy 0:Unhealthy 2:Healthy 1:Unknown", "1 4")]
    [InlineData("2:Healthy 1:Unhealthy 0:Draining", "1")]
    [InlineData("1:Healthy 0:Healthy", "2")]
    [InlineData("0:Healthy 1:Healthy", "1")]
    [InlineData("5:Healthy 5:Healthy", "1 2")]
    [InlineData("0:Healthy 0:Unhealthy 0:Unhealthy", "1 2 3")]
    [InlineData("0:Unhealthy 0:Draining", "1 2")]
    public void WhereCallsGo(string endpoints, string used) => Assert.Equal(used.Split(' '), Pick(Create(Cluster(), Parse(endpoints)), 600).Distinct().Order());

    [Theory]
    [InlineData("0:Unhealthy 0:Healthy 0:Degraded", "2")]
    [InlineData("0:Unhealthy 1:Healthy 1:Draining", "2")]
    [InlineData("0:Healthy 0:Unhealthy 0:Unhealthy 1:Healthy", "1")]
    public void WhereCallsGoByGrpc(string endpoints, string used) =>
        Assert.Equal(used.Split(' '), Pick(Create(Cluster() with { PriorityMode = PriorityMode.FirstUsable }, Parse(endpoints)), 200).Distinct().Order());

    [Fact]
    public void APriorityGivesOverWhatItIsTooSickFor()
    {
        // 1 of 2 is healthy: 50 % x 1.4 stays, the rest goes on.
        Dictionary<string, double> shares = Shares(Create(Cluster(), Parse("0:Healthy 0:Unhealthy 1:Healthy")), 20_000);
        Assert.InRange(shares["1"], 0.68, 0.72);
        Assert.InRange(shares["3"], 0.28, 0.32);
    }

    [Fact]
    public void WithoutPanicNothingIsUsedThatIsNotUsable()
    {
        PickResult none = Create(Cluster(), []).Pick(default);
        Assert.Equal((PickKind.Fail, "cluster 'c' has no endpoints"), (none.Kind, none.Reason));
        ClusterResource calm = Cluster() with { CommonLb = new CommonLbResource { HealthyPanicThreshold = 0 } };
        PickResult sick = Create(calm, Parse("0:Unhealthy 0:Draining")).Pick(default);
        Assert.Equal(PickKind.Fail, sick.Kind);
        Assert.StartsWith("none of the 2 endpoints of cluster 'c' is usable", sick.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void LocalitiesShareByWeightAndEndpointsWithinThem()
    {
        Endpoint[] endpoints = [At(1, locality: "a"), At(2, locality: "a", weight: 3), At(3, locality: "b"), At(4, locality: "none")];
        foreach (LoadBalancingPolicyResource policy in new LoadBalancingPolicyResource[]
        {
            new WrrLocalityResource(RoundRobinResource.Default),
            new RoundRobinResource { Locality = new LocalityLbResource(ZoneAware: null) },
        })
        {
            Dictionary<string, double> shares = Shares(Create(Cluster(policy), endpoints, Localities(("a", 3), ("b", 1), ("none", 0))), 4000);
            Assert.InRange(shares["1"], 0.75 / 4 - 0.01, 0.75 / 4 + 0.01);
            Assert.InRange(shares["2"], 0.75 * 3 / 4 - 0.01, 0.75 * 3 / 4 + 0.01);
            Assert.InRange(shares["3"], 0.24, 0.26);
            Assert.DoesNotContain("4", shares.Keys);
        }
    }

    [Fact]
    public void ALocalityHasAWeightInEachPriority()
    {
        LocalityEndpointsResource Locality(string name, uint priority, uint weight) => new(name, priority, []) { Weight = weight };
        var assignment = new EndpointsResource("c", [Locality("a", 0, 3), Locality("b", 0, 1), Locality("a", 1, 1), Locality("b", 1, 999)]);
        Endpoint[] endpoints = [At(1, locality: "a"), At(2, locality: "b"), At(3, priority: 1, locality: "a"), At(4, priority: 1, locality: "b")];
        foreach (LoadBalancingPolicyResource policy in new LoadBalancingPolicyResource[]
        {
            new RingHashResource { MinimumRingSize = 4000, LocalityWeighted = true },
            new MaglevResource { LocalityWeighted = true },
        })
            Assert.InRange(Shares(Create(Cluster(policy), endpoints, assignment), 20_000)["1"], 0.70, 0.80);
    }

    [Fact]
    public void ALocalityThatIsSickGetsLess()
    {
        // Half of it is healthy: 1.4 x 0.5 of its weight.
        Endpoint[] endpoints = [At(1, locality: "a"), At(2, EndpointHealth.Unhealthy, locality: "a"), At(3, locality: "b"), At(4, locality: "b")];
        Dictionary<string, double> shares = Shares(Create(Cluster(new WrrLocalityResource(RoundRobinResource.Default)), endpoints, Localities(("a", 1), ("b", 1))), 4000);
        Assert.InRange(shares["1"], (0.7 / 1.7) - 0.01, (0.7 / 1.7) + 0.01);
    }

    [Fact]
    public void AShareOfTheCallsIsDroppedAndNoneOfTheRetries()
    {
        var assignment = new EndpointsResource("c", []) { Drops = [new DropOverloadResource("lb", 100_000), new DropOverloadResource("rate", 200_000)] };
        Picker picker = Create(Cluster(), [At(1)], assignment);
        int dropped = Enumerable.Range(0, 20_000).Count(_ => picker.Pick(default).Kind == PickKind.Drop);
        Assert.InRange(dropped / 20_000.0, 0.28 - 0.015, 0.28 + 0.015);
        Assert.Equal(PickKind.Complete, picker.Pick(After(At(1))).Kind);
    }

    private static Endpoint[] Parse(string endpoints) =>
        [.. endpoints.Split(' ').Select((text, i) => At(i + 1, Enum.Parse<EndpointHealth>(text[2..]), (uint)(text[0] - '0')))];
}
