using Mesh.Primitives;

namespace Mesh.Resources;

/// <summary>How an endpoint is chosen: <c>Cluster.lb_policy</c> with its configuration, or <c>load_balancing_policy</c> (gRFC A52).</summary>
internal abstract record LoadBalancingPolicyResource;

/// <summary><c>round_robin.v3.RoundRobin</c>, ROUND_ROBIN.</summary>
internal sealed record RoundRobinResource : LoadBalancingPolicyResource
{
    public static readonly RoundRobinResource Default = new();

    public SlowStartResource? SlowStart { get; init; }

    public LocalityLbResource? Locality { get; init; }
}

/// <summary><c>least_request.v3.LeastRequest</c>, LEAST_REQUEST (gRFC A48).</summary>
internal sealed record LeastRequestResource : LoadBalancingPolicyResource
{
    public uint ChoiceCount { get; init; } = 2;

    public double ActiveRequestBias { get; init; } = 1;

    /// <summary>Compare all endpoints, not <see cref="ChoiceCount"/> of them (<c>selection_method</c> FULL_SCAN).</summary>
    public bool FullScan { get; init; }

    public SlowStartResource? SlowStart { get; init; }

    public LocalityLbResource? Locality { get; init; }
}

/// <summary><c>random.v3.Random</c>, RANDOM.</summary>
internal sealed record RandomResource(LocalityLbResource? Locality = null) : LoadBalancingPolicyResource;

/// <summary><c>ring_hash.v3.RingHash</c>, RING_HASH (gRFC A42).</summary>
internal sealed record RingHashResource : LoadBalancingPolicyResource
{
    /// <summary>The most entries a ring may be asked to have.</summary>
    public const ulong LargestRing = 8 << 20;

    /// <summary>The most entries that gRPC's clients make (gRFC A42).</summary>
    public const ulong GrpcCap = 4096;

    public ulong MinimumRingSize { get; init; } = 1024;

    public ulong MaximumRingSize { get; init; } = LargestRing;

    /// <summary>The most entries that the ring gets, whatever it is asked to have.</summary>
    public ulong Cap { get; init; } = LargestRing;

    /// <summary>MurmurHash2 instead of xxHash.</summary>
    public bool Murmur { get; init; }

    /// <summary>The request header that is hashed in place of the route's hash policies (gRFC A76); empty for those.</summary>
    public string HashHeader { get; init; } = "";

    public ConsistentHashingResource Hashing { get; init; } = ConsistentHashingResource.Default;

    public bool LocalityWeighted { get; init; }
}

/// <summary><c>maglev.v3.Maglev</c>, MAGLEV.</summary>
internal sealed record MaglevResource : LoadBalancingPolicyResource
{
    /// <summary>The largest table; like every table's its size is a prime.</summary>
    public const ulong LargestTable = 5_000_011;

    public ulong TableSize { get; init; } = 65_537;

    public ConsistentHashingResource Hashing { get; init; } = ConsistentHashingResource.Default;

    public bool LocalityWeighted { get; init; }
}

/// <summary><c>pick_first.v3.PickFirst</c> (gRFC A62).</summary>
internal sealed record PickFirstResource(bool ShuffleAddressList) : LoadBalancingPolicyResource;

/// <summary><c>wrr_locality.v3.WrrLocality</c>: a locality by its weight, an endpoint of it by the policy within (gRFC A52).</summary>
internal sealed record WrrLocalityResource(LoadBalancingPolicyResource EndpointPicking) : LoadBalancingPolicyResource;

/// <summary><c>random_subsetting.v3.RandomSubsetting</c> (gRFC A68): a part of the endpoints, and of it one by the policy within.</summary>
/// <param name="SubsetSize">How many endpoints.</param>
/// <param name="Child">The policy within.</param>
internal sealed record RandomSubsettingResource(uint SubsetSize, LoadBalancingPolicyResource Child) : LoadBalancingPolicyResource;

/// <summary><c>client_side_weighted_round_robin.v3.ClientSideWeightedRoundRobin</c> (gRFC A58, A114).</summary>
internal sealed record WeightedRoundRobinResource : LoadBalancingPolicyResource
{
    public bool EnableOobLoadReport { get; init; }

    public TimeSpan OobReportingPeriod { get; init; } = TimeSpan.FromSeconds(10);

    public TimeSpan BlackoutPeriod { get; init; } = TimeSpan.FromSeconds(10);

    public TimeSpan WeightExpirationPeriod { get; init; } = TimeSpan.FromSeconds(180);

    public TimeSpan WeightUpdatePeriod { get; init; } = TimeSpan.FromSeconds(1);

    public float ErrorUtilizationPenalty { get; init; } = 1;

    public ValueList<string> UtilizationMetrics { get; init; }

    public SlowStartResource? SlowStart { get; init; }
}

/// <summary><c>mesh.peak_ewma</c>: of two endpoints the one of the smaller latency times calls in flight.</summary>
internal sealed record PeakEwmaResource : LoadBalancingPolicyResource
{
    /// <summary>In how long a latency counts as a part of 1/e of what it was.</summary>
    public TimeSpan DecayTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The latency of an endpoint that has not answered yet.</summary>
    public TimeSpan DefaultRtt { get; init; } = TimeSpan.FromMilliseconds(10);
}

/// <summary>A policy of the user's own, in a <c>TypedStruct</c> (gRFC A52).</summary>
/// <param name="Name">What stands behind the last slash of its type URL.</param>
/// <param name="Configuration">Its configuration, as JSON.</param>
internal sealed record CustomPolicyResource(string Name, string Configuration) : LoadBalancingPolicyResource
{
    /// <summary>The policy itself; null where it is known by its name alone.</summary>
    public ILoadBalancingPolicy? Policy { get; init; }
}

/// <summary><c>SlowStartConfig</c>: a new endpoint's weight grows to its own over a window.</summary>
internal sealed record SlowStartResource(TimeSpan Window, double Aggression, double MinWeightPercent);

/// <summary><c>common.v3.LocalityLbConfig</c>, and the same of <c>CommonLbConfig</c>: how the locality is chosen.</summary>
/// <param name="ZoneAware">Prefer the own zone; null is to go by the localities' weights.</param>
internal sealed record LocalityLbResource(ZoneAwareResource? ZoneAware);

/// <summary><c>LocalityLbConfig.ZoneAwareLbConfig</c>.</summary>
internal sealed record ZoneAwareResource
{
    public static readonly ZoneAwareResource Default = new();

    public double RoutingEnabledPercent { get; init; } = 100;

    public ulong MinClusterSize { get; init; } = 6;

    public bool FailTrafficOnPanic { get; init; }

    /// <summary>Stay in the own zone while it has so many healthy endpoints (<c>force_local_zone.min_size</c>); null does not force it.</summary>
    public uint? ForceLocalZoneMinSize { get; init; }

    /// <summary>Compare zones by the weight of their healthy endpoints, not by their number.</summary>
    public bool ByWeight { get; init; }
}

/// <summary><c>common.v3.ConsistentHashingLbConfig</c>, and the same of <c>CommonLbConfig</c>.</summary>
internal sealed record ConsistentHashingResource(bool UseHostname, uint? HashBalanceFactor)
{
    public static readonly ConsistentHashingResource Default = new(false, null);
}
