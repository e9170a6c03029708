namespace Mesh.Resources;

/// <summary>One of the types of resources that a control plane hands out.</summary>
internal sealed class ResourceType
{
    public static readonly ResourceType Listener = new(0, "Listener", "LDS", "envoy.config.listener.v3.Listener", isWholeSet: true);
    public static readonly ResourceType RouteConfiguration = new(1, "RouteConfiguration", "RDS", "envoy.config.route.v3.RouteConfiguration", isWholeSet: false);
    public static readonly ResourceType Cluster = new(2, "Cluster", "CDS", "envoy.config.cluster.v3.Cluster", isWholeSet: true);
    public static readonly ResourceType Endpoints = new(3, "ClusterLoadAssignment", "EDS", "envoy.config.endpoint.v3.ClusterLoadAssignment", isWholeSet: false);
    public static readonly ResourceType Secret = new(4, "Secret", "SDS", "envoy.extensions.transport_sockets.tls.v3.Secret", isWholeSet: false);

    private ResourceType(int index, string kind, string service, string fullName, bool isWholeSet)
    {
        Index = index;
        Kind = kind;
        Service = service;
        FullName = fullName;
        TypeUrl = "type.googleapis.com/" + fullName;
        IsWholeSet = isWholeSet;
    }

    /// <summary>All of them, each at its <see cref="Index"/>: what names another comes before it.</summary>
    public static IReadOnlyList<ResourceType> All { get; } = [Listener, RouteConfiguration, Cluster, Endpoints, Secret];

    public int Index { get; }

    /// <summary>As owners of findings are called: <c>Cluster</c>.</summary>
    public string Kind { get; }

    /// <summary>Its discovery service in short: <c>CDS</c>.</summary>
    public string Service { get; }

    /// <summary>The message's full name.</summary>
    public string FullName { get; }

    public string TypeUrl { get; }

    /// <summary>
    /// Whether a state-of-the-world response holds all there is, so that what it lacks is gone. Of the other types it may hold a part,
    /// and what nobody refers to any more is gone (xDS protocol, "Deleting Resources").
    /// </summary>
    public bool IsWholeSet { get; }

    /// <summary>The type of a type URL; null for none of ours.</summary>
    public static ResourceType? Find(string typeUrl)
    {
        foreach (ResourceType type in All)
        {
            if (type.TypeUrl == typeUrl)
                return type;
        }

        return null;
    }

    public override string ToString() => Kind;
}
