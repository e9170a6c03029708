using Mesh.Matching;
using Mesh.Policies.Headers;
using Mesh.Policies.Retries;
using Mesh.Resources;
using Mesh.Routing;

namespace Mesh.Snapshots;

/// <summary>Compiles a route configuration against the slots of the clusters.</summary>
internal static class RouteTableCompiler
{
    public static RouteTable<Route> Compile(RouteConfigurationResource resource, IReadOnlyDictionary<string, int> slots, ErrorCollector errors)
    {
        var hosts = new List<VirtualHost<Route>>(resource.VirtualHosts.Count);
        for (int i = 0; i < resource.VirtualHosts.Count; i++)
        {
            VirtualHostResource host = resource.VirtualHosts[i];
            var routes = new RouteEntry<Route>[host.Routes.Count];
            for (int j = 0; j < routes.Length; j++)
            {
                using (errors.At("virtual_hosts", i))
                using (errors.At("routes", j))
                    routes[j] = Compile(resource, host, host.Routes[j], j, slots, errors);
            }

            hosts.Add(new VirtualHost<Route>(host.Name, [.. host.Domains], routes)
            {
                RequireTls = host.RequireTls,
                VirtualClusters = [.. host.VirtualClusters.Select(cluster => new VirtualCluster(cluster))],
            });
        }

        return new RouteTable<Route>(hosts, resource.IgnorePortInHostMatching, resource.VhostHeader);
    }

    private static RouteEntry<Route> Compile(
        RouteConfigurationResource table, VirtualHostResource host, RouteResource route, int index, IReadOnlyDictionary<string, int> slots, ErrorCollector errors)
    {
        RouteActionResource action = route.Action;
        if (action.ClusterHeader.Length > 0)
            action = action with { Clusters = [new WeightedClusterResource("", 1) { ClusterHeader = action.ClusterHeader }] };
        var destinations = new RouteDestination[action.Clusters.Count];
        for (int i = 0; i < destinations.Length; i++)
        {
            WeightedClusterResource cluster = action.Clusters[i];
            int slot = -1;
            if (cluster.ClusterHeader.Length == 0 && !slots.TryGetValue(cluster.Name, out slot))
            {
                slot = -1;
                Report(action, i, cluster.Name, refuse: table.ValidateClusters ?? true, errors);
            }

            HeaderMutator? headers = HeaderMutator.Create(
                [cluster.Headers, route.Headers, host.Headers, table.Headers], table.MostSpecificHeaderMutationsWins);
            string hostRewrite = cluster.HostRewriteLiteral.Length > 0 ? cluster.HostRewriteLiteral : action.HostRewriteLiteral;
            destinations[i] = new RouteDestination(slot, cluster.Name, cluster.Weight, hostRewrite, headers) { ClusterHeader = cluster.ClusterHeader };
        }

        // The route's policy replaces the virtual host's; they are not merged (gRFC A44).
        RetryPolicyResource? retry = action.RetryPolicy ?? host.RetryPolicy;
        RetryPolicy? policy = retry is { NumRetries: > 0, RetryOn: not RetryConditions.None } ? new RetryPolicy(retry) : null;
        HeaderMutator? answerHeaders = destinations.Length > 0 ? null : HeaderMutator.Create([route.Headers, host.Headers, table.Headers], table.MostSpecificHeaderMutationsWins);
        var matcher = new RouteMatcher(route.Match, table.IgnorePathParametersInPathMatching);
        string name = route.Name.Length > 0 ? route.Name : $"routes[{index}]";
        return new RouteEntry<Route>(matcher, new Route(name, matcher, route, policy, destinations, answerHeaders));
    }

    private static void Report(RouteActionResource action, int index, string cluster, bool refuse, ErrorCollector errors)
    {
        string message = $"no cluster is named '{cluster}'";
        using (errors.At("route"))
        using (action.IsWeighted ? errors.At("weighted_clusters.clusters", index) : errors.At("cluster"))
        {
            if (refuse)
                errors.Error(message);
            else
                errors.Warning(message + ": calls on it are answered with NC");
        }
    }
}
