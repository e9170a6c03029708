using Mesh.LoadBalancing;
using Mesh.Primitives;
using Mesh.Resources;

namespace Mesh.Snapshots;

/// <summary>
/// An aggregate cluster's choice among its clusters (<c>envoy.clusters.aggregate</c>, gRFC A37): their priorities stand in one row, the first
/// cluster's first, and calls spill over from one to the next as within one cluster. Which endpoint of a cluster is its own policy's choice
/// (gRFC A75). A cluster that is not known is passed over (gRFC A74).
/// </summary>
internal sealed class Aggregate(ClusterResource resource)
{
    /// <summary>How deep aggregate clusters may stand within one another (gRFC A37).</summary>
    public const int MaxDepth = 16;

    private volatile Leaves? _leaves;

    /// <summary>The clusters that it leads to in a snapshot, through aggregates within it, each once.</summary>
    public IReadOnlyList<Cluster> ClustersIn(MeshSnapshot snapshot) => LeavesOf(snapshot).Clusters;

    /// <summary>The cluster of an attempt; null where none is known.</summary>
    /// <param name="snapshot">The clusters there are.</param>
    /// <param name="random">Chance; null for the one with the greatest share.</param>
    public Cluster? Choose(MeshSnapshot snapshot, Random? random)
    {
        Leaves leaves = LeavesOf(snapshot);
        if (leaves.Clusters.Length <= 1)
            return leaves.Clusters.Length == 0 ? null : leaves.Clusters[0];
        uint[] percent = leaves.Shares(resource);
        if (random is null)
            return leaves.Clusters[Array.IndexOf(percent, percent.Max())];
        uint number = (uint)(random.NextPoint() % 100) + 1, sum = 0;
        for (int i = 0; i < percent.Length; i++)
        {
            sum += percent[i];
            if (number <= sum)
                return leaves.Clusters[i];
        }

        return leaves.Clusters[0];
    }

    private Leaves LeavesOf(MeshSnapshot snapshot)
    {
        Leaves? known = _leaves;
        if (known is not null && ReferenceEquals(known.Snapshot, snapshot))
            return known;
        var clusters = new List<Cluster>();
        Collect(resource, snapshot, clusters, depth: 0);
        return _leaves = new Leaves(snapshot, [.. clusters]);
    }

    private static void Collect(ClusterResource aggregate, MeshSnapshot snapshot, List<Cluster> clusters, int depth)
    {
        if (depth >= MaxDepth)
            return;
        foreach (string name in aggregate.AggregateClusters)
        {
            if (snapshot.FindCluster(name) is not { } cluster)
                continue;
            if (cluster.Aggregate is not null)
                Collect(cluster.Resource, snapshot, clusters, depth + 1);
            else if (!clusters.Contains(cluster))
                clusters.Add(cluster);
        }
    }

    /// <summary>The clusters in one snapshot, with their shares by the health they are in.</summary>
    private sealed class Leaves(MeshSnapshot snapshot, Cluster[] clusters)
    {
        // By the pickers that they were made for: an ejection makes another.
        private volatile Tuple<Picker[], uint[]>? _shares;

        public MeshSnapshot Snapshot { get; } = snapshot;

        public Cluster[] Clusters { get; } = clusters;

        public uint[] Shares(ClusterResource aggregate)
        {
            if (_shares is { } known && IsCurrent(known.Item1))
                return known.Item2;
            Picker[] pickers = [.. Clusters.Select(cluster => cluster.Picker)];
            uint[] shares = Share(aggregate);
            _shares = Tuple.Create(pickers, shares);
            return shares;
        }

        private bool IsCurrent(Picker[] pickers)
        {
            for (int i = 0; i < pickers.Length; i++)
            {
                if (!ReferenceEquals(pickers[i], Clusters[i].Picker))
                    return false;
            }

            return true;
        }

        private uint[] Share(ClusterResource aggregate)
        {
            var health = new List<PriorityHealth>();
            var owners = new List<int>();
            for (int i = 0; i < Clusters.Length; i++)
            {
                foreach (PriorityHealth each in Clusters[i].Failure is null ? Clusters[i].HealthOfPriorities() : [])
                {
                    health.Add(each);
                    owners.Add(i);
                }
            }

            uint[] percent = new uint[Clusters.Length];
            if (health.Count == 0)
            {
                // Its own reason is what the caller is to see.
                percent[0] = 100;
                return percent;
            }

            PriorityLoads loads = aggregate.PriorityMode == PriorityMode.FirstUsable
                ? PriorityLoads.OfFirstUsable([.. health])
                : PriorityLoads.Of([.. health], EndpointsResource.DefaultOverprovisioning, byWeight: false, aggregate.CommonLb?.HealthyPanicThreshold ?? CommonLbResource.DefaultPanicThreshold);
            for (int i = 0; i < owners.Count; i++)
                percent[owners[i]] += loads.Healthy[i] + loads.Degraded[i];
            return percent;
        }
    }
}
