namespace Mesh.Resources;

/// <summary>Everything one source has to say, by type and name. Built once, then only read.</summary>
internal sealed class ResourceSet
{
    public static readonly ResourceSet Empty = new();

    public Dictionary<string, ListenerResource> Listeners { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, RouteConfigurationResource> RouteConfigurations { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, ClusterResource> Clusters { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, EndpointsResource> Endpoints { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, SecretResource> Secrets { get; } = new(StringComparer.Ordinal);

    /// <summary>The hosts that are served one by one, each by a listener of its own; upper and lower case are alike.</summary>
    public Dictionary<string, TargetResource> Targets { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The route configurations of listeners whose source has put the two together already, by the listener's name.</summary>
    public Dictionary<string, RouteConfigurationResource> Routed { get; } = new(StringComparer.Ordinal);

    /// <summary>Clusters that calls lead to and that cannot be used, each with why.</summary>
    public Dictionary<string, string> FailedClusters { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether what is wrong with one cluster is its own and refuses nothing else (gRFC A74): so with a control plane.</summary>
    public bool FailsAlone { get; init; }

    /// <summary>The clusters of a set that does not fail alone as a whole, but whose own errors are theirs.</summary>
    public HashSet<string> LoneClusters { get; } = new(StringComparer.Ordinal);

    /// <summary>Where each resource stands, by its owner text (<c>Cluster 'shop'</c>), for findings made after reading.</summary>
    public Dictionary<string, ResourceOrigin> Origins { get; } = new(StringComparer.Ordinal);

    /// <summary>The owner texts of resources that were refused: what names them names something, though it is not here.</summary>
    public HashSet<string> Refused { get; } = new(StringComparer.Ordinal);

    /// <summary>When set, every resource's wire form is kept here as well, good or not: what a control plane would send.</summary>
    public List<WireResource>? Wire { get; init; }

    /// <summary>
    /// Whether a cluster of type EDS has no load assignment, and none to wait for: its source is no control plane. Its endpoints may be
    /// discovered.
    /// </summary>
    public bool LacksEndpoints(ClusterResource cluster) =>
        cluster.Type == DiscoveryType.Eds && !FailsAlone && !LoneClusters.Contains(cluster.Name) && !Endpoints.ContainsKey(cluster.EndpointsName);

    public int Count => Listeners.Count + RouteConfigurations.Count + Clusters.Count + Endpoints.Count + Secrets.Count;
}

/// <summary>One host that is served by a listener of its own.</summary>
/// <param name="Listener">The listener; null when it cannot be served.</param>
/// <param name="Routes">Its route configuration.</param>
/// <param name="Failure">Why it cannot be served; null when it can.</param>
internal sealed record TargetResource(ListenerResource? Listener, RouteConfigurationResource? Routes, string? Failure);

/// <summary>Where a resource was read.</summary>
/// <param name="File">The file; null when the source is none.</param>
/// <param name="DocumentPath">The path in its document.</param>
internal readonly record struct ResourceOrigin(string? File, string DocumentPath);

/// <summary>A resource as it goes over the wire.</summary>
/// <param name="TypeName">The full name of its message, without <c>type.googleapis.com/</c>.</param>
/// <param name="Name">Its name.</param>
/// <param name="Bytes">The encoded message.</param>
internal readonly record struct WireResource(string TypeName, string Name, byte[] Bytes);
