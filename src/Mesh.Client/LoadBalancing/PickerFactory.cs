using Mesh.Endpoints;
using Mesh.Resources;

namespace Mesh.LoadBalancing;

/// <summary>
/// Makes the picker of a cluster out of its policy and the state its endpoints are in: drops, then a priority, then a locality, then an endpoint.
/// A layer that has nothing to decide is left out.
/// </summary>
internal sealed class PickerFactory
{
    private readonly ClusterResource _cluster;
    private readonly EndpointsResource _assignment;
    private readonly PickerState _state;
    private readonly TimeProvider _clock;
    private readonly Random _random;
    private readonly LocalZones? _zones;

    private PickerFactory(ClusterResource cluster, EndpointsResource assignment, PickerState state, TimeProvider clock, Random random, LocalZones? zones)
    {
        _zones = zones;
        _clock = clock;
        _cluster = cluster;
        _assignment = assignment;
        _state = state;
        _random = random;
    }

    /// <param name="cluster">The cluster.</param>
    /// <param name="assignment">Its load assignment.</param>
    /// <param name="endpoints">The endpoints of that.</param>
    /// <param name="counters">The cluster's counters.</param>
    /// <param name="state">What the last pickers left.</param>
    /// <param name="random">Chance.</param>
    /// <param name="zones">The instances of this program by locality; null where nobody says.</param>
    public static Picker Create(
        ClusterResource cluster, EndpointsResource assignment, Endpoint[] endpoints, ClusterState counters, PickerState state, Random random, LocalZones? zones = null)
    {
        if (cluster.PriorityMode == PriorityMode.FirstUsable)
            endpoints = GrpcEndpoints(endpoints);
        Picker picker = endpoints.Length == 0
            ? new FailingPicker($"cluster '{cluster.Name}' has no endpoints")
            : cluster.LoadBalancing is SubsetResource subsets
            ? OfSubsets(subsets, cluster, assignment, endpoints, counters, state, random, zones)
            : new PickerFactory(cluster, assignment, state, counters.TimeProvider, random, zones).OfPriorities(Levels(endpoints, counters));
        return assignment.Drops.Count == 0 ? picker : new DropPicker(picker, counters, [.. assignment.Drops], random);
    }

    /// <summary>The health of a cluster's priorities as it is now, in order; empty without endpoints.</summary>
    public static PriorityHealth[] HealthOf(ClusterResource cluster, Endpoint[] endpoints)
    {
        if (cluster.PriorityMode == PriorityMode.FirstUsable)
            endpoints = GrpcEndpoints(endpoints);
        return endpoints.Length == 0 ? [] : [.. PriorityLevel.Of(endpoints, states: true).Select(level => level.Health)];
    }

    /// <summary>The policy that goes by what endpoints report of their load; null where none does.</summary>
    public static WeightedRoundRobinResource? ByReports(LoadBalancingPolicyResource policy) => policy switch
    {
        WeightedRoundRobinResource weighted => weighted,
        WrrLocalityResource localities => ByReports(localities.EndpointPicking),
        RandomSubsettingResource subsetting => ByReports(subsetting.Child),
        SubsetResource subsets => ByReports(subsets.Child),
        _ => null,
    };

    /// <summary>The policy that goes by how long endpoints take to answer; null where none does.</summary>
    public static PeakEwmaResource? ByLatency(LoadBalancingPolicyResource policy) => policy switch
    {
        PeakEwmaResource peak => peak,
        WrrLocalityResource localities => ByLatency(localities.EndpointPicking),
        RandomSubsettingResource subsetting => ByLatency(subsetting.Child),
        SubsetResource subsets => ByLatency(subsets.Child),
        _ => null,
    };

    /// <summary>Whether a policy chooses by the request's hash.</summary>
    public static bool UsesHash(LoadBalancingPolicyResource policy) => policy switch
    {
        RingHashResource or MaglevResource or CustomPolicyResource => true,
        WrrLocalityResource localities => UsesHash(localities.EndpointPicking),
        RandomSubsettingResource subsetting => UsesHash(subsetting.Child),
        SubsetResource subsets => UsesHash(subsets.Child),
        _ => false,
    };

