using System.Text.Json;

namespace Mesh.Sources.Xds.Bootstrap;

/// <summary>Who this process is to a control plane: <c>envoy.config.core.v3.Node</c> without what the client fills in itself.</summary>
internal sealed record XdsNode
{
    public static readonly XdsNode Empty = new();

    public string Id { get; init; } = "";

    /// <summary>The service this process is an instance of.</summary>
    public string Cluster { get; init; } = "";

    public string Region { get; init; } = "";

    public string Zone { get; init; } = "";

    public string SubZone { get; init; } = "";

    /// <summary>An object; null when there is none. It does not depend on the document it was read from.</summary>
    public JsonElement? Metadata { get; init; }

    // A JsonElement is not equal by value.
    public bool Equals(XdsNode? other) =>
        ReferenceEquals(this, other)
        || (other is not null && Id == other.Id && Cluster == other.Cluster && Region == other.Region && Zone == other.Zone && SubZone == other.SubZone
            && (Metadata, other.Metadata) switch
            {
                ({ } mine, { } others) => JsonElement.DeepEquals(mine, others),
                (null, null) => true,
                _ => false,
            });

    public override int GetHashCode() => HashCode.Combine(Id, Cluster, Region, Zone, SubZone, Metadata is null);
}
