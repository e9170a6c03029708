using FsCheck;
using FsCheck.Fluent;
using Mesh.LoadBalancing;
using Mesh.Resources;
using Xunit;
using static Mesh.Client.Tests.LoadBalancing.TestEndpoints;

namespace Mesh.Client.Tests.LoadBalancing;

/// <summary>What holds of every policy, whatever endpoints there are and whatever state they are in.</summary>
public sealed class AnyPolicyTests
{
    private static readonly LoadBalancingPolicyResource[] Policies =
    [
        RoundRobinResource.Default,
        new LeastRequestResource(),
        new LeastRequestResource { ActiveRequestBias = 0, ChoiceCount = 7 },
        new LeastRequestResource { FullScan = true },
        new RandomResource(),
        new PeakEwmaResource(),
        new SubsetResource(new LeastRequestResource(), [new SubsetSelectorResource(["k"])]) { Fallback = SubsetFallback.AnyEndpoint },
        new RingHashResource { MinimumRingSize = 16, MaximumRingSize = 512 },
        new RingHashResource { MinimumRingSize = 0, MaximumRingSize = 0, LocalityWeighted = true },
        new MaglevResource { TableSize = 2 },
        new MaglevResource { TableSize = 31, LocalityWeighted = true },
        new PickFirstResource(ShuffleAddressList: true),
        new PickFirstResource(ShuffleAddressList: false),
        new WrrLocalityResource(new WrrLocalityResource(new LeastRequestResource())),
        new WrrLocalityResource(new RingHashResource { MinimumRingSize = 4, MaximumRingSize = 8 }),
        new RoundRobinResource { Locality = new LocalityLbResource(ZoneAware: null) },
        new RoundRobinResource { Locality = new LocalityLbResource(new ZoneAwareResource { MinClusterSize = 0 }) },
        new LeastRequestResource { Locality = new LocalityLbResource(new ZoneAwareResource { MinClusterSize = 2, ForceLocalZoneMinSize = 0, FailTrafficOnPanic = true }) },
        new RandomResource(new LocalityLbResource(new ZoneAwareResource { MinClusterSize = 1, RoutingEnabledPercent = 50, ByWeight = true })),
        new RoundRobinResource { SlowStart = new SlowStartResource(TimeSpan.FromSeconds(1), 2, 0) },
        new LeastRequestResource { SlowStart = new SlowStartResource(TimeSpan.FromDays(1), 0.5, 10) },
        new WeightedRoundRobinResource { BlackoutPeriod = TimeSpan.Zero, SlowStart = new SlowStartResource(TimeSpan.FromDays(1), 1, 0) },
    ];

    [Fact]
    public void APickIsAnEndpointOrSaysWhyThereIsNone() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(400), Prop.ForAll(Cases().ToArbitrary(), each =>
        {
            foreach (LoadBalancingPolicyResource policy in Policies)
            {
                foreach (PriorityMode mode in new[] { PriorityMode.Shares, PriorityMode.FirstUsable })
                {
                    ClusterResource cluster = Cluster(policy) with { PriorityMode = mode, CommonLb = new CommonLbResource { HealthyPanicThreshold = each.Panic } };
                    Picker picker = Create(cluster, each.Endpoints, Localities(("a", each.Weight), ("b", 1), ("c", 0)), each.Seed, each.Seed % 2 == 0 ? TestZones.Local("a2 b1 c1") : null);
                    for (int i = 0; i < 20; i++)
                    {
                        PickResult pick = picker.Pick(new PickContext(i % 2 == 0 ? (ulong)i * 0x9E37_79B9_7F4A_7C15 : null, i > 10 && each.Endpoints.Length > 0 ? After(each.Endpoints[i % each.Endpoints.Length]).Tried : null));
                        bool good = pick.Kind == PickKind.Complete ? each.Endpoints.Contains(pick.Endpoint) : pick.Kind == PickKind.Fail && pick.Reason!.Length > 0;
                        if (!good)
                            return false;
                    }
                }
            }

            return true;
        }));

    [Fact]
    public void ARetryGoesToOneThatWasNotTriedWhileThereIsOne()
    {
        Endpoint[] endpoints = [.. Enumerable.Range(1, 5).Select(i => At(i))];
        foreach (LoadBalancingPolicyResource policy in Policies.Where(policy => policy is not (WrrLocalityResource or RoundRobinResource { Locality.ZoneAware: null } or RingHashResource { LocalityWeighted: true } or MaglevResource)))
        {
            Picker picker = Create(Cluster(policy), endpoints);
            for (int i = 0; i < 50; i++)
            {
                var tried = new List<Endpoint>();
                for (int attempt = 0; attempt < endpoints.Length; attempt++)
                {
                    Endpoint picked = picker.Pick(new PickContext((ulong)i, tried.Count == 0 ? null : After([.. tried]).Tried)).Endpoint!;
                    Assert.DoesNotContain(picked, tried);
                    tried.Add(picked);
                }
            }
        }
    }

    private static Gen<Case> Cases() =>
        from seed in Gen.Choose(0, 1000)
        from count in Gen.Choose(0, 9)
        from healths in Gen.Elements(Enum.GetValues<EndpointHealth>()).ArrayOf(count)
        from priorities in Gen.Choose(0, 2).ArrayOf(count)
        from weights in Gen.Elements(1u, 1u, 2u, 7u, 1000u, uint.MaxValue / 16).ArrayOf(count)
        from localities in Gen.Elements("a", "b", "c", "").ArrayOf(count)
        from panic in Gen.Elements(0.0, 50, 100)
        from weight in Gen.Elements(1u, 100u, uint.MaxValue)
        select new Case([.. Enumerable.Range(0, count).Select(i => At(i, healths[i], (uint)priorities[i], weights[i], localities[i]))], panic, weight, seed);

    private sealed record Case(Endpoint[] Endpoints, double Panic, uint Weight, int Seed);
}
