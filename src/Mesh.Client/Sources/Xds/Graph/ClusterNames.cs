using Mesh.Resources;

namespace Mesh.Sources.Xds.Graph;

/// <summary>The clusters that a route configuration names, each once: what has to be there before it is used.</summary>
internal static class ClusterNames
{
    public static IReadOnlyList<string> Of(RouteConfigurationResource routes)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        Add(routes.MirrorPolicies, names);
        foreach (VirtualHostResource host in routes.VirtualHosts)
        {
            Add(host.MirrorPolicies, names);
            foreach (RouteResource route in host.AllRoutes)
            {
                Add(route.Action.MirrorPolicies, names);
                foreach (WeightedClusterResource cluster in route.Action.Clusters)
                    Add(cluster.ClusterHeader.Length == 0 ? cluster.Name : "", names);
            }
        }

        return [.. names];
    }

    private static void Add(IReadOnlyList<MirrorPolicyResource> mirrors, HashSet<string> names)
    {
        foreach (MirrorPolicyResource mirror in mirrors)
            Add(mirror.Cluster ?? "", names);
    }

    private static void Add(string name, HashSet<string> names)
    {
        if (name.Length > 0)
            names.Add(name);
    }
}
