namespace Mesh.Sources.Xds.Bootstrap.Platform;

/// <summary>What a platform tells a process about itself; what it does not tell is empty.</summary>
internal sealed record PlatformFacts
{
    public string Id { get; init; } = "";

    public string Cluster { get; init; } = "";

    public string Region { get; init; } = "";

    public string Zone { get; init; } = "";

    public string SubZone { get; init; } = "";

    /// <summary>Entries of the node's metadata that are texts; empty ones are left out.</summary>
    public IReadOnlyList<(string Name, string Value)> Metadata { get; init; } = [];

    /// <summary>The labels of the pod; they become one entry of the metadata.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The suffix under which the mesh's hosts lie, as <c>.svc.cluster.local</c>; null when there is none.</summary>
    public string? DnsSuffix { get; init; }
}

/// <summary>A node with what the platform added to it.</summary>
/// <param name="Node">The node; what was set explicitly is as it was.</param>
/// <param name="DnsSuffix">The suffix under which the mesh's hosts lie; null when neither the node nor the platform tells one.</param>
internal sealed record CompletedNode(XdsNode Node, string? DnsSuffix);
