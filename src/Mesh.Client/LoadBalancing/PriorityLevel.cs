using Mesh.Endpoints;

namespace Mesh.LoadBalancing;

/// <summary>The endpoints of one priority by their availability.</summary>
internal sealed class PriorityLevel
{
    private readonly Endpoint[] _counted;

    private PriorityLevel(uint priority, Endpoint[] all, Endpoint[] counted, Endpoint[] healthy, Endpoint[] degraded)
    {
        Priority = priority;
        All = all;
        _counted = counted;
        Healthy = healthy;
        Degraded = degraded;
    }

    public uint Priority { get; }

    public Endpoint[] All { get; }

    public Endpoint[] Healthy { get; }

    public Endpoint[] Degraded { get; }

    public PriorityHealth Health => new(_counted.Length, Healthy.Length, Degraded.Length, WeightOf(_counted), WeightOf(Healthy), WeightOf(Degraded));

    /// <summary>How many endpoints of each locality count.</summary>
    public Dictionary<string, int> CountByLocality() => _counted.CountBy(endpoint => endpoint.Locality, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);

    /// <summary>The priorities that have endpoints, in order. In the plainest case, all of one priority and healthy, nothing is copied.</summary>
    /// <param name="endpoints">The endpoints; at least one.</param>
    /// <param name="states">Whether endpoints may be ejected, or are checked.</param>
    public static PriorityLevel[] Of(Endpoint[] endpoints, bool states)
    {
        uint priority = endpoints[0].Priority;
        bool plain = true;
        foreach (Endpoint endpoint in endpoints)
            plain &= endpoint.Priority == priority && endpoint.Configured == Availability.Healthy && !(states && (endpoint.State.IsEjected || endpoint.State.ActiveHealth is not (ActiveHealth.Healthy or ActiveHealth.Unchecked)));
        return plain
            ? [new PriorityLevel(priority, endpoints, endpoints, endpoints, [])]
            : [.. endpoints.GroupBy(endpoint => endpoint.Priority).OrderBy(group => group.Key).Select(group => Of(group.Key, [.. group]))];
    }

    private static PriorityLevel Of(uint priority, Endpoint[] all) => new(
        priority,
        all,
        Array.TrueForAll(all, endpoint => endpoint.Counts) ? all : Array.FindAll(all, endpoint => endpoint.Counts),
        [.. all.Where(endpoint => endpoint.Availability == Availability.Healthy)],
        [.. all.Where(endpoint => endpoint.Availability == Availability.Degraded)]);

    private static ulong WeightOf(Endpoint[] endpoints)
    {
        ulong sum = 0;
        foreach (Endpoint endpoint in endpoints)
            sum += endpoint.Weight;
        return sum;
    }
}
