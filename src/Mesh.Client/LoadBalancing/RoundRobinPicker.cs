using Mesh.Endpoints;

namespace Mesh.LoadBalancing;

/// <summary>
/// Each usable endpoint in turn (<c>Cluster.lb_policy</c> ROUND_ROBIN), among the first priority that has one. A retry does not go
/// to the endpoint that just failed while there is another.
/// </summary>
internal sealed class RoundRobinPicker : Picker
{
    private readonly ClusterState _cluster;
    private readonly Endpoint[] _usable;
    private readonly string _whyNone;

    public RoundRobinPicker(ClusterState cluster, Endpoint[] endpoints)
    {
        _cluster = cluster;
        uint best = uint.MaxValue;
        int count = 0;
        foreach (Endpoint endpoint in endpoints)
        {
            if (!endpoint.IsUsable || endpoint.Priority > best)
                continue;
            count = endpoint.Priority == best ? count + 1 : 1;
            best = endpoint.Priority;
        }

        _usable = count == endpoints.Length ? endpoints : [.. endpoints.Where(e => e.IsUsable && e.Priority == best)];
        _whyNone = endpoints.Length == 0
            ? $"cluster '{cluster.Name}' has no endpoints"
            : $"none of the {endpoints.Length} endpoints of cluster '{cluster.Name}' is usable: their source marks them unhealthy or draining";
    }

    public override PickResult Pick(Endpoint? previous)
    {
        Endpoint[] usable = _usable;
        if (usable.Length == 0)
            return PickResult.Fail(_whyNone);
        if (previous is null || usable.Length == 1 || IndexOf(usable, previous) is var failed && failed < 0)
            return PickResult.Complete(usable[(int)(_cluster.NextTurn() % (uint)usable.Length)]);

        // A retry takes one of the others, and no turn of its own: the rotation would else fall into step with the failures.
        int offset = 1 + (int)(_cluster.Turn % (uint)(usable.Length - 1));
        return PickResult.Complete(usable[(failed + offset) % usable.Length]);
    }

    private static int IndexOf(Endpoint[] endpoints, Endpoint endpoint)
    {
        for (int i = 0; i < endpoints.Length; i++)
        {
            if (ReferenceEquals(endpoints[i].State, endpoint.State))
                return i;
        }

        return -1;
    }
}
