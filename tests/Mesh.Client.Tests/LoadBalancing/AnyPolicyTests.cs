using FsCheck;
using FsCheck.Fluent;
using Mesh.Endpoints;
using Mesh.LoadBalancing;
using Mesh.Resources;
using Mesh.TestKit;
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
        new WeightedRoundRobinResource { BlackoutPeriod = TimeSpan.Zero, WeightExpirationPeriod = TimeSpan.MaxValue, WeightUpdatePeriod = TimeSpan.Zero },
        new RandomResource(new LocalityLbResource(ZoneAware: null)),
        new RingHashResource { MinimumRingSize = 8, MaximumRingSize = 64, Murmur = true, Hashing = new ConsistentHashingResource(UseHostname: true, 100), Cap = 7 },
        new RandomSubsettingResource(1, new LeastRequestResource()),
        new RandomSubsettingResource(3, new WrrLocalityResource(new RandomSubsettingResource(1, new MaglevResource { TableSize = 7 }))),
        new RandomSubsettingResource(uint.MaxValue, new WeightedRoundRobinResource { BlackoutPeriod = TimeSpan.Zero }),
        new WrrLocalityResource(new PickFirstResource(ShuffleAddressList: true)),
        new CustomPolicyResource("last", "{}") { Policy = new LastPolicy() },
    ];

    [Fact]
    public void APickIsAnEndpointOrSaysWhyThereIsNone() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(400), Prop.ForAll(Cases().ToArbitrary(), each =>
        {
            foreach (LoadBalancingPolicyResource policy in Policies)
            {
                foreach (PriorityMode mode in new[] { PriorityMode.Shares, PriorityMode.FirstUsable })
                {
                    Picker picker = each.Create(Cluster(policy) with { PriorityMode = mode, CommonLb = new CommonLbResource { HealthyPanicThreshold = each.Panic } });
                    for (int i = 0; i < 20; i++)
                    {
                        PickResult pick = picker.Pick(each.Context(i));
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
        foreach (LoadBalancingPolicyResource policy in Policies.Where(policy => policy is not (WrrLocalityResource or RandomSubsettingResource or RoundRobinResource { Locality.ZoneAware: null } or RandomResource { Locality.ZoneAware: null } or RingHashResource { LocalityWeighted: true } or MaglevResource)))
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
        from weights in Gen.Elements(0u, 1u, 1u, 2u, 7u, 1000u, uint.MaxValue).ArrayOf(count)
        from localities in Gen.Elements("a", "b", "c", "").ArrayOf(count)
        from ejected in Gen.Elements(0, 0, 1, 2)
        from loads in Gen.Elements(0.0, 1e-300, 1, 3, 1e300).ArrayOf(count)
        from panic in Gen.Elements(0.0, 50, 100)
        from weight in Gen.Elements(1u, 100u, uint.MaxValue)
        from overprovisioning in Gen.Elements(140u, 100u, uint.MaxValue)
        select new Case(
            [.. Enumerable.Range(0, count).Select(i => Loaded(At(i, healths[i], (uint)priorities[i], weights[i], localities[i]), ejected == 2 || (ejected == 1 && i % 2 == 0), loads[i]))],
            panic, weight, overprovisioning, seed);

    private static Endpoint Loaded(Endpoint endpoint, bool ejected, double load)
    {
        endpoint.State.IsEjected = ejected;
        WeightedRoundRobinPicker.WeightOf(endpoint.State).Update(new OrcaReport { RequestsPerSecond = load * 1e8, ApplicationUtilization = 1 }, new WeightedRoundRobinResource(), now: 1);
        return endpoint;
    }

    private sealed record Case(Endpoint[] Endpoints, double Panic, uint Weight, uint Overprovisioning, int Seed)
    {
        public Picker Create(ClusterResource cluster)
        {
            EndpointsResource assignment = Localities(("a", Weight), ("b", 1), ("c", 0)) with { OverprovisioningFactor = Overprovisioning, WeightedPriorityHealth = Seed % 2 == 0 };
            var state = new ClusterState("c", new ManualTimeProvider()) { Outliers = new object() };
            return PickerFactory.Create(cluster, assignment, Endpoints, state, new PickerState(new Random(Seed)), new Random(Seed), Seed % 2 == 0 ? TestZones.Local("a2 b1 c1") : null);
        }

        /// <summary>First attempts with a hash and without; then retries after one, and after all, that leave priorities and pass over every endpoint.</summary>
        public PickContext Context(int i)
        {
            ulong? hash = i % 2 == 0 ? (ulong)i * 0x9E37_79B9_7F4A_7C15 : null;
            if (i <= 10 || Endpoints.Length == 0)
                return new PickContext(hash);
            TriedEndpoints? tried = (i > 15 ? After(Endpoints) : After(Endpoints[i % Endpoints.Length])).Tried;
            return new PickContext(hash, tried, i % 3 == 0 ? _ => false : null, i % 4 == 0 ? 1u : i % 5 == 0 ? uint.MaxValue : 0);
        }
    }

    private sealed class LastPolicy : ILoadBalancingPolicy, ILoadBalancer
    {
        private LoadBalancerContext? _context;

        public string Name => "last";

        public ILoadBalancer Create(LoadBalancerContext context) => new LastPolicy { _context = context };

        public int Choose(in LoadBalancerRequest request) => _context!.Endpoints.Count - 1;
    }
}
