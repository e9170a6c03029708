using System.Globalization;

namespace Mesh.Client.Tests;

/// <summary>Texts of resources, as short as they can be and still be good; YAML in flow style, so that they can be put together.</summary>
internal static class Xds
{
    public const string ListenerType = "envoy.config.listener.v3.Listener";
    public const string RoutesType = "envoy.config.route.v3.RouteConfiguration";
    public const string ClusterType = "envoy.config.cluster.v3.Cluster";
    public const string AssignmentType = "envoy.config.endpoint.v3.ClusterLoadAssignment";
    public const string SecretType = "envoy.extensions.transport_sockets.tls.v3.Secret";

    /// <summary>The <c>@type</c> of a connection manager, for the start of its object.</summary>
    public const string Manager = "'@type': type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager";

    /// <summary>The router, as the last of <c>http_filters</c>.</summary>
    public const string Router = "{name: router, typed_config: {'@type': type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}";

    /// <summary>The <c>@type</c> of a TLS transport socket's configuration.</summary>
    public const string Tls = "'@type': type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext";

    public static string Document(params IEnumerable<string> resources) => "resources:\n" + string.Concat(resources.Select(r => $"- {r}\n"));

    /// <summary>A resource of a type from what stands between its braces.</summary>
    public static string Resource(string type, string body) => $"{{'@type': type.googleapis.com/{type}, {body}}}";

    /// <summary>An API listener that takes its routes from a route configuration, with filters before the router.</summary>
    public static string Listener(string name, string routes, string? filters = null) => Resource(
        ListenerType,
        $"name: {name}, api_listener: {{api_listener: {{{Manager}, rds: {{route_config_name: {routes}, config_source: {{ads: {{}}}}}}, http_filters: [{(filters is null ? "" : $"{filters}, ")}{Router}]}}}}");

    /// <summary>A route configuration that leads each host to the cluster of the same name.</summary>
    public static string Routes(string name, params IEnumerable<string> hosts) =>
        Resource(RoutesType, $"name: {name}, virtual_hosts: [{string.Join(", ", hosts.Select(host => VirtualHost(host, $"cluster: {host}")))}]");

    public static string VirtualHost(string host, string action) =>
        $"{{name: {host}, domains: [{host}], routes: [{{match: {{prefix: /}}, route: {{{action}}}}}]}}";

    public static string Cluster(string name, params IEnumerable<string> addresses) => ClusterWith(name, "", addresses);

    /// <summary>A static cluster with more fields, each followed by a comma.</summary>
    public static string ClusterWith(string name, string more, params IEnumerable<string> addresses) =>
        Resource(ClusterType, $"name: {name}, {more}load_assignment: {{cluster_name: {name}, endpoints: [{{lb_endpoints: [{Endpoints(addresses)}]}}]}}");

    public static string EdsCluster(string name, string service) =>
        Resource(ClusterType, $"name: {name}, type: EDS, eds_cluster_config: {{eds_config: {{ads: {{}}}}, service_name: {service}}}");

    public static string Assignment(string name, params IEnumerable<string> addresses) =>
        Resource(AssignmentType, $"cluster_name: {name}, endpoints: [{{lb_endpoints: [{Endpoints(addresses)}]}}]");

    /// <summary>A file name or other text, safe within flow style.</summary>
    public static string Quote(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    private static string Endpoints(IEnumerable<string> addresses) => string.Join(", ", addresses.Select(Endpoint));

    private static string Endpoint(string address)
    {
        int colon = address.LastIndexOf(':');
        int port = int.Parse(address.AsSpan(colon + 1), CultureInfo.InvariantCulture);
        return $"{{endpoint: {{address: {{socket_address: {{address: {Quote(address[..colon])}, port_value: {port}}}}}}}}}";
    }
}
