using Mesh.Resources;

namespace Mesh.Client.Tests.RoutingModel;

/// <summary>
/// Routing once more, from Envoy's description of <c>envoy.config.route.v3</c>: as plain as can be, and with nothing of the library
/// but the records that hold a configuration.
/// </summary>
internal sealed class Model
{
    /// <summary>Which of the routes that match is taken; the first.</summary>
    public Func<IEnumerable<RouteResource>, RouteResource?> ChooseRoute { get; init; } = routes => routes.FirstOrDefault();

    /// <summary>Which of weighted clusters a number stands for.</summary>
    public Func<IReadOnlyList<WeightedClusterResource>, ulong, WeightedClusterResource?> ChooseCluster { get; init; } = ModelClusters.ByWeight;

    public ModelAnswer Answer(RouteConfigurationResource table, ModelRequest request)
    {
        if (ModelHosts.Find(table, request) is not { } host)
            return new ModelAnswer();
        if (host.RequireTls == TlsRequirement.All && request.ConnectionScheme != "https")
            return new ModelAnswer { Host = host.Name, Status = 301, Location = ModelRedirect.ToHttps(request) };
        if (ChooseRoute(host.Routes.Where(candidate => ModelMatch.Matches(table, candidate.Match, request))) is not { } route)
            return new ModelAnswer { Host = host.Name };
        var answer = new ModelAnswer { Host = host.Name, Route = host.Routes.TakeWhile(candidate => !ReferenceEquals(candidate, route)).Count() };
        if (route.Redirect is { } redirect)
            return answer with { Status = redirect.StatusCode, Location = ModelRedirect.Location(route, request) };
        if (route.DirectResponse is { } direct)
            return answer with { Status = direct.Status };

        RouteActionResource action = route.Action;
        WeightedClusterResource? chosen = action.IsWeighted
            ? ChooseCluster(action.Clusters, ModelClusters.Number(action, request))
            : action.Clusters.Count == 0 ? null : action.Clusters[0];
        return answer with
        {
            Cluster = ModelClusters.Name(action, chosen, request),
            VirtualCluster = VirtualCluster(host, request),
            Path = ModelRewrites.Path(route, request),
            Authority = ModelRewrites.Authority(action, chosen, request),
        };
    }

    private static string? VirtualCluster(VirtualHostResource host, ModelRequest request) => host.VirtualClusters.Count == 0
        ? null
        : host.VirtualClusters.FirstOrDefault(cluster => ModelHeaders.Match(cluster.Headers, request))?.Name ?? "other";
}
