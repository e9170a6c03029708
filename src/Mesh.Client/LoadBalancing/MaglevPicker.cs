using Mesh.Primitives;
using Mesh.Resources;

namespace Mesh.LoadBalancing;

/// <summary>The endpoint that a request's hash belongs to in a Maglev table; without a hash any.</summary>
internal sealed class MaglevPicker(Endpoint[] endpoints, MaglevTable table, Random random) : EndpointPicker(endpoints, random)
{
    public MaglevTable Table { get; } = table;

    /// <summary>The picker of a policy; null where no endpoint has a weight.</summary>
    public static MaglevPicker? Create(Endpoint[] endpoints, MaglevResource resource, bool useHostname, IReadOnlyDictionary<string, uint>? localityWeights, Random random, MaglevPicker? previous)
    {
        HashedEndpoint[] hashed = HashedEndpoint.Of(endpoints, useHostname, localityWeights);
        return hashed.Length == 0 ? null : new MaglevPicker(endpoints, MaglevTable.Build(hashed, (int)resource.TableSize, previous?.Table), random);
    }

    protected override int Choose(in PickContext context, int again) => Table.Find(context.Hash ?? Random.NextPoint(), again);
}
