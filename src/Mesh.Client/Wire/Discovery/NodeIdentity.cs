namespace Mesh.Wire.Discovery;

/// <summary><c>envoy.config.core.v3.Node</c>: who the mesh is to a control plane.</summary>
internal sealed record NodeIdentity
{
    public string Id { get; init; } = "";

    public string Cluster { get; init; } = "";

    public string Region { get; init; } = "";

    public string Zone { get; init; } = "";

    public string SubZone { get; init; } = "";

    /// <summary>The metadata as a JSON object; null for none.</summary>
    public string? MetadataJson { get; init; }

    /// <summary>Name and version of the client.</summary>
    public string UserAgentName { get; init; } = "";

    public string UserAgentVersion { get; init; } = "";

    /// <summary>What the client can do, in the field's own words.</summary>
    public IReadOnlyList<string> Features { get; init; } = [];
}
