using Mesh.Primitives;
using Mesh.Resources;

namespace Mesh.LoadBalancing;

/// <summary>The endpoint that a request's hash belongs to on a ring; without a hash any (gRFC A42). A retry goes on along the ring.</summary>
internal sealed class RingHashPicker(Endpoint[] endpoints, HashRing ring, Random random) : EndpointPicker(endpoints, random)
{
    public HashRing Ring { get; } = ring;

    /// <summary>The picker of a policy; null where no endpoint has a weight.</summary>
    public static RingHashPicker? Create(Endpoint[] endpoints, RingHashResource resource, bool useHostname, IReadOnlyDictionary<string, uint>? localityWeights, Random random, RingHashPicker? previous)
    {
        HashedEndpoint[] hashed = HashedEndpoint.Of(endpoints, useHostname, localityWeights);
        return hashed.Length == 0 ? null
            : new RingHashPicker(endpoints, HashRing.Build(hashed, Math.Min(resource.MinimumRingSize, resource.Cap), Math.Min(resource.MaximumRingSize, resource.Cap), resource.Murmur, previous?.Ring), random);
    }

    protected override int Choose(in PickContext context, int again) => Ring.EndpointAt(Ring.Find(context.Hash ?? Random.NextPoint()), again);
}
