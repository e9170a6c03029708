using Mesh.Primitives;

namespace Mesh.LoadBalancing;

/// <summary>
/// One endpoint for all calls: the first that can be reached, in order, and that one for as long as it can be (<c>pick_first.v3.PickFirst</c>, gRFC
/// A62). With shuffling the order is by chance, heavier endpoints first more often (gRFC A113).
/// </summary>
internal sealed class PickFirstPicker : Picker
{
    private readonly Endpoint[] _endpoints;
    private int _current;

    /// <param name="endpoints">The endpoints; at least one.</param>
    /// <param name="shuffle">Whether their order is by chance.</param>
    /// <param name="random">Chance.</param>
    /// <param name="previous">The picker before, whose endpoint is kept while it is there; null for none.</param>
    public PickFirstPicker(Endpoint[] endpoints, bool shuffle, Random random, PickFirstPicker? previous)
    {
        _endpoints = shuffle ? [.. endpoints.OrderByDescending(endpoint => Math.Pow(random.NextDouble(), 1.0 / endpoint.Resource.Weight))] : endpoints;
        if (previous is not null && Array.FindIndex(_endpoints, each => ReferenceEquals(each.State, previous._endpoints[previous._current].State)) is var kept and > 0)
            _current = kept;
    }

    public override PickResult Pick(in PickContext context)
    {
        int current = Volatile.Read(ref _current);
        for (int i = 0; i < _endpoints.Length; i++)
        {
            int at = (current + i) % _endpoints.Length;
            if (_endpoints[at].State.CannotBeReached || context.Tried?.Contains(_endpoints[at]) == true || context.Accepts?.Invoke(_endpoints[at]) == false)
                continue;
            if (at != current && context.Tried is null)
                Volatile.Write(ref _current, at);
            return PickResult.Complete(_endpoints[at]);
        }

        return PickResult.Complete(_endpoints[current]);
    }
}
