using Mesh.Primitives;

namespace Mesh.LoadBalancing;

/// <summary>
/// Chooses among endpoints that are all as good as each other. A retry goes to an endpoint that this call has not tried while there is
/// one: to one that the policy itself would choose, where it comes to one in a few choices, else to any; where all were tried, not to the last.
/// Endpoints that the retry policy passes over come after all others.
/// </summary>
internal abstract class EndpointPicker : Picker
{
    /// <summary>How often a retry asks the policy before it takes any other endpoint.</summary>
    private const int MaxChoices = 8;

    private readonly Endpoint[] _endpoints;

    /// <param name="endpoints">The endpoints; at least one.</param>
    /// <param name="random">Chance.</param>
    protected EndpointPicker(Endpoint[] endpoints, Random random)
    {
        _endpoints = endpoints;
        Random = random;
    }

    public ReadOnlySpan<Endpoint> Endpoints => _endpoints;

    protected Random Random { get; }

    public override PickResult Pick(in PickContext context) =>
        PickResult.Complete(context.Tried is { } tried ? Another(context, tried) : _endpoints[Choose(context, 0)]);

    /// <summary>The policy's choice, as a place in the endpoints.</summary>
    /// <param name="context">The attempt.</param>
    /// <param name="again">How often it was asked before for the same attempt.</param>
    protected abstract int Choose(in PickContext context, int again);

    /// <summary>An even choice of <paramref name="count"/>.</summary>
    protected static int Even(ulong random, int count) => (int)Math.BigMul(random, (ulong)count, out _);

    private Endpoint Another(in PickContext context, TriedEndpoints tried)
    {
        Predicate<Endpoint>? accepts = context.Accepts;
        for (int i = 0; i < MaxChoices; i++)
        {
            Endpoint chosen = _endpoints[Choose(context, i)];
            if (!tried.Contains(chosen) && accepts?.Invoke(chosen) != false)
                return chosen;
        }

        Endpoint? last = tried.Last;
        return Any(endpoint => !tried.Contains(endpoint) && accepts?.Invoke(endpoint) != false)
            ?? (accepts is null ? null : Any(endpoint => accepts(endpoint) && !ReferenceEquals(endpoint.State, last?.State)))
            ?? Any(endpoint => !tried.Contains(endpoint))
            ?? Any(endpoint => !ReferenceEquals(endpoint.State, last?.State))
            ?? _endpoints[0];
    }

    /// <summary>Any endpoint of a kind; null where there is none.</summary>
    private Endpoint? Any(Predicate<Endpoint> kind)
    {
        int start = Even(Random.NextPoint(), _endpoints.Length);
        for (int i = 0; i < _endpoints.Length; i++)
        {
            Endpoint endpoint = _endpoints[(start + i) % _endpoints.Length];
            if (kind(endpoint))
                return endpoint;
        }

        return null;
    }
}