    /// <summary>The request header that a policy hashes itself (gRFC A76); null for none.</summary>
    public static string? HashHeader(LoadBalancingPolicyResource policy) => policy switch
    {
        RingHashResource { HashHeader: { Length: > 0 } header } => header,
        WrrLocalityResource localities => HashHeader(localities.EndpointPicking),
        RandomSubsettingResource subsetting => HashHeader(subsetting.Child),
        _ => null,
    };

    /// <summary>gRPC takes no note of endpoints that their source does not call healthy or leaves open (gRFC A27).</summary>
    private static Endpoint[] GrpcEndpoints(Endpoint[] endpoints)
    {
        foreach (Endpoint endpoint in endpoints)
        {
            if (endpoint.Configured != Availability.Healthy)
                return [.. endpoints.Where(each => each.Configured == Availability.Healthy)];
        }

        return endpoints;
    }

    /// <summary>Subsets, each of which has priorities, panic and localities of its own, as in Envoy.</summary>
    private static SubsetPicker OfSubsets(
        SubsetResource subsets, ClusterResource cluster, EndpointsResource assignment, Endpoint[] endpoints, ClusterState counters, PickerState state, Random random, LocalZones? zones)
    {
        ClusterResource within = cluster with { LoadBalancing = subsets.Child };
        var weights = new SubsetLocalities(subsets, assignment, endpoints);
        return state.Keep(default, new SubsetPicker(cluster.Name, subsets, endpoints, Make, random, state.LastOf<SubsetPicker>(default)));

        Picker Make(Endpoint[] members, PickerState own) =>
            new PickerFactory(within, weights.Of(members), own, counters.TimeProvider, random, zones).OfPriorities(Levels(members, counters));
    }

    private static PriorityLevel[] Levels(Endpoint[] endpoints, ClusterState counters) => PriorityLevel.Of(endpoints, states: counters.Outliers is not null || counters.Checks is not null);

    private Picker OfPriorities(PriorityLevel[] levels)
    {
        if (levels.Length == 1 && levels[0].Healthy.Length == levels[0].All.Length)
            return OfGroup(levels[0], levels[0].Healthy, Availability.Healthy);
        PriorityShare[] shares = Shares(levels, [.. levels.Select(level => level.Health)]);

        // Only Envoy's retries choose another priority than calls do.
        if (shares.Length == 1 && (levels.Length == 1 || _cluster.PriorityMode == PriorityMode.FirstUsable))
            return shares[0].Picker;
        return new PriorityPicker(shares, [.. levels.Select(level => level.Priority)], left => Without(levels, left), _random);
    }

    private PriorityShare[] Shares(PriorityLevel[] levels, PriorityHealth[] health)
    {
        PriorityLoads loads = _cluster.PriorityMode == PriorityMode.FirstUsable
            ? PriorityLoads.OfFirstUsable(health)
            : PriorityLoads.Of(health, _assignment.OverprovisioningFactor, _assignment.WeightedPriorityHealth, PanicThreshold);
        var shares = new List<PriorityShare>();
        for (int i = 0; i < levels.Length; i++)
        {
            if (loads.Healthy[i] > 0)
                shares.Add(new PriorityShare(loads.Panic[i] ? InPanic(levels[i], Availability.Healthy) : OfGroup(levels[i], levels[i].Healthy, Availability.Healthy), loads.Healthy[i]));
        }

        for (int i = 0; i < levels.Length; i++)
        {
            if (loads.Degraded[i] > 0)
                shares.Add(new PriorityShare(loads.Panic[i] ? InPanic(levels[i], Availability.Degraded) : OfGroup(levels[i], levels[i].Degraded, Availability.Degraded), loads.Degraded[i]));
        }

        return [.. shares];
    }

    /// <summary>
    /// The shares of the priorities that are left, for retries; calls make them, on any thread, so nothing is shared with the pickers that the
    /// updates make.
    /// </summary>
    private PriorityShare[] Without(PriorityLevel[] levels, ulong left)
    {
        PriorityHealth[] health = [.. levels.Select((level, i) => (left >> i & 1) == 0 ? level.Health : default)];
        if (!Array.Exists(health, each => each.Healthy > 0 || each.Degraded > 0))
            return [];
        return new PickerFactory(_cluster, _assignment, new PickerState(_random), _clock, _random, _zones).Shares(levels, health);
    }

