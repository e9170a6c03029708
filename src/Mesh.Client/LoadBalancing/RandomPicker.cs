using Mesh.Primitives;

namespace Mesh.LoadBalancing;

/// <summary>Any endpoint, whatever its weight (<c>random.v3.Random</c>, as Envoy has it).</summary>
internal sealed class RandomPicker(Endpoint[] endpoints, Random random) : EndpointPicker(endpoints, random)
{
    private readonly int _count = endpoints.Length;

    protected override int Choose(in PickContext context, int again) => Even(Random.NextUInt64(), _count);
}
