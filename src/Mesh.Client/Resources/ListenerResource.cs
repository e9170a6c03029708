using Mesh.Primitives;

namespace Mesh.Resources;

/// <summary><c>envoy.config.listener.v3.Listener</c>, with the HttpConnectionManager that decides its routing.</summary>
internal sealed record ListenerResource
{
    public required string Name { get; init; }

    /// <summary>The port of its address; null for an API listener.</summary>
    public int? Port { get; init; }

    /// <summary>
    /// Whether it only concerns a proxy (TCP, UDP, inbound, or a catch-all for redirected connections): accepted, and nothing to a client.
    /// It has no routes then.
    /// </summary>
    public bool IsForProxyOnly { get; init; }

    /// <summary>
    /// Whether it listens on one address that is not the loopback: it is for calls to that address, and of several listeners of a port one
    /// that takes more comes first.
    /// </summary>
    public bool IsForOneAddress { get; init; }

    /// <summary><c>Rds.route_config_name</c>; null when the route configuration is <see cref="Inline"/>.</summary>
    public string? RouteConfigurationName { get; init; }

    /// <summary><c>HttpConnectionManager.route_config</c>.</summary>
    public RouteConfigurationResource? Inline { get; init; }

    /// <summary>Where in the listener <see cref="Inline"/> stands, for findings about it.</summary>
    public string InlinePath { get; init; } = "";

    /// <summary><c>HttpConnectionManager.stream_idle_timeout</c>; null is Envoy's 5 min, zero is off.</summary>
    public TimeSpan? StreamIdleTimeout { get; init; }

    /// <summary>Add no <c>x-envoy-original-path</c> to rewritten requests (<c>Router.suppress_envoy_headers</c>).</summary>
    public bool SuppressEnvoyHeaders { get; init; }

    /// <summary>Resolve '.', '..' and needless escapes in a path before it is matched and sent (<c>HttpConnectionManager.normalize_path</c>).</summary>
    public bool NormalizePath { get; init; }

    /// <summary>Make one slash of several in a path before it is matched and sent (<c>HttpConnectionManager.merge_slashes</c>).</summary>
    public bool MergeSlashes { get; init; }

    /// <summary>The filters that act on calls, in order, without the router.</summary>
    public ValueList<HttpFilterResource> Filters { get; init; }

    /// <summary><c>common_http_protocol_options.max_stream_duration</c>, which a route's own overrides (gRFC A31).</summary>
    public TimeSpan? MaxStreamDuration { get; init; }
}