    private Picker OfGroup(PriorityLevel level, Endpoint[] endpoints, Availability availability)
    {
        if (endpoints.Length == 0)
            return new FailingPicker($"none of the {level.All.Length} endpoints of cluster '{_cluster.Name}' is usable: their source marks them unhealthy or draining, they were ejected, or they do not pass their health checks");
        var group = new EndpointGroup(level.Priority, availability);

        // Where this program's instances are says nothing of where other priorities' calls come from, as in Envoy.
        return _zones is not null && level.Priority == 0 && ZoneAware is { } zoneAware
            ? OfZones(zoneAware, _zones, level, endpoints, group)
            : OfPolicy(_cluster.LoadBalancing, level, endpoints, group);
    }

    /// <summary>All endpoints of a priority of which too few are usable, or none with <c>fail_traffic_on_panic</c>.</summary>
    private Picker InPanic(PriorityLevel level, Availability availability) => ZoneAware is { FailTrafficOnPanic: true }
        ? new FailingPicker($"fewer than {PanicThreshold} % of the {level.All.Length} endpoints of cluster '{_cluster.Name}' are usable (zone_aware_lb_config.fail_traffic_on_panic)")
        : OfPolicy(_cluster.LoadBalancing, level, level.All, new EndpointGroup(level.Priority, availability));

    /// <summary>
    /// Zone-aware routing, which Envoy's plain policies have unless localities go by weight, also where nobody asks for it; null for other policies and for gRPC.
    /// </summary>
    private ZoneAwareResource? ZoneAware
    {
        get
        {
            LocalityLbResource? ofPolicy;
            switch (_cluster.LoadBalancing)
            {
                case var _ when _cluster.PriorityMode == PriorityMode.FirstUsable:
                    return null;
                case RoundRobinResource { Locality: var own }:
                    ofPolicy = own;
                    break;
                case LeastRequestResource { Locality: var own }:
                    ofPolicy = own;
                    break;
                case RandomResource { Locality: var own }:
                    ofPolicy = own;
                    break;
                default:
                    return null;
            }

            LocalityLbResource? locality = ofPolicy ?? _cluster.CommonLb?.Locality;
            return locality is null ? ZoneAwareResource.Default : locality.ZoneAware;
        }
    }

    private double PanicThreshold => _cluster.CommonLb?.HealthyPanicThreshold ?? CommonLbResource.DefaultPanicThreshold;

    private Picker OfZones(ZoneAwareResource zoneAware, LocalZones local, PriorityLevel level, Endpoint[] endpoints, EndpointGroup group)
    {
        // The pickers of localities stand beside it, each with a rotation of its own.
        Picker all = OfPolicy(_cluster.LoadBalancing, level, endpoints, group with { Locality = "" });
        var upstream = ZoneCounts.Of(level.All);
        if (upstream.Zones.Count < 2 || (ulong)level.Healthy.Length < zoneAware.MinClusterSize)
            return all;
        string[] localities = [.. upstream.Zones.Keys.OrderByDescending(locality => locality == local.Locality)];
        ILookup<string, Endpoint> byLocality = endpoints.ToLookup(ZoneCounts.NameOf, StringComparer.Ordinal);
        Picker?[] pickers = [.. localities.Select(locality => byLocality[locality].ToArray() is { Length: > 0 } own ? OfPolicy(_cluster.LoadBalancing, level, own, group with { Locality = locality }) : null)];
        return new ZonePicker(all, localities, pickers, upstream, local, zoneAware, PanicThreshold, _random);
    }

