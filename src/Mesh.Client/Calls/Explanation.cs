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
        RequestView view = target.View(request, 0);
        if (snapshot.FindListener(view, target.Host, target.Port, out VirtualHost<Route>? found, out string domain) is not { } listener)
            return new Explanation { Action = Reply(ResponseFlags.NoRoute, "no listener serves the host") };
        var explanation = new Explanation { Listener = listener.Name, Action = "" };
        if (found is not { } host)
            return explanation with { Action = Reply(ResponseFlags.NoRoute, $"no virtual host of route configuration '{listener.RouteConfiguration.Name}' has '{target.Authority}'") };

        explanation = explanation with { Host = domain, VirtualHost = host.Name };
        if (host.RequireTls == TlsRequirement.All && !target.IsSecure)
            return explanation with { Action = $"redirect 301 to {Redirect.ToHttps(view)} (require_tls)" };
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
            : explanation.WithRoute(route, listener, snapshot, target, view, grpc, request);
    }

    private Explanation WithRoute(
        Route route, Listener listener, MeshSnapshot snapshot, in RequestTarget target, in RequestView view, bool grpc, HttpRequestMessage request)
    {
        if (route.IsLocal)
            return this with { Route = route.Name, Action = LocalAction(route, view) };
        RouteDestination destination = route.Destinations.MaxBy(d => d.Weight)!;
        Cluster? cluster = destination.FindCluster(snapshot, view);
        var weights = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (RouteDestination each in route.Destinations)
            weights[NameOf(each, view)] = weights.GetValueOrDefault(NameOf(each, view)) + each.Weight;
        var rewrites = new Dictionary<string, string>(StringComparer.Ordinal);
        if (route.RewritePath(view) is var path && path != target.Path)
            rewrites["path"] = path;
        if (route.RewriteHost(destination, view) is var host && host != view.Authority)
            rewrites["host"] = host;

        string action = route.Action.IsWeighted ? "weighted_clusters" : destination.ClusterHeader.Length > 0 ? "cluster_header" : "cluster";
        if (cluster is null)
            action = Reply(ResponseFlags.NoCluster, $"cluster '{NameOf(destination, view)}' is not known");
        else if (ProtocolRefusal.Of(cluster, target, grpc, request, async: true) is { } refusal)
            action = Reply(refusal.Flag, refusal.Reason);
        return this with
        {
            Route = route.Name,
            Action = action,
            Cluster = NameOf(destination, view),
            Weights = weights,
            Rewrites = rewrites,
            RequestHeaders = [.. destination.Headers?.DescribeRequest() ?? []],
            Timeout = route.Timeout(grpc, listener),
            Retry = route.Retry,
            Target = cluster,
        };
    }

    private static string NameOf(RouteDestination destination, in RequestView view) =>
        destination.ClusterHeader.Length == 0 ? destination.Name : view.Find(destination.ClusterHeader) ?? "";

    private static string LocalAction(Route route, in RequestView view) => route.Redirect is { } redirect
        ? $"redirect {redirect.StatusCode} to {redirect.Location(view, view.Scheme)}"
        : $"direct_response {route.DirectResponse!.Status}, {route.DirectResponse.Body.Count} bytes";

    private static string Reply(string flag, string reason) => $"local reply {flag}: {reason}";
}
