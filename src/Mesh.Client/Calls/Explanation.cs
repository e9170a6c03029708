using Mesh.Matching;
using Mesh.Policies.Retries;
using Mesh.Policies.Timeouts;
using Mesh.Resources;
using Mesh.Routing;
using Mesh.Snapshots;

namespace Mesh.Calls;

/// <summary>A route that was tried and why it did not match.</summary>
internal sealed record TriedRoute(string Route, string Reason);

/// <summary>
/// Why a request goes where it goes: the decisions of <see cref="MeshHandler"/> on the same snapshot, with every reason, and without
/// sending anything.
/// </summary>
internal sealed record Explanation
{
    public string? Listener { get; init; }

    /// <summary>The domain that led to the virtual host.</summary>
    public string? Host { get; init; }

    public string? VirtualHost { get; init; }

    public string? Route { get; init; }

    public IReadOnlyList<TriedRoute> Tried { get; init; } = [];

    /// <summary><c>cluster</c>, <c>weighted_clusters</c>, or <c>local reply</c> with the reason.</summary>
    public required string Action { get; init; }

    /// <summary>The cluster; of several the one of the greatest weight.</summary>
    public string? Cluster { get; init; }

    public IReadOnlyDictionary<string, long> Weights { get; init; } = new Dictionary<string, long>(StringComparer.Ordinal);

    /// <summary>What is rewritten: <c>path</c>, <c>host</c>.</summary>
    public IReadOnlyDictionary<string, string> Rewrites { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    public IReadOnlyList<string> RequestHeaders { get; init; } = [];

    public CallTimeout? Timeout { get; init; }

    public RetryPolicy? Retry { get; init; }

    public Cluster? Target { get; init; }

    public static Explanation Of(MeshSnapshot snapshot, HttpRequestMessage request)
    {
        var target = new RequestTarget(request);
        bool grpc = GrpcMessages.IsGrpc(request);
        if (snapshot.FindListener(target.Authority, target.Host, target.Port) is not { } listener)
            return new Explanation { Action = Reply(ResponseFlags.NoRoute, "no listener serves the host") };
        var explanation = new Explanation { Listener = listener.Name, Action = "" };
        if (listener.Routes.FindHost(target.Authority, out string domain) is not { } host)
            return explanation with { Action = Reply(ResponseFlags.NoRoute, $"no virtual host of route configuration '{listener.RouteConfiguration.Name}' has '{target.Authority}'") };

        explanation = explanation with { Host = domain, VirtualHost = host.Name };
        RequestView view = target.View(request);
        var tried = new List<TriedRoute>();
        Route? route = null;
        foreach (RouteEntry<Route> entry in host.Routes)
        {
            if (entry.Matcher.WhyNot(view) is not { } reason)
            {
                route = entry.Route;
                break;
            }

            tried.Add(new TriedRoute(entry.Route.Name, reason));
        }

        explanation = explanation with { Tried = tried };
        return route is null
            ? explanation with { Action = Reply(ResponseFlags.NoRoute, "no route matches") }
            : explanation.WithRoute(route, listener, snapshot, target, grpc, request);
    }

    private Explanation WithRoute(Route route, Listener listener, MeshSnapshot snapshot, in RequestTarget target, bool grpc, HttpRequestMessage request)
    {
        RouteDestination destination = route.Destinations.MaxBy(d => d.Weight)!;
        Cluster? cluster = destination.Slot < 0 ? null : snapshot.Clusters[destination.Slot];
        var weights = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (RouteDestination each in route.Destinations)
            weights[each.Name] = weights.GetValueOrDefault(each.Name) + each.Weight;
        var rewrites = new Dictionary<string, string>(StringComparer.Ordinal);
        if (route.RewritePath(target.Path) is var path && path != target.Path)
            rewrites["path"] = path;
        if (destination.HostRewrite.Length > 0)
            rewrites["host"] = destination.HostRewrite;

        string action = route.Action.IsWeighted ? "weighted_clusters" : "cluster";
        if (cluster is null)
            action = Reply(ResponseFlags.NoCluster, $"cluster '{destination.Name}' is not known");
        else if (ProtocolRefusal.Of(cluster, target, grpc, request, async: true) is { } refusal)
            action = Reply(refusal.Flag, refusal.Reason);
        return this with
        {
            Route = route.Name,
            Action = action,
            Cluster = destination.Name,
            Weights = weights,
            Rewrites = rewrites,
            RequestHeaders = [.. destination.Headers?.DescribeRequest() ?? []],
            Timeout = route.Timeout(grpc, listener),
            Retry = route.Retry,
            Target = cluster,
        };
    }

    private static string Reply(string flag, string reason) => $"local reply {flag}: {reason}";
}
