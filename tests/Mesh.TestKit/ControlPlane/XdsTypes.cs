namespace Mesh.TestKit.ControlPlane;

/// <summary>The resource types of xDS by the full names of their messages; wherever a type is asked for, its type URL does as well.</summary>
public static class XdsTypes
{
    /// <summary>LDS.</summary>
    public const string Listener = "envoy.config.listener.v3.Listener";

    /// <summary>RDS.</summary>
    public const string RouteConfiguration = "envoy.config.route.v3.RouteConfiguration";

    /// <summary>CDS.</summary>
    public const string Cluster = "envoy.config.cluster.v3.Cluster";

    /// <summary>EDS.</summary>
    public const string Endpoints = "envoy.config.endpoint.v3.ClusterLoadAssignment";

    /// <summary>SDS.</summary>
    public const string Secret = "envoy.extensions.transport_sockets.tls.v3.Secret";

    private const string Prefix = "type.googleapis.com/";

    internal static string UrlOf(string typeName) => Prefix + typeName;

    /// <summary>The full name of a type given by name or URL; what has another prefix stays as it is.</summary>
    internal static string NameOf(string type)
    {
        ArgumentException.ThrowIfNullOrEmpty(type);
        return type.StartsWith(Prefix, StringComparison.Ordinal) ? type[Prefix.Length..] : type;
    }

    /// <summary>The two types whose first request without a name asks for everything.</summary>
    internal static bool HasLegacyWildcard(string typeName) => typeName is Listener or Cluster;
}
