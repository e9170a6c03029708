using Mesh.Resources;
using Mesh.Snapshots;

namespace Mesh.Tool.Differences;

/// <summary>What differs between two configurations as they were compiled: what the mesh does not honour makes no difference.</summary>
internal sealed class SnapshotDifference
{
    private readonly HashSet<(RouteResource Old, RouteResource New)> _sameRoutes = [];

    public SnapshotDifference(MeshSnapshot before, MeshSnapshot after)
    {
        Listeners = [.. NamedChanges.Of(ByName(before.Listeners), ByName(after.Listeners), ListenerDetails.Of)];
        Clusters = [.. NamedChanges.Of(ByName(before.Clusters), ByName(after.Clusters), ClusterDetails.Of)];
        HashSet<string> ambiguous = [.. Ambiguous(before), .. Ambiguous(after)];
        var hosts = new HostChanges(_sameRoutes);
        Hosts =
        [
            .. RouteTablePairs.Of(before, after)
                .SelectMany(pair => hosts.Of(HostsOf(pair.Old, pair, ambiguous), HostsOf(pair.New, pair, ambiguous)))
                .OrderBy(change => change.Name, StringComparer.Ordinal),
        ];
    }

    public IReadOnlyList<Change> Listeners { get; }

    public IReadOnlyList<Change> Clusters { get; }

    public IReadOnlyList<HostChange> Hosts { get; }

    public int Count => Listeners.Count + Clusters.Count + Hosts.Sum(host => host.Count);

    /// <summary>Whether a route of the old configuration is, changed or not, that of the new one.</summary>
    public bool IsSameRoute(RouteResource? before, RouteResource? after) => before is null || after is null
        ? ReferenceEquals(before, after)
        : _sameRoutes.Contains((before, after));

    private static Dictionary<string, Listener> ByName(Listener[] listeners) => listeners.ToDictionary(listener => listener.Name, StringComparer.Ordinal);

    private static Dictionary<string, Cluster> ByName(Cluster?[] clusters) => clusters.OfType<Cluster>().ToDictionary(cluster => cluster.Name, StringComparer.Ordinal);

    /// <summary>The hosts of a route configuration, by the name they are told by: with the route configuration's where there are more of a name.</summary>
    private static Dictionary<string, VirtualHostResource> HostsOf(RouteConfigurationResource? table, RouteTablePair pair, HashSet<string> ambiguous)
    {
        var hosts = new Dictionary<string, VirtualHostResource>(StringComparer.Ordinal);
        foreach (VirtualHostResource host in table?.VirtualHosts ?? [])
        {
            string name = ambiguous.Contains(host.Name) ? $"{(pair.New ?? pair.Old)!.Name}/{host.Name}" : host.Name;

            // Nothing forbids two of one name in one table.
            for (int i = 2; !hosts.TryAdd(i == 2 ? name : $"{name}#{i - 1}", host); i++)
            {
            }
        }

        return hosts;
    }

    private static IEnumerable<string> Ambiguous(MeshSnapshot snapshot) => RouteTablePairs.Tables(snapshot)
        .SelectMany(table => table.VirtualHosts.Select(host => host.Name))
        .CountBy(name => name, StringComparer.Ordinal)
        .Where(count => count.Value > 1)
        .Select(count => count.Key);
}
