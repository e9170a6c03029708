using Mesh.Primitives;

namespace Mesh.LoadBalancing;

/// <summary>
/// Each endpoint in turn, as often as its weight says (<c>round_robin.v3.RoundRobin</c>). A retry takes no turn: the rotation would else fall
/// into step with the failures.
/// </summary>
internal sealed class RoundRobinPicker : EndpointPicker
{
    private readonly Endpoint[] _endpoints;
    private readonly Rotation _rotation;
    private readonly uint _count;
    private readonly SlowStartWeights? _growing;
    private volatile WeightedTurns? _turns;

    /// <param name="endpoints">The endpoints; at least one.</param>
    /// <param name="rotation">Goes on through updates.</param>
    /// <param name="random">Chance, for retries.</param>
    /// <param name="growing">The weights while endpoints are new; null where new ones are as good as any.</param>
    public RoundRobinPicker(Endpoint[] endpoints, Rotation rotation, Random random, SlowStartWeights? growing = null)
        : base(endpoints, random)
    {
        _growing = growing;
        _endpoints = endpoints;
        _rotation = rotation;
        _count = (uint)endpoints.Length;
        _turns = EndpointWeights.Of(endpoints) is { } weights ? new WeightedTurns(weights) : null;
    }

    // What nearly every call comes to, without a detour.
    public override PickResult Pick(in PickContext context) =>
        context.Tried is null && _turns is null && _growing is null ? PickResult.Complete(_endpoints[_rotation.Next() % _count]) : base.Pick(context);

    protected override int Choose(in PickContext context, int again)
    {
        if (_growing is not null && _growing.TryRefresh(out uint[]? weights))
            _turns = weights is null ? null : new WeightedTurns(weights);
        if (context.Tried is not null)
            return _turns?.Any(Random) ?? Even(Random.NextPoint(), (int)_count);
        return _turns?.Next(_rotation) ?? (int)(_rotation.Next() % _count);
    }
}
