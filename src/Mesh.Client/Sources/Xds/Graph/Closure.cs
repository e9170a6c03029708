using Mesh.Resources;

namespace Mesh.Sources.Xds.Graph;

/// <summary>How far the tree below a resource is known.</summary>
internal enum Readiness
{
    /// <summary>Something is asked for and has not come.</summary>
    Pending,

    /// <summary>It cannot be used, and why is known.</summary>
    Failed,

    /// <summary>All of it is there.</summary>
    Ready,
}

/// <summary>A cluster with its endpoints, as far as they are known.</summary>
/// <param name="Readiness">How far.</param>
/// <param name="Cluster">The cluster; null when it is not there.</param>
/// <param name="Endpoints">Its load assignment; null for a cluster that holds its own, and when it is not there.</param>
/// <param name="Reason">Why it cannot be used, or what is waited for.</param>
internal sealed record ClusterClosure(Readiness Readiness, ClusterResource? Cluster, EndpointsResource? Endpoints, string Reason)
{
    /// <summary>Whether the reason says nothing of the cluster itself: nobody could be asked, or nobody answered.</summary>
    public bool IsTransient { get; init; }

    /// <summary>Whether the control plane was asked for all clusters and has not given this one, which may still come.</summary>
    public bool IsAbsent { get; init; }

    public static ClusterClosure Pending(string awaited) => new(Readiness.Pending, null, null, awaited);

    public static ClusterClosure Failed(string reason) => new(Readiness.Failed, null, null, reason);

    public static ClusterClosure Ready(ClusterResource cluster, EndpointsResource? endpoints) => new(Readiness.Ready, cluster, endpoints, "");
}

/// <summary>A listener with its route configuration and the names of the clusters that one leads to.</summary>
internal sealed record ListenerClosure(ListenerResource Listener, RouteConfigurationResource Routes, IReadOnlyList<string> Clusters);
