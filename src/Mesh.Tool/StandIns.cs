using Mesh.Resources;

namespace Mesh.Tool;

/// <summary>Stands something in for each refused resource, so that what names it is not said to name nothing.</summary>
internal static class StandIns
{
    public static void Add(ResourceSet set)
    {
        foreach (string owner in set.Refused)
        {
            int quote = owner.IndexOf('\'', StringComparison.Ordinal);
            string name = owner[(quote + 1)..^1];
            switch (owner[..(quote - 1)])
            {
                case "Cluster":
                    set.Clusters.TryAdd(name, new ClusterResource { Name = name, Type = DiscoveryType.Static, LoadAssignment = new EndpointsResource(name, []) });
                    break;
                case "RouteConfiguration":
                    set.RouteConfigurations.TryAdd(name, new RouteConfigurationResource { Name = name });
                    break;
                case "ClusterLoadAssignment":
                    set.Endpoints.TryAdd(name, new EndpointsResource(name, []));
                    break;
            }
        }
    }
}
