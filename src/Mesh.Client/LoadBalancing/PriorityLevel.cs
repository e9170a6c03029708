namespace Mesh.LoadBalancing;

/// <summary>The endpoints of one priority by their availability.</summary>
internal sealed class PriorityLevel
{
    private PriorityLevel(uint priority, Endpoint[] all, Endpoint[] healthy, Endpoint[] degraded)
    {
        Priority = priority;
        All = all;
        Healthy = healthy;
        Degraded = degraded;
    }

    public uint Priority { get; }

    public Endpoint[] All { get; }

    public Endpoint[] Healthy { get; }

    public Endpoint[] Degraded { get; }

    public PriorityHealth Health => new(All.Length, Healthy.Length, Degraded.Length, WeightOf(All), WeightOf(Healthy), WeightOf(Degraded));

    /// <summary>The priorities that have endpoints, in order. In the plainest case, all of one priority and healthy, nothing is copied.</summary>
    /// <param name="endpoints">The endpoints; at least one.</param>
    /// <param name="ejections">Whether endpoints may be ejected.</param>
    public static PriorityLevel[] Of(Endpoint[] endpoints, bool ejections)
    {
        uint priority = endpoints[0].Priority;
        bool plain = true;
        foreach (Endpoint endpoint in endpoints)
            plain &= endpoint.Priority == priority && endpoint.Configured == Availability.Healthy && !(ejections && endpoint.State.IsEjected);
        return plain
            ? [new PriorityLevel(priority, endpoints, endpoints, [])]
            : [.. endpoints.GroupBy(endpoint => endpoint.Priority).OrderBy(group => group.Key).Select(group => Of(group.Key, [.. group]))];
    }

    private static PriorityLevel Of(uint priority, Endpoint[] all) => new(
        priority,
        all,
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
