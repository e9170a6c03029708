namespace Mesh.Endpoints;

/// <summary>The states of all clusters by name, and of those that are gone while calls are still on them.</summary>
internal sealed class ClusterStates(TimeProvider timeProvider, Random random)
{
    private readonly Dictionary<string, ClusterState> _byName = new(StringComparer.Ordinal);
    private readonly Lock _counting = new();
    private readonly List<ClusterState> _counted = [];

    /// <summary>The clusters that are configured; control loop only.</summary>
    public IEnumerable<string> Names => _byName.Keys;

    /// <summary>Calls that have not ended, on any cluster. For those who wait or look; calls count on their own cluster.</summary>
    public int InFlight
    {
        get
        {
            lock (_counting)
            {
                int sum = 0;
                foreach (ClusterState state in _counted)
                    sum += state.InFlight;
                return sum;
            }
        }
    }

    /// <summary>The state of a cluster, new or as it was; control loop only.</summary>
    public ClusterState Get(string name)
    {
        if (_byName.TryGetValue(name, out ClusterState? state))
            return state;
        _byName[name] = state = new ClusterState(name, timeProvider, random);
        lock (_counting)
            _counted.Add(state);
        return state;
    }

    /// <summary>Forgets a cluster; its calls in flight stay counted. Control loop only.</summary>
    public ClusterState Remove(string name)
    {
        _byName.Remove(name, out ClusterState? removed);
        lock (_counting)
            _counted.RemoveAll(state => state.InFlight == 0 && (ReferenceEquals(state, removed) || !IsCurrent(state)));
        return removed!;
    }

    private bool IsCurrent(ClusterState state) => _byName.TryGetValue(state.Name, out ClusterState? current) && ReferenceEquals(current, state);
}
