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
    /// <summary>What stands for the route in a step of a matcher tree.</summary>
    public const string TreeStep = "matcher";

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

    /// <summary>The cluster whose endpoints are called; of an aggregate's the one with the greatest share.</summary>
    public Cluster? Target { get; init; }

    /// <summary>The clusters of an aggregate, in order; empty for another cluster.</summary>
    public IReadOnlyList<string> Leaves { get; init; } = [];

    /// <summary>The subset of the cluster's endpoints that is called, and why; null where it has no subsets.</summary>
    public string? Subset { get; init; }

    /// <summary>The virtual cluster; null where the host has none.</summary>
    public string? VirtualCluster { get; init; }

    public IReadOnlyList<string> ResponseHeaders { get; init; } = [];

    /// <summary>The request's hash by <c>hash_policy</c>; null where it has none.</summary>
    public ulong? Hash { get; init; }

    /// <summary>The filters that run before the request is sent, each with what it does.</summary>
    public IReadOnlyList<string> Filters { get; init; } = [];

    /// <summary>The part of the requests that takes the route; null for all.</summary>
    public FractionResource? Chance { get; init; }

    /// <summary>What becomes of the requests that chance does not give to the route.</summary>
    public Explanation? Otherwise { get; init; }

    /// <summary>The route itself, for the values it carries.</summary>
    public Route? Taken { get; init; }

    public static Explanation Of(MeshSnapshot snapshot, HttpRequestMessage request)
    {
        var target = new RequestTarget(request);
        bool grpc = GrpcMessages.IsGrpc(request);
        RequestView view = target.View(request, 0);
        ListenerChoice choice = snapshot.FindListener(view, target.Host, target.Port);
        if (choice.Target?.Failure is { } failure)
            return new Explanation { Action = Reply(ResponseFlags.NoConfiguration, failure) };
        if (choice.Listener is not { } listener)
            return new Explanation { Action = Reply(ResponseFlags.NoRoute, "no listener serves the host") };
        target = target.At(listener);
        view = target.View(request, 0);
        var explanation = new Explanation { Listener = listener.Name, Action = "", Rewrites = NormalizedPath(request, target) };
        if (choice.Host is not { } host)
            return explanation with { Action = Reply(ResponseFlags.NoRoute, $"no virtual host of route configuration '{listener.RouteConfiguration.Name}' has '{target.Authority}'") };

        explanation = explanation with { Host = choice.Domain, VirtualHost = host.Name, VirtualCluster = host.VirtualClusterOf(view) };
        if (host.RequireTls == TlsRequirement.All && !target.IsSecure)
            return explanation with { Action = $"redirect 301 to {Redirect.ToHttps(view)} (require_tls)" };
        var steps = new List<string>();
        ReadOnlySpan<RouteEntry<Route>> routes = host.Candidates(view, steps);
        explanation = explanation with { Tried = [.. steps.Select(step => new TriedRoute(TreeStep, step))] };
        return explanation.Try(routes, listener, snapshot, target, view, grpc, request);
    }

    /// <summary>The first route that matches. Where it takes a part of the requests only, what becomes of the others is explained too.</summary>
    private Explanation Try(
        ReadOnlySpan<RouteEntry<Route>> routes, Listener listener, MeshSnapshot snapshot, in RequestTarget target, in RequestView view, bool grpc, HttpRequestMessage request)
    {
        var tried = new List<TriedRoute>(Tried);
        for (int i = 0; i < routes.Length; i++)
        {
            Route route = routes[i].Route;
            if (routes[i].Matcher.WhyNot(view) is { } reason)
            {
                tried.Add(new TriedRoute(route.Name, reason));
                continue;
            }

            Explanation found = (this with { Tried = [.. tried] }).WithRoute(route, listener, snapshot, target, view, grpc, request);
            if (routes[i].Matcher.Chance is not { } chance || chance.Numerator >= chance.Denominator)
                return found;
            tried.Add(new TriedRoute(route.Name, $"runtime_fraction takes {chance} only"));
            Explanation others = (this with { Tried = [.. tried] }).Try(routes[(i + 1)..], listener, snapshot, target, view, grpc, request);
            return found with { Chance = chance, Otherwise = others };
        }

        return this with { Tried = tried, Action = Reply(ResponseFlags.NoRoute, "no route matches") };
    }

    private Explanation WithRoute(
        Route route, Listener listener, MeshSnapshot snapshot, in RequestTarget target, in RequestView view, bool grpc, HttpRequestMessage request)
    {
        if (route.IsLocal)
            return this with { Route = route.Name, Action = LocalAction(route, view), ResponseHeaders = [.. route.AnswerHeaders?.DescribeResponse() ?? []], Taken = route };
        RouteDestination destination = route.ChoosesByRequest(view) ? route.Choose(view, random: null) : route.Destinations.MaxBy(d => d.Weight) ?? RouteDestination.None;
        Cluster? cluster = destination.FindCluster(snapshot, view);
        Cluster? leaf = cluster?.Aggregate is { } aggregate ? aggregate.Choose(snapshot, random: null) : cluster;
        var weights = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (RouteDestination each in route.Destinations)
            weights[NameOf(each, view)] = weights.GetValueOrDefault(NameOf(each, view)) + each.Weight;
        var rewrites = new Dictionary<string, string>(Rewrites, StringComparer.Ordinal);
        if (route.RewritePath(view, destination) is var path && path != target.Path)
            rewrites["path"] = path;
        if (route.RewriteHost(destination, view) is var host && host != view.Authority)
            rewrites["host"] = host;
        else if (route.Action.AutoHostRewrite && cluster is not null && Array.Exists(cluster.Endpoints, endpoint => endpoint.Resource.HostName.Length > 0))
            rewrites["host"] = string.Join(" or ", cluster.Endpoints.Select(endpoint => endpoint.Resource.HostName).Where(name => name.Length > 0).Distinct(StringComparer.Ordinal)) + " (auto_host_rewrite)";

        string action = route.Action.IsWeighted ? "weighted_clusters"
            : route.Action.ClusterMatcher is not null ? "cluster_matcher"
            : destination.ClusterHeader.Length > 0 ? "cluster_header"
            : "cluster";
        if (cluster is null)
            action = Reply(ResponseFlags.NoCluster, RoutingRefusal.WhyNoCluster(route, destination, view));
        else if (leaf is null)
            action = Reply(ResponseFlags.NoHealthyUpstream, RoutingRefusal.NoLeaf(cluster).Reason);
        else if (ProtocolRefusal.Of(leaf, target, grpc, request, async: true) is { } refusal)
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
            Retry = route.Retry is { NumRetries: > 0 } retry && retry.AppliesTo(view) ? retry : null,
            Target = leaf,
            Subset = leaf?.Picker.SubsetOf(destination.Criteria),
            Leaves = cluster?.Aggregate is { } choice ? [.. choice.ClustersIn(snapshot).Select(each => each.Name)] : [],
            ResponseHeaders = [.. destination.Headers?.DescribeResponse() ?? []],
            Hash = route.HashOf(view),
            Filters =
            [
                .. listener.Filters.Select(filter => (filter.Name, Policy: filter.PolicyOn(destination.Filters)))
                    .Where(filter => filter.Policy is not null).Select(filter => $"{filter.Name}: {filter.Policy}"),
            ],
            Taken = route,
        };
    }

    private static Dictionary<string, string> NormalizedPath(HttpRequestMessage request, in RequestTarget target) =>
        target.IsNormalized ? new(StringComparer.Ordinal) { ["path"] = target.Path } : new(StringComparer.Ordinal);

    private static string NameOf(RouteDestination destination, in RequestView view) =>
        destination.ClusterHeader.Length == 0 ? destination.Name : view.Find(destination.ClusterHeader) ?? "";

    private static string LocalAction(Route route, in RequestView view) => route.Redirect is { } redirect
        ? $"redirect {redirect.StatusCode} to {redirect.Location(view, view.Scheme)}"
        : $"direct_response {route.DirectResponse!.Status}, {(route.BodyFormat is null ? $"{route.DirectResponse.Body.Count} bytes" : "a body made by body_format")}";

    private static string Reply(string flag, string reason) => $"local reply {flag}: {reason}";
}
