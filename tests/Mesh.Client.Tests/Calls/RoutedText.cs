using Mesh.TestKit.Servers;

namespace Mesh.Client.Tests.Calls;

/// <summary>A configuration of one listener whose virtual hosts lead to servers; each server is a cluster of its name.</summary>
internal static class RoutedText
{
    public static string Of(IEnumerable<TestServer> servers, params IEnumerable<string> hosts) => With("", servers, hosts);

    /// <summary>With more fields of the connection manager, each followed by a comma.</summary>
    public static string With(string manager, IEnumerable<TestServer> servers, params IEnumerable<string> hosts) => Xds.Document(
    [
        Xds.Listener("l", "r").Replace("rds:", manager + "rds:", StringComparison.Ordinal),
        Xds.Resource(Xds.RoutesType, $"name: r, validate_clusters: false, virtual_hosts: [{string.Join(", ", hosts)}]"),
        .. servers.Select(server => Xds.Cluster(server.Name, $"127.0.0.1:{server.Port}")),
    ]);

    /// <summary>A virtual host with one route, of the host's name, to the cluster of that name.</summary>
    public static string Host(string name, string more = "") =>
        $"{{name: {name}, domains: [{name}], routes: [{{name: {name}, match: {{prefix: /}}, route: {{cluster: {name}{Comma(more)}}}}}]}}";

    /// <summary>A virtual host with these routes, in braces.</summary>
    public static string Routes(string name, params IEnumerable<string> routes) => $"{{name: {name}, domains: [{name}], routes: [{string.Join(", ", routes)}]}}";

    private static string Comma(string text) => text.Length == 0 ? "" : $", {text}";
}
