using Mesh.Resources;

namespace Mesh.Tool.Differences;

/// <summary>What differs between the virtual hosts of two route configurations, and which of their routes are the same.</summary>
internal sealed class HostChanges(HashSet<(RouteResource Old, RouteResource New)> same)
{
    private static readonly string[] Routes = [nameof(VirtualHostResource.Name), nameof(VirtualHostResource.Routes), nameof(VirtualHostResource.MatcherRoutes)];

    /// <param name="before">The old virtual hosts by name.</param>
    /// <param name="after">The new ones.</param>
    public IEnumerable<HostChange> Of(IReadOnlyDictionary<string, VirtualHostResource> before, IReadOnlyDictionary<string, VirtualHostResource> after) =>
        NamedChanges.Of(
            before,
            after,
            name => new HostChange(name, ChangeKind.Added, [], []),
            name => new HostChange(name, ChangeKind.Removed, [], []),
            Changed);

    private HostChange? Changed(string name, VirtualHostResource before, VirtualHostResource after)
    {
        IReadOnlyList<RouteResource> oldRoutes = before.AllRoutes, newRoutes = after.AllRoutes;
        IReadOnlyList<RoutePair> pairs = RoutePairs.Of(oldRoutes, newRoutes);
        var routes = new List<Change>();
        foreach (var (old, now) in pairs)
        {
            if (old >= 0 && now >= 0)
                same.Add((oldRoutes[old], newRoutes[now]));
            if (old < 0)
                routes.Add(new Change(Name(newRoutes, now), ChangeKind.Added, []));
            else if (now < 0)
                routes.Add(new Change(Name(oldRoutes, old), ChangeKind.Removed, []));
            else if (RouteDetails.Of(oldRoutes[old], newRoutes[now]) is { Count: > 0 } details)
                routes.Add(new Change(Name(newRoutes, now), ChangeKind.Changed, details));
        }

        List<string> own = [.. RecordDifference.Of(before, after, Routes)];
        if (RoutePairs.AreReordered(pairs))
            own.Add("routes reordered");
        return own.Count + routes.Count == 0 ? null : new HostChange(name, ChangeKind.Changed, own, routes);
    }

    private static string Name(IReadOnlyList<RouteResource> routes, int route) => routes[route].Name is { Length: > 0 } name ? name : $"routes[{route}]";
}
