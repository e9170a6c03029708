using Mesh.Matching;
using Mesh.Resources;
using Mesh.Routing;
using Mesh.Snapshots;

namespace Mesh.Calls;

/// <summary>The local replies of calls that find no way: apart from <see cref="MeshHandler"/>, whose path they would make long.</summary>
internal static class RoutingRefusal
{
    public static LocalReply Closing() => LocalReply.Unavailable(ResponseFlags.NoConfiguration, "the mesh of this process is shutting down");

    public static LocalReply NoConfiguration(TimeSpan waited) => LocalReply.Unavailable(
        ResponseFlags.NoConfiguration, $"no configuration arrived within {waited.TotalSeconds:0.###} s; see the log for why the sources gave none");

    public static LocalReply UnknownHost(in RequestTarget target) => LocalReply.NoRoute($"host '{target.Authority}' is not known to the mesh");

    public static LocalReply NoHost(in RequestTarget target, in ListenerChoice choice, IHostDemand? demand) =>
        choice.Target?.Failure is { } failure ? LocalReply.Unavailable(ResponseFlags.NoConfiguration, $"host '{target.Authority}': {failure}")
        : choice.Target is null && demand is not null ? LocalReply.Unavailable(ResponseFlags.NoConfiguration, $"host '{target.Authority}': {demand.WhyNot(target.Authority)}")
        : LocalReply.NoRoute($"host '{target.Authority}': {WhyNoHost(choice.Listener)}");

    /// <summary>Why a listener, or none, has no virtual host for a call.</summary>
    public static string WhyNoHost(Listener? listener) => listener is null
        ? "no listener serves it"
        : $"no virtual host of route configuration '{listener.RouteConfiguration.Name}' has it";

    public static LocalReply NoRoute(VirtualHost<Route> host, in RequestView view) => LocalReply.NoRoute(
        $"virtual host '{host.Name}' has no route for {view.Method} {view.Path}; mesh explain tells why each does not match");

    /// <summary>The status is <c>RouteAction.cluster_not_found_response_code</c>.</summary>
    public static LocalReply NoCluster(Route route, RouteDestination destination, in RequestView view)
    {
        return LocalReply.Unavailable(ResponseFlags.NoCluster, WhyNoCluster(route, destination, view)) with { Status = (System.Net.HttpStatusCode)route.Action.ClusterNotFoundStatus };
    }

    public static LocalReply NoLeaf(Cluster aggregate) => LocalReply.Unavailable(
        ResponseFlags.NoHealthyUpstream, $"cluster '{aggregate.Name}' is an aggregate, and none of its clusters is known: {string.Join(", ", aggregate.Resource.AggregateClusters)}");

    /// <summary>Why a route leads to no cluster.</summary>
    public static string WhyNoCluster(Route route, RouteDestination destination, in RequestView view)
    {
        if (route.Action.MissingSpecifier == RouteActionResource.OfServers.MissingSpecifier)
            return $"route '{route.Name}' has a non_forwarding_action, which is for servers: a client's call ends there (gRFC A36)";
        if (route.Action.MissingSpecifier.Length > 0)
            return $"route '{route.Name}' leaves the cluster to '{route.Action.MissingSpecifier}', which is not supported and was marked optional";
        if (ReferenceEquals(destination, RouteDestination.None))
            return $"route '{route.Name}': its cluster_matcher has no cluster for the request";
        string? name = destination.ClusterHeader.Length == 0 ? destination.Name : view.Find(destination.ClusterHeader);
        return name is null
            ? $"route '{route.Name}' leads to the cluster that header '{destination.ClusterHeader}' names, and the request has none"
            : $"route '{route.Name}' leads to cluster '{name}', which is not known";
    }
}
