using Mesh.LoadBalancing;
using Mesh.Resources;
using Xunit;
using static Mesh.Client.Tests.LoadBalancing.TestEndpoints;
using static Mesh.Client.Tests.LoadBalancing.TestZones;

namespace Mesh.Client.Tests.LoadBalancing;

/// <summary>Zone-aware routing as the picker of a whole cluster has it (<c>zone_aware_lb_config</c>).</summary>
public sealed class ZonePickerTests
{
    private static readonly ZoneAwareResource Small = new() { MinClusterSize = 1 };

    public static TheoryData<object> Policies => [Asking(Small), new LeastRequestResource { Locality = new LocalityLbResource(Small) }, new RandomResource(new LocalityLbResource(Small))];

    [Theory]
    [MemberData(nameof(Policies))]
    public void CallsGoByEnvoysShares(object policy) => AssertShares("a 0.625 b 0.25 c 0.125", "a2 b4 c2", "a4 b4 c2", (LoadBalancingPolicyResource)policy);

    [Fact]
    public void NobodyHasToAskForIt()
    {
        AssertShares("a 1", "a3 b3", "a1 b1", RoundRobinResource.Default);

        // Five endpoints are too few, unless it is said that they are not.
        AssertShares("a 0.6 b 0.4", "a3 b2", "a1 b1", RoundRobinResource.Default);
        AssertShares("a 1", "a3 b2", "a1 b1", Asking(new ZoneAwareResource { MinClusterSize = 5 }));
    }

    [Theory]
    [InlineData(0, "a 0.5 b 0.5")]
    [InlineData(40, "a 0.7 b 0.3")]

    // Whole percents count.
    [InlineData(0.9, "a 0.5 b 0.5")]
    public void ItCountsForAPartOfTheCalls(double percent, string shares) => AssertShares(shares, "a3 b3", "a1 b1", Asking(new ZoneAwareResource { RoutingEnabledPercent = percent }));

    [Fact]
    public void OtherPoliciesAndGrpcHaveNone()
    {
        foreach (ClusterResource cluster in new[]
        {
            Cluster(new WrrLocalityResource(RoundRobinResource.Default)),
            Cluster(new RingHashResource()),
            Cluster(new RoundRobinResource { Locality = new LocalityLbResource(ZoneAware: null) }),
            Cluster() with { PriorityMode = PriorityMode.FirstUsable },
        })
            Assert.Equal(["a", "b"], ZonesOf(Create(cluster, In("a3 b3"), zones: Local("a1 b1")), "a3 b3").Keys.Order());
    }

    [Fact]
    public void OtherPrioritiesHaveNone()
    {
        Endpoint[] endpoints = In("a3 b3", priority: 1);
        Assert.Equal(["1", "2", "3", "4", "5", "6"], Pick(Create(Cluster(Asking(Small)), endpoints, zones: Local("a1 b1")), 60).Distinct().Order());
    }

    [Fact]
    public void AnotherSetOfInstancesCountsFromTheNextPick()
    {
        LocalZones local = Local("a1 b1");
        Picker picker = Create(Cluster(Asking(Small)), In("a3 b3"), zones: local);
        Assert.Equal(["a"], ZonesOf(picker, "a3 b3").Keys);
        local.Update(In("a2 b0"));
        Assert.InRange(ZonesOf(picker, "a3 b3")["a"], 0.48, 0.52);
        local.Update([]);
        Assert.InRange(ZonesOf(picker, "a3 b3")["a"], 0.49, 0.51);
    }

    [Fact]
    public void InPanicCallsGoAnywhereOrNowhere()
    {
        Endpoint[] sick = In("a1 b0 b0 b0");
        Assert.Equal(4, Pick(Create(Cluster(Asking(Small)), sick, zones: Local("a1 b1")), 100).Distinct().Count());

        // It needs no local cluster, as in Envoy.
        PickResult none = Create(Cluster(Asking(Small with { FailTrafficOnPanic = true })), sick).Pick(default);
        Assert.Equal((PickKind.Fail, "fewer than 50 % of the 4 endpoints of cluster 'c' are usable (zone_aware_lb_config.fail_traffic_on_panic)"), (none.Kind, none.Reason));
    }

    [Fact]
    public void InstancesThatAreSickSayNothingOfZones()
    {
        LocalZones local = Local("a1 b0 b0");
        AssertShares("a 0.5 b 0.5", "a3 b3", local, Asking(Small));
        PickResult none = Create(Cluster(Asking(Small with { FailTrafficOnPanic = true })), In("a3 b3"), zones: local).Pick(default);
        Assert.Equal((PickKind.Fail, "fewer than 50 % of the endpoints of the local cluster 'local' are usable (zone_aware_lb_config.fail_traffic_on_panic)"), (none.Kind, none.Reason));
    }

    [Fact]
    public void ARetryLeavesALocalityWhereItHasBeenEverywhere()
    {
        Endpoint[] endpoints = In("a1 b1");
        Picker picker = Create(Cluster(Asking(Small)), endpoints, zones: Local("a1 b1"));
        Assert.Same(endpoints[0], picker.Pick(default).Endpoint);
        Assert.Same(endpoints[1], picker.Pick(After(endpoints[0])).Endpoint);
    }

    /// <summary>Degraded endpoints stand in for healthy ones by the localities of those; one that has none leaves the choice open.</summary>
    [Fact]
    public void ALocalityWithoutAnEndpointOfTheKindLeavesTheChoiceOpen()
    {
        Endpoint[] endpoints = [At(1, locality: "a"), At(2, EndpointHealth.Degraded, locality: "b"), At(3, EndpointHealth.Degraded, locality: "b")];
        Picker picker = Create(Cluster(Asking(Small)), endpoints, zones: Local("a1 b1"));
        Assert.Equal(["1", "2", "3"], Pick(picker, 200).Distinct().Order());
    }

    private static RoundRobinResource Asking(ZoneAwareResource zones) => new() { Locality = new LocalityLbResource(zones) };

    private static void AssertShares(string expected, string upstream, string local, LoadBalancingPolicyResource policy) => AssertShares(expected, upstream, Local(local), policy);

    private static void AssertShares(string expected, string upstream, LocalZones local, LoadBalancingPolicyResource policy)
    {
        Dictionary<string, double> shares = ZonesOf(Create(Cluster(policy), In(upstream), zones: local), upstream);
        string[] parts = expected.Split(' ');
        Assert.Equal(parts.Length / 2, shares.Count);
        for (int i = 0; i < parts.Length; i += 2)
            Assert.Equal(double.Parse(parts[i + 1], System.Globalization.CultureInfo.InvariantCulture), shares[parts[i]], 0.02);
    }

    /// <summary>The share of the picks that each locality gets.</summary>
    private static Dictionary<string, double> ZonesOf(Picker picker, string upstream)
    {
        var zones = In(upstream).ToDictionary(endpoint => endpoint.State.Address, endpoint => endpoint.Locality, StringComparer.Ordinal);
        return Pick(picker, 20_000).CountBy(address => zones[address], StringComparer.Ordinal).ToDictionary(count => count.Key, count => count.Value / 20_000.0, StringComparer.Ordinal);
    }
}
