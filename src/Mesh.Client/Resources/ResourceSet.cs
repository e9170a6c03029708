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

    /// <summary>Where each resource stands, by its owner text (<c>Cluster 'shop'</c>), for findings made after reading.</summary>
    public Dictionary<string, ResourceOrigin> Origins { get; } = new(StringComparer.Ordinal);

    /// <summary>The owner texts of resources that were refused: what names them names something, though it is not here.</summary>
    public HashSet<string> Refused { get; } = new(StringComparer.Ordinal);

    public int Count => Listeners.Count + RouteConfigurations.Count + Clusters.Count + Endpoints.Count + Secrets.Count;
}

/// <summary>Where a resource was read.</summary>
/// <param name="File">The file; null when the source is none.</param>
/// <param name="DocumentPath">The path in its document.</param>
internal readonly record struct ResourceOrigin(string? File, string DocumentPath);
