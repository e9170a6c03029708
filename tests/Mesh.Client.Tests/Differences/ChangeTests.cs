using Xunit;

namespace Mesh.Client.Tests.Differences;

/// <summary>One change at a time: what is told of it, and whether requests land elsewhere.</summary>
public sealed class ChangeTests
{
    private const string A = "{name: a, match: {prefix: /a}, route: {cluster: a}}", B = "{name: b, match: {prefix: /}, route: {cluster: b}}";
    private const string Unnamed = "{match: {prefix: /u}, route: {cluster: b}}";

    [Fact]
    public void AnAddedHostIsTold()
    {
        string[] lines = Compared.Lines(Compared.Hosts(Xds.VirtualHost("one", "cluster: a")), Compared.Hosts(Xds.VirtualHost("one", "cluster: a"), Xds.VirtualHost("two", "cluster: b")));
        Assert.Equal("+ host two", lines[0]);
        Assert.Contains("GET http://two/: host none, local reply NR: no virtual host of route configuration 'r' has 'two'   becomes   host two, route 'routes[0]' -> b", lines);
        Assert.StartsWith("1 changes; 3 of 6 ", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void ARemovedRouteSendsItsRequestsElsewhere() => Assert.Equal(
        [
            "~ host all:",
            "    - route 'a'",
            "GET http://l/a: route 'a' -> a   becomes   route 'b' -> b",
            "GET http://l/a/a: route 'a' -> a   becomes   route 'b' -> b",
            "GET http://l/aa: route 'a' -> a   becomes   route 'b' -> b",
            "1 changes; 3 of 5 sample requests land elsewhere",
        ],
        Compared.Lines(Compared.Routes(A, B), Compared.Routes(B)));

    [Fact]
    public void ReorderedRoutesAreTold()
    {
        string[] lines = Compared.Lines(Compared.Routes(A, B), Compared.Routes(B, A));
        Assert.Equal("~ host all: routes reordered", lines[0]);
        Assert.StartsWith("GET http://l/a: route 'a' -> a   becomes   route 'b' -> b", lines[1], StringComparison.Ordinal);
        Assert.Equal("1 changes; 3 of 5 sample requests land elsewhere", lines[^1]);
    }

    /// <summary>A route without a name is called by its place; another place alone is no other route.</summary>
    [Fact]
    public void AnInsertedRouteMovesNoOther()
    {
        string[] lines = Compared.Lines(Compared.Routes(Unnamed), Compared.Routes(A, Unnamed));
        Assert.Equal(["~ host all:", "    + route 'a'"], lines[..2]);
        Assert.DoesNotContain(lines, line => line.StartsWith("GET http://l/u", StringComparison.Ordinal));
        Assert.Equal("1 changes; 3 of 8 sample requests land elsewhere", lines[^1]);
    }

    [Fact]
    public void ATimeoutIsAChangeThatMovesNothing() => Assert.Equal(
        ["~ host all:", "    ~ route 'a': timeout 2s -> 5s; retry_policy unset -> (retry_on [5xx], num_retries 1, host_selection_max_attempts 1, base_interval 25ms, max_interval 250ms)", "1 changes; 0 of 5 sample requests land elsewhere"],
        Compared.Lines(
            Compared.Routes("{name: a, match: {prefix: /a}, route: {cluster: a, timeout: 2s}}"),
            Compared.Routes("{name: a, match: {prefix: /a}, route: {cluster: a, timeout: 5s, retry_policy: {retry_on: 5xx}}}")));

    [Theory]
    [InlineData("cluster: a", "cluster: b", "cluster a -> b", "GET http://l/: route 'x' -> a   becomes   route 'x' -> b")]
    [InlineData("cluster: a", "cluster: a, prefix_rewrite: /v2", "prefix_rewrite unset -> '/v2'", "GET http://l/: route 'x' -> a   becomes   route 'x' -> a, path to /v2")]
    [InlineData("cluster: a", "weighted_clusters: {clusters: [{name: a, weight: 3}, {name: b, weight: 1}]}", "clusters a -> a 3, b 1; weighted_clusters in place of cluster", "GET http://l/: route 'x' -> a   becomes   route 'x' -> a 3, b 1")]
    public void AChangedActionIsTold(string before, string after, string detail, string request)
    {
        string[] lines = Compared.Lines(Compared.Routes(Route($"route: {{{before}}}")), Compared.Routes(Route($"route: {{{after}}}")));
        Assert.Equal($"    ~ route 'x': {detail}", lines[1]);
        Assert.Equal(request, lines[2]);
    }

    [Theory]
    [InlineData("redirect: {host_redirect: h}", "redirect: {host_redirect: h, response_code: FOUND}", "redirect.status_code 301 -> 302", "GET http://l/: route 'x' -> redirect 301 to http://h/   becomes   route 'x' -> redirect 302 to http://h/")]
    [InlineData("direct_response: {status: 200, body: {inline_string: one}}", "direct_response: {status: 200, body: {inline_string: two}}", "direct_response.body changed", "GET http://l/: route 'x' -> direct_response 200, 3 bytes, body 'one'   becomes   route 'x' -> direct_response 200, 3 bytes, body 'two'")]
    public void AChangedAnswerIsTold(string before, string after, string detail, string request)
    {
        string[] lines = Compared.Lines(Compared.Routes(Route(before)), Compared.Routes(Route(after)));
        Assert.Equal($"    ~ route 'x': {detail}", lines[1]);
        Assert.Equal(request, lines[2]);
    }

    [Fact]
    public void AChangedMatchIsTold()
    {
        string[] lines = Compared.Lines(
            Compared.Routes("{name: x, match: {prefix: /, headers: [{name: h, exact_match: one}]}, route: {cluster: a}}"),
            Compared.Routes("{name: x, match: {prefix: /x, headers: [{name: h, exact_match: two}]}, route: {cluster: a}}"));
        Assert.Equal("    ~ route 'x': match.path '/' -> '/x'; match.headers 'h' value exact 'one' -> exact 'two'", lines[1]);
    }

    [Fact]
    public void ClustersAndTheirEndpointsAreTold()
    {
        string before = Xds.Document(Xds.Listener("l", "r"), Xds.Routes("r", "a"), Xds.Cluster("a", "127.0.0.1:1", "127.0.0.1:2"), Xds.Cluster("gone"));
        string after = Xds.Document(Xds.Listener("l", "r"), Xds.Routes("r", "a"), Xds.ClusterWith("a", "connect_timeout: 1s, ", "127.0.0.1:2", "127.0.0.1:3"), Xds.Cluster("new"));
        Assert.Equal(
            [
                "~ cluster a: endpoints 127.0.0.1:3 added, 127.0.0.1:1 removed; connect_timeout 5s -> 1s",
                "- cluster gone",
                "+ cluster new",
                "GET http://a/: route 'routes[0]' -> a   becomes   route 'routes[0]' -> a; endpoints 127.0.0.1:3 added, 127.0.0.1:1 removed",
            ],
            Compared.Lines(before, after)[..4]);
    }

    [Fact]
    public void AnEndpointThatTakesNoCallsMovesThem()
    {
        string[] lines = Compared.Lines(With("HEALTHY"), With("DRAINING"));
        Assert.Equal("~ cluster a: endpoint 127.0.0.1:2 health healthy -> draining", lines[0]);
        Assert.EndsWith("; endpoints 127.0.0.1:2 removed", lines[1], StringComparison.Ordinal);

        static string With(string health) => Xds.Document(Xds.Listener("l", "r"), Xds.Routes("r", "a"), Xds.Cluster("a", "127.0.0.1:1", "127.0.0.1:2"))
            .Replace("{endpoint: {address: {socket_address: {address: '127.0.0.1', port_value: 2", $"{{health_status: {health}, endpoint: {{address: {{socket_address: {{address: '127.0.0.1', port_value: 2", StringComparison.Ordinal);
    }

    [Fact]
    public void ListenersAreTold()
    {
        string before = Xds.Document(Xds.Listener("l", "r"), Xds.Listener("gone", "r"), Xds.Routes("r", "a"), Xds.Cluster("a"));
        string after = Xds.Document(Xds.Listener("l", "s").Replace("rds:", "stream_idle_timeout: 9s, rds:", StringComparison.Ordinal), Xds.Routes("s", "a"), Xds.Cluster("a"));
        string[] lines = Compared.Lines(before, after);
        Assert.Equal(["- listener gone", "~ listener l: route_configuration_name 'r' -> 's'; stream_idle_timeout unset -> 9s"], lines[..2]);
        Assert.DoesNotContain(lines, line => line.Contains("~ host", StringComparison.Ordinal));
    }

    [Fact]
    public void ARenamedTableMovesNothing()
    {
        string before = Compared.Hosts("{name: h, domains: [h]}"), after = before.Replace("route_config_name: r", "route_config_name: s", StringComparison.Ordinal).Replace("name: r,", "name: s,", StringComparison.Ordinal);
        Assert.Equal(["~ listener l: route_configuration_name 'r' -> 's'", "1 changes; 0 of 2 sample requests land elsewhere"], Compared.Lines(before, after));
    }

    private static string Route(string action) => $"{{name: x, match: {{prefix: /}}, {action}}}";
}
