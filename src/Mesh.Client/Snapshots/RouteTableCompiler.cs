using Mesh.LoadBalancing;
using Mesh.Matching;
using Mesh.Policies.Headers;
using Mesh.Policies.Retries;
using Mesh.Primitives;
using Mesh.Resources;
using Mesh.Routing;

namespace Mesh.Snapshots;

/// <summary>Compiles a route configuration against the slots of the clusters.</summary>
internal static class RouteTableCompiler
{
    public static RouteTable<Route> Compile(RouteConfigurationResource resource, IReadOnlyDictionary<string, int> slots, ErrorCollector errors)
    {
        CheckMirrors(resource.MirrorPolicies, resource, slots, errors);
        var hosts = new List<VirtualHost<Route>>(resource.VirtualHosts.Count);
        for (int i = 0; i < resource.VirtualHosts.Count; i++)
        {
            VirtualHostResource host = resource.VirtualHosts[i];
            var routes = new List<RouteEntry<Route>>(host.Routes.Count);
            var parts = new List<Range>(host.MatcherRoutes.Count);
            VirtualCluster[] virtualClusters = [.. host.VirtualClusters.Select(cluster => new VirtualCluster(cluster))];
            using (errors.At("virtual_hosts", i))
            {
                CheckMirrors(host.MirrorPolicies, resource, slots, errors);
                for (int j = 0; j < host.Routes.Count; j++)
                {
                    using (errors.At("routes", j))
                        routes.Add(Compile(resource, host, host.Routes[j], $"routes[{j}]", virtualClusters, slots, errors));
                }

                using (errors.At("matcher"))
                {
                    for (int j = 0; j < host.MatcherRoutes.Count; j++)
                    {
                        int start = routes.Count;
                        for (int k = 0; k < host.MatcherRoutes[j].Count; k++)
                            routes.Add(Compile(resource, host, host.MatcherRoutes[j][k], $"matcher.actions[{j}].routes[{k}]", virtualClusters, slots, errors));
                        parts.Add(start..routes.Count);
                    }
                }
            }

            MatchTree? tree = host.Matcher is null ? null : MatchTree.Create(host.Matcher);
            hosts.Add(new VirtualHost<Route>(host.Name, [.. host.Domains], [.. routes], tree, [.. parts])
            {
                RequireTls = host.RequireTls,
                VirtualClusters = virtualClusters,
            });
        }

        return new RouteTable<Route>(hosts, resource.IgnorePortInHostMatching, resource.VhostHeader);
    }

    private static RouteEntry<Route> Compile(
        RouteConfigurationResource table, VirtualHostResource host, RouteResource route, string place, VirtualCluster[] virtualClusters, IReadOnlyDictionary<string, int> slots, ErrorCollector errors)
    {
        RouteActionResource action = route.Action;
        if (action.ClusterHeader.Length > 0)
            action = action with { Clusters = [new WeightedClusterResource("", 1) { ClusterHeader = action.ClusterHeader }] };
        ValueList<MirrorPolicyResource> mirrors = action.MirrorPolicies.Count > 0 ? action.MirrorPolicies : host.MirrorPolicies.Count > 0 ? host.MirrorPolicies : table.MirrorPolicies;
        ValueList<FilterOverrideResource> overrides = Merge(route.FilterOverrides, Merge(host.FilterOverrides, table.FilterOverrides));
        var destinations = new RouteDestination[action.Clusters.Count];
        for (int i = 0; i < destinations.Length; i++)
        {
            WeightedClusterResource cluster = action.Clusters[i];
            int slot = -1;
            if (cluster.ClusterHeader.Length == 0 && !slots.TryGetValue(cluster.Name, out slot))
            {
                slot = -1;
                Report(action, i, $"{(host.Matcher is null ? "" : $"{place}: ")}no cluster is named '{cluster.Name}'", refuse: table.ValidateClusters ?? true, errors);
            }

            HeaderMutationsResource[] levels = [cluster.Headers, route.Headers, host.Headers, table.Headers];
            var headers = HeaderMutator.Create(levels, table.MostSpecificHeaderMutationsWins);
            destinations[i] = new RouteDestination(slot, cluster.Name, cluster.Weight, cluster.HostRewriteLiteral, headers)
            {
                ClusterHeader = cluster.ClusterHeader,
                Criteria = MetadataCriteria.Of(action.MetadataMatch, cluster.MetadataMatch),
                FilterOverrides = Merge(cluster.FilterOverrides, overrides),
                Mirrors = mirrors.Count == 0 ? [] : [.. mirrors.Select(mirror => Compile(mirror, HeaderMutator.Create(levels, table.MostSpecificHeaderMutationsWins, mirror.Headers), slots))],
            };
        }

        using (errors.At("route"))
            CheckMirrors(action.MirrorPolicies, table, slots, errors);
        action = action with
        {
            MirrorPolicies = mirrors,
            HedgePolicy = action.HedgePolicy ?? host.HedgePolicy,
        };

        // The route's policy replaces the virtual host's; they are not merged (gRFC A44).
        var policy = RetryPolicy.Create(action.RetryPolicy ?? host.RetryPolicy);
        HeaderMutator? answerHeaders = destinations.Length > 0 ? null : HeaderMutator.Create([route.Headers, host.Headers, table.Headers], table.MostSpecificHeaderMutationsWins);
        var matcher = new RouteMatcher(route.Match, table.IgnorePathParametersInPathMatching);
        string name = route.Name.Length > 0 ? route.Name : place;
        return new RouteEntry<Route>(matcher, new Route(name, matcher, route, action, policy, destinations, answerHeaders)
        {
            FilterOverrides = overrides,
            Host = host,
            VirtualClusters = virtualClusters,
        });
    }

    private static Mirror Compile(MirrorPolicyResource policy, HeaderMutator? headers, IReadOnlyDictionary<string, int> slots) =>
        new(policy, new RouteDestination(policy.Cluster.Length > 0 ? slots.GetValueOrDefault(policy.Cluster, -1) : -1, policy.Cluster, 1, "", headers) { ClusterHeader = policy.ClusterHeader });

    /// <summary>What a filter is told on the inner level replaces what it is told on the outer (gRFC A39).</summary>
    private static ValueList<FilterOverrideResource> Merge(ValueList<FilterOverrideResource> inner, ValueList<FilterOverrideResource> outer) =>
        inner.Count == 0 ? outer
        : outer.Count == 0 ? inner
        : inner.Concat(outer.Where(each => !inner.Any(own => own.Filter == each.Filter))).ToValueList();

    /// <summary>A mirror's cluster must be there as a route's must, also before anything is sent to it.</summary>
    private static void CheckMirrors(ValueList<MirrorPolicyResource> mirrors, RouteConfigurationResource table, IReadOnlyDictionary<string, int> slots, ErrorCollector errors)
    {
        for (int i = 0; i < mirrors.Count && (table.ValidateClusters ?? true); i++)
        {
            if (mirrors[i].Cluster is not { Length: > 0 } cluster || slots.ContainsKey(cluster))
                continue;
            using (errors.At("request_mirror_policies", i))
                errors.Error("cluster", $"no cluster is named '{cluster}'");
        }
    }

    private static void Report(RouteActionResource action, int index, string message, bool refuse, ErrorCollector errors)
    {
        using (errors.At("route"))
        using (action.IsWeighted ? errors.At("weighted_clusters.clusters", index) : errors.At(action.ClusterMatcher is null ? "cluster" : "inline_cluster_specifier_plugin"))
        {
            if (refuse)
                errors.Error(message);
            else
                errors.Warning(message + ": calls on it are answered with NC");
        }
    }
}
