using Mesh.Sources.Xds.Graph;

namespace Mesh.Tool.Watching;

/// <summary>A host or listener and what serves it.</summary>
/// <param name="Name">The host; with a wildcard the listener.</param>
/// <param name="Listener">The name of its listener resource.</param>
/// <param name="Routes">Its route configuration; null when it is not served.</param>
/// <param name="Error">Why it is not served, or what is waited for; null when it is.</param>
internal sealed record WatchedHost(string Name, string Listener, RouteConfigurationView? Routes, string? Error);

/// <summary>What a control plane has given so far and what follows from it.</summary>
internal sealed record WatchResult
{
    public required IReadOnlyList<ControlPlaneView> ControlPlanes { get; init; }

    public required IReadOnlyList<ResourceView> Resources { get; init; }

    public required IReadOnlyList<WatchedHost> Hosts { get; init; }

    public required IReadOnlyList<ClusterView> Clusters { get; init; }

    /// <summary>Why not everything that was asked for is served; empty when it is.</summary>
    public required IReadOnlyList<string> Failures { get; init; }

    public static WatchResult Of(MeshHost host)
    {
        IMeshState state = host.State;
        IReadOnlyList<ControlPlaneView> planes = state.ControlPlanes;
        IReadOnlyList<ResourceView> resources = state.Resources;
        IReadOnlyList<RouteConfigurationView> routes = state.Routes;
        List<WatchedHost> hosts = host.Xds is not { } source ? [] : host.Read(() => source.Graph.Listeners.Values.Select(ViewOf).ToList());
        hosts = [.. hosts.OrderBy(each => each.Name, StringComparer.Ordinal)];
        return new WatchResult
        {
            ControlPlanes = planes,
            Resources = resources,
            Hosts = hosts,
            Clusters = state.Clusters,
            Failures =
            [
                .. hosts.Where(each => each.Error is not null).Select(each => $"{each.Name}: {each.Error}"),
                .. resources.Where(each => each.RejectedVersion is not null).Select(each => $"refused: {each.Error}"),
                .. hosts.Count == 0 && !state.IsReady ? Unreachable(planes) : [],
            ],
        };
    }

    private static IEnumerable<string> Unreachable(IReadOnlyList<ControlPlaneView> planes) => planes.Count == 0
        ? ["no control plane is configured"]
        : planes.Select(plane => plane.LastError is { } error ? $"control plane {plane.Server} cannot be reached: {error}" : $"control plane {plane.Server} was silent");

    private static WatchedHost ViewOf(ServedListener listener) => new(
        listener.Host ?? listener.Name,
        listener.Name,
        listener.Served is { } served ? RoutesOf(served) : null,
        listener.Served is not null ? null : listener.Failure ?? $"waiting for {listener.Awaited ?? "its listener"}");

    private static RouteConfigurationView RoutesOf(ListenerClosure served) => new(
        served.Routes.Name,
        [
            .. served.Routes.VirtualHosts.Select(host => new VirtualHostView(
                host.Name,
                host.Domains,
                [
                    .. host.AllRoutes.Select((route, i) => new RouteView(
                        route.Name.Length > 0 ? route.Name : $"routes[{i}]",
                        new Matching.RouteMatcher(route.Match, served.Routes.IgnorePathParametersInPathMatching).ToString(),
                        route.Action.Clusters.GroupBy(cluster => cluster.Name, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Sum(cluster => (long)cluster.Weight), StringComparer.Ordinal))),
                ])),
        ]);
}
