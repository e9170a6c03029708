using Mesh.Primitives;

namespace Mesh.LoadBalancing;

/// <summary>Any endpoint, whatever its weight (<c>random.v3.Random</c>, as Envoy has it).</summary>
internal sealed class RandomPicker(Endpoint[] endpoints, Random random) : EndpointPicker(endpoints, random)
{
    private readonly Endpoint[] _all = endpoints;

    public override PickResult Pick(in PickContext context) =>
        context.Tried is null ? PickResult.Complete(_all[Even(Random.NextPoint(), _all.Length)]) : base.Pick(context);

    protected override int Choose(in PickContext context, int again) => Even(Random.NextPoint(), _all.Length);
}
