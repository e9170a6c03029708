using System.Text.Json;
using System.Text.Json.Serialization;

namespace Mesh.TestKit.Peers;

/// <summary>
/// Resources for <see cref="GrpcJsControlPlane"/>: anything System.Text.Json turns into canonical proto3 JSON, be it an anonymous object,
/// a <see cref="System.Text.Json.Nodes.JsonNode"/> or a dictionary (which an Any's `@type` wants).
/// </summary>
internal sealed record XdsResources
{
    /// <summary>`envoy.config.listener.v3.Listener`.</summary>
    public IReadOnlyList<object> Listeners { get; init; } = [];

    /// <summary>`envoy.config.route.v3.RouteConfiguration`.</summary>
    public IReadOnlyList<object> Routes { get; init; } = [];

    /// <summary>`envoy.config.cluster.v3.Cluster`.</summary>
    public IReadOnlyList<object> Clusters { get; init; } = [];

    /// <summary>`envoy.config.endpoint.v3.ClusterLoadAssignment`.</summary>
    public IReadOnlyList<object> Endpoints { get; init; } = [];

    /// <summary>`envoy.extensions.transport_sockets.tls.v3.Secret`.</summary>
    public IReadOnlyList<object> Secrets { get; init; } = [];
}

/// <summary>A kind of resource.</summary>
[JsonConverter(typeof(XdsTypeConverter))]
internal enum XdsType
{
    /// <summary>CDS.</summary>
    Clusters,

    /// <summary>EDS.</summary>
    Endpoints,

    /// <summary>LDS.</summary>
    Listeners,

    /// <summary>RDS.</summary>
    Routes,

    /// <summary>SDS.</summary>
    Secrets,
}

/// <summary>Types go over the wire, and are keys there, in small letters.</summary>
internal sealed class XdsTypeConverter() : JsonStringEnumConverter<XdsType>(JsonNamingPolicy.CamelCase);