    private Picker OfPolicy(LoadBalancingPolicyResource policy, PriorityLevel level, Endpoint[] endpoints, EndpointGroup group)
    {
        switch (policy)
        {
            case CustomPolicyResource { Policy: { } custom } resource:
                return CustomPicker.Create(endpoints, resource, custom, _cluster.Name, _random);
            case RandomSubsettingResource subsetting:
                return OfPolicy(subsetting.Child, level, RandomSubset.Of(endpoints, subsetting.SubsetSize, _state.SubsetSeed), group);
            case WrrLocalityResource localities:
                return OfLocalities(localities.EndpointPicking, level, endpoints, group);
            case RoundRobinResource { Locality: var locality } when group.Locality is null && IsByLocality(locality):
            case LeastRequestResource { Locality: var ofLeast } when group.Locality is null && IsByLocality(ofLeast):
            case RandomResource { Locality: var ofRandom } when group.Locality is null && IsByLocality(ofRandom):
                return OfLocalities(policy, level, endpoints, group);
            case LeastRequestResource leastRequest:
                return new LeastRequestPicker(endpoints, leastRequest, _random, SlowStartWeights.Create(endpoints, leastRequest.SlowStart, _clock));
            case WeightedRoundRobinResource weighted:
                return new WeightedRoundRobinPicker(endpoints, weighted, _state.RotationOf(group), _random, _clock);
            case RandomResource:
                return new RandomPicker(endpoints, _random);
            case PeakEwmaResource peak:
                return new PeakEwmaPicker(endpoints, peak, _random, _clock);
            case RingHashResource ring:
                RingHashPicker? last = _state.LastOf<RingHashPicker>(group);
                return RingHashPicker.Create(endpoints, ring, UsesHostname(ring.Hashing), WeightsFor(level, ring.LocalityWeighted), _random, last) is { } picker ? _state.Keep(group, picker) : NoWeight();
            case MaglevResource maglev:
                return MaglevPicker.Create(endpoints, maglev, UsesHostname(maglev.Hashing), WeightsFor(level, maglev.LocalityWeighted), _random, _state.LastOf<MaglevPicker>(group)) is { } table ? _state.Keep(group, table) : NoWeight();
            case PickFirstResource pickFirst:
                return _state.Keep(group, new PickFirstPicker(endpoints, pickFirst.ShuffleAddressList, _random, _state.LastOf<PickFirstPicker>(group)));
            default:
                return new RoundRobinPicker(endpoints, _state.RotationOf(group), _random, SlowStartWeights.Create(endpoints, (policy as RoundRobinResource)?.SlowStart, _clock));
        }
    }

    /// <summary>
    /// Localities by weight; one with fewer usable endpoints gets less, once it has too few for its share (overprovisioning), as in Envoy. Without
    /// any weight, localities do not count.
    /// </summary>
    private Picker OfLocalities(LoadBalancingPolicyResource policy, PriorityLevel level, Endpoint[] endpoints, EndpointGroup group)
    {
        Dictionary<string, uint> weights = LocalityWeights(level.Priority);
        Dictionary<string, int> totals = level.CountByLocality();
        var localities = new List<(Picker Picker, double Weight)>();
        foreach (var locality in endpoints.GroupBy(endpoint => endpoint.Locality, StringComparer.Ordinal))
        {
            Endpoint[] own = [.. locality];

            // In panic those that do not count are used too.
            double usable = totals.GetValueOrDefault(locality.Key) is > 0 and var total ? Math.Min(1, _assignment.OverprovisioningFactor / 100.0 * own.Length / total) : 1;
            double weight = weights.GetValueOrDefault(locality.Key) * usable;
            if (weight > 0)
                localities.Add((OfPolicy(policy, level, own, group with { Locality = locality.Key }), weight));
        }

        return localities.Count switch
        {
            0 => OfPolicy(policy, level, endpoints, group with { Locality = "" }),
            1 => localities[0].Picker,
            _ => new LocalityPicker([.. localities], _state.RotationOf(group)),
        };
    }

    private bool IsByLocality(LocalityLbResource? ofPolicy) => (ofPolicy ?? _cluster.CommonLb?.Locality) is { ZoneAware: null };

    private bool UsesHostname(ConsistentHashingResource hashing) => hashing.UseHostname || _cluster.CommonLb?.Hashing.UseHostname == true;

    // Subsets that take no note of localities have none.
    private Dictionary<string, uint>? WeightsFor(PriorityLevel level, bool localityWeighted) =>
        (localityWeighted || _cluster.CommonLb?.Locality is { ZoneAware: null }) && _assignment.Localities.Count > 0 ? LocalityWeights(level.Priority) : null;

    private Dictionary<string, uint> LocalityWeights(uint priority)
    {
        var weights = new Dictionary<string, uint>(StringComparer.Ordinal);
        foreach (LocalityEndpointsResource locality in _assignment.Localities)
        {
            if (locality.Priority == priority)
                weights[locality.Locality] = locality.Weight ?? 0;
        }

        return weights;
    }

    private FailingPicker NoWeight() => new($"no endpoint of cluster '{_cluster.Name}' can be chosen: the localities that have endpoints have no weight (load_balancing_weight)");
}
