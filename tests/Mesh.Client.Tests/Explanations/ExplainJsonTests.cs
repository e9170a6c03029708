using System.Text.Json;
using Mesh.Client.Tests.Differences;
using Mesh.Primitives;
using Xunit;

namespace Mesh.Client.Tests.Explanations;

/// <summary>What <c>mesh explain --json</c> says of routes that take a part of the requests, choose by the request, or carry values.</summary>
public sealed class ExplainJsonTests
{
    private const string Specifiers = "type.googleapis.com/envoy.extensions.router.cluster_specifiers";
    private const string Header = "{name: h, typed_config: {'@type': type.googleapis.com/envoy.type.matcher.v3.HttpRequestHeaderMatchInput, header_name: x}}";
    private const string Half = "runtime_fraction: {default_value: {numerator: 50}}";

    [Fact]
    public void AChanceIsToldWithWhatBecomesOfTheOthers()
    {
        JsonElement found = Explained.Of(Compared.Routes(
            $"{{name: half, match: {{prefix: /, {Half}}}, route: {{cluster: a}}}}",
            "{name: tenth, match: {prefix: /, runtime_fraction: {default_value: {numerator: 1, denominator: TEN_THOUSAND}}}, route: {cluster: a}}",
            "{name: rest, match: {prefix: /}, route: {cluster: b}}"));
        Assert.Equal(("half", "a", "50 of 100"), (found.Text("route"), found.Text("cluster"), found.Text("chance")));
        JsonElement others = found.GetProperty("otherwise");
        Assert.Equal(("tenth", "1 of 10000"), (others.Text("route"), others.Text("chance")));
        Assert.Equal(["half: runtime_fraction takes 50 of 100 only"], others.Tried());
        JsonElement rest = others.GetProperty("otherwise");
        Assert.Equal(("rest", "b"), (rest.Text("route"), rest.Text("cluster")));
        Assert.False(rest.Has("chance") || rest.Has("otherwise"));
    }

    [Fact]
    public void AWholeChanceIsNone()
    {
        JsonElement found = Explained.Route("{name: all, match: {prefix: /, runtime_fraction: {default_value: {numerator: 100}}}, route: {cluster: a}}");
        Assert.Equal("all", found.Text("route"));
        Assert.False(found.Has("chance") || found.Has("otherwise"));
    }

    [Fact]
    public void TheOthersMayFindNoRoute() =>
        Assert.Equal("local reply NR: no route matches", Explained.Route($"{{match: {{prefix: /, {Half}}}, route: {{cluster: a}}}}").GetProperty("otherwise").Text("action"));

    [Theory]
    [InlineData("x=two", "cluster_matcher", "b")]
    [InlineData("x=one", "cluster_matcher", "a")]
    [InlineData("x=none", "local reply NC: route 'm': its cluster_matcher has no cluster for the request", "")]
    public void AClusterMatcherIsAskedForTheRequestsOwn(string header, string action, string cluster)
    {
        JsonElement found = Explained.Route($"{{name: m, match: {{prefix: /}}, route: {{inline_cluster_specifier_plugin: {{extension: {Matcher()}}}}}}}", header: header);
        Assert.Equal((action, cluster), (found.Text("action"), found.Text("cluster")));
    }

    [Fact]
    public void AMissingSpecifierIsTold() => Assert.Equal(
        "local reply NC: route 'm' leaves the cluster to 'envoy.extensions.router.cluster_specifiers.lua.v3.LuaConfig', which is not supported and was marked optional",
        Explained.Route($"{{name: m, match: {{prefix: /}}, route: {{inline_cluster_specifier_plugin: {{is_optional: true, extension: {{name: l, typed_config: {{'@type': {Specifiers}.lua.v3.LuaConfig}}}}}}}}}}").Text("action"));

    [Fact]
    public void AMatcherTreesStepsAreTold()
    {
        string tree = $"{{name: all, domains: ['*'], matcher: {{matcher_tree: {{input: {Header}, exact_match_map: {{map: {{v: {Route("one")}}}}}}}, on_no_match: {Route("rest")}}}}}";
        JsonElement found = Explained.Of(Compared.Hosts(tree), header: "x=w");
        Assert.Equal("rest", found.Text("route"));
        Assert.Equal(["matcher: header x 'w' is no key of exact_match_map", "matcher: on_no_match"], found.Tried());
        Assert.Equal("one", Explained.Of(Compared.Hosts(tree), header: "x=v").Text("route"));
    }

