using Mesh.Resources;

namespace Mesh.Snapshots;

/// <summary>The resources of all sources as one set; a name that two sources give is an error naming both.</summary>
internal static class MergedResources
{
    public static ResourceSet Merge(IReadOnlyList<KeyValuePair<string, ResourceSet>> sources, ErrorCollector errors)
    {
        if (sources.Count == 1)
            return sources[0].Value;
        var merged = new ResourceSet();
        var owners = new Dictionary<(string Kind, string Name), string>();
        foreach (var (source, set) in sources)
        {
            Add("Listener", set.Listeners, merged.Listeners, source);
            Add("RouteConfiguration", set.RouteConfigurations, merged.RouteConfigurations, source);
            Add("Cluster", set.Clusters, merged.Clusters, source);
            Add("ClusterLoadAssignment", set.Endpoints, merged.Endpoints, source);
            Add("Secret", set.Secrets, merged.Secrets, source);
            Add("Host", set.Targets, merged.Targets, source);
            foreach (var (listener, routes) in set.Routed)
                merged.Routed.TryAdd(listener, routes);
            foreach (var (cluster, reason) in set.FailedClusters.Where(failed => !merged.Clusters.ContainsKey(failed.Key)))
                merged.FailedClusters.TryAdd(cluster, reason);
            if (set.FailsAlone)
                merged.LoneClusters.UnionWith(set.Clusters.Keys);
        }

        return merged;

        void Add<T>(string kind, Dictionary<string, T> from, Dictionary<string, T> to, string source)
        {
            foreach (var (name, resource) in from)
            {
                if (to.TryAdd(name, resource))
                {
                    owners[(kind, name)] = source;
                    continue;
                }

                if (kind == "Listener" && name == MeshSnapshot.DefaultListener)
                {
                    errors.Error($"services are given by {owners[(kind, name)]} and by {source}; only one source may use the short form (it makes the listener and the route configuration '{name}')");
                    continue;
                }

                using (errors.Owner($"{kind} '{name}'"))
                    errors.Error($"given by {source} and by {owners[(kind, name)]}; only one source may give it");
            }
        }
    }
}