    [Fact]
    public void TheHashOfTheRequestIsTold()
    {
        const string Route = "{match: {prefix: /}, route: {hash_policy: [{header: {header_name: x}, terminal: true}], weighted_clusters: {use_hash_policy: true, clusters: [{name: a, weight: 1}, {name: b, weight: 99}]}}}";
        JsonElement found = Explained.Route(Route, header: "x=foo");
        Assert.Equal(XxHash64.Hash("foo"), found.GetProperty("hash").GetUInt64());
        Assert.Equal(XxHash64.Hash("foo") % 100 == 0 ? "a" : "b", found.Text("cluster"));
        Assert.Equal(["hash_policy: header x, terminal"], found.Texts("values"));
        Assert.False(Explained.Route(Route).Has("hash"));
    }

    [Theory]
    [InlineData("internal_redirect_policy: {}", "internal_redirect_policy: follows 302, at most 1 times")]
    [InlineData("internal_redirect_policy: {max_internal_redirects: 3, redirect_response_codes: [307, 301]}", "internal_redirect_policy: follows 307, 301, at most 3 times")]
    [InlineData("request_mirror_policies: [{cluster: b, runtime_fraction: {default_value: {numerator: 5}}}, {cluster_header: x}]",
        "request_mirror_policies: b, 5 of 100", "request_mirror_policies: by header x")]
    [InlineData("hedge_policy: {initial_requests: 2, hedge_on_per_try_timeout: true}", "hedge_policy: another attempt beside one that has no answer at per_try_timeout")]
    [InlineData("upgrade_configs: [{upgrade_type: websocket, enabled: false}]", "upgrade_configs: websocket, disabled (no effect yet)")]
    [InlineData("priority: HIGH", "priority: HIGH")]
    public void ValuesOfARouteAreLines(string action, params string[] values) =>
        Assert.Equal(values, Explained.Route($"{{match: {{prefix: /}}, route: {{cluster: a, {action}}}}}").Texts("values"));

    [Fact]
    public void FiltersAreLines() => Assert.Equal(
        ["f: delays 50 of 100 by 2 s; aborts 10 of 100 with HTTP 503"],
        Explained.Of(Compared.Routes("{match: {prefix: /}, route: {cluster: a}}").Replace(
            "http_filters: [",
            "http_filters: [{name: f, typed_config: {'@type': type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault, delay: {fixed_delay: 2s, percentage: {numerator: 50}}, abort: {http_status: 503, percentage: {numerator: 10}}}}, ",
            StringComparison.Ordinal)).Texts("filters"));

    [Fact]
    public void ARouteWithoutValuesHasNone()
    {
        JsonElement found = Explained.Route("{match: {prefix: /}, route: {cluster: a}}");
        Assert.False(found.Has("values") || found.Has("hash") || found.Has("chance") || found.Has("otherwise") || found.Has("virtualCluster"));
    }

    [Fact]
    public void ANormalizedPathIsARewrite() => Assert.Equal(
        "/x",
        Explained.Of(Compared.Routes("{match: {prefix: /x}, route: {cluster: a}}").Replace("rds:", "normalize_path: true, rds:", StringComparison.Ordinal), "/y/../x").GetProperty("rewrites").Text("path"));

    [Fact]
    public void TheNamesOfEndpointsAreTheHost() => Assert.Equal(
        "one.example (auto_host_rewrite)",
        Explained.Of(Compared.Routes("{match: {prefix: /}, route: {cluster: a, auto_host_rewrite: true}}").Replace("{endpoint: {address: {socket_address: {address: '127.0.0.1', port_value: 1}", "{endpoint: {hostname: one.example, address: {socket_address: {address: '127.0.0.1', port_value: 1}", StringComparison.Ordinal))
            .GetProperty("rewrites").Text("host"));

    private static string Matcher() =>
        $"{{name: m, typed_config: {{'@type': {Specifiers}.matcher.v3.MatcherClusterSpecifier, cluster_matcher: {{matcher_tree: {{input: {Header}, exact_match_map: {{map: {{one: {To("a")}, two: {To("b")}}}}}}}}}}}}}";

    private static string To(string cluster) => $"{{action: {{name: c, typed_config: {{'@type': {Specifiers}.matcher.v3.ClusterAction, cluster: {cluster}}}}}}}";

    private static string Route(string name) => $"{{action: {{name: r, typed_config: {{'@type': type.googleapis.com/envoy.config.route.v3.Route, name: {name}, match: {{prefix: /}}, route: {{cluster: a}}}}}}}}";
}
