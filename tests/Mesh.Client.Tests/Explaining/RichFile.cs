using System.Globalization;

namespace Mesh.Client.Tests.Explaining;

/// <summary>A configuration with routes of every kind that a request can be sent to or answered by, each cluster one server.</summary>
internal static class RichFile
{
    public static readonly string[] Clusters = ["a", "b", "c", "d"];

    private const string Header = "type.googleapis.com/envoy.type.matcher.v3.HttpRequestHeaderMatchInput";
    private const string Parameter = "type.googleapis.com/envoy.type.matcher.v3.HttpRequestQueryParamMatchInput";
    private const string Route = "type.googleapis.com/envoy.config.route.v3.Route";
    private const string List = "type.googleapis.com/envoy.config.route.v3.RouteList";
    private const string Template = "type.googleapis.com/envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig";
    private const string Rewrite = "type.googleapis.com/envoy.extensions.path.rewrite.uri_template.v3.UriTemplateRewriteConfig";
    private const string Specifier = "type.googleapis.com/envoy.extensions.router.cluster_specifiers.matcher.v3.MatcherClusterSpecifier";
    private const string Action = "type.googleapis.com/envoy.extensions.router.cluster_specifiers.matcher.v3.ClusterAction";

    /// <summary>Every request that is sent tells its route in <c>x-route</c>.</summary>
    public static string Text(IReadOnlyDictionary<string, int> ports) => Xds.Document(
        Xds.Listener("mesh", "routes"),
        Xds.Resource(Xds.RoutesType, $"name: routes, request_headers_to_add: [{{header: {{key: x-route, value: '%ROUTE_NAME%'}}}}], virtual_hosts: [{Shop}, {Tree}, {Any}]"),
        Xds.ClusterWith("a", "", Address(ports["a"])),
        Xds.ClusterWith("b", "", Address(ports["b"])),
        Xds.ClusterWith("c", "", Address(ports["c"])),
        Xds.ClusterWith("d", "", Address(ports["d"])),
        Xds.ClusterWith("empty", "", []));

    private const string Shop =
        $$"""
        {name: shop, domains: [shop.example, '*.shop.example', 'shop.example:8080'], virtual_clusters: [{name: reads, headers: [{name: ':method', string_match: {exact: GET} }]}], routes: [
          {name: exact, match: {path: /exact}, route: {cluster: a} },
          {name: beta, match: {prefix: /, headers: [{name: x-user, string_match: {prefix: beta} }]}, route: {cluster: b, prefix_rewrite: /beta/} },
          {name: insensitive, match: {prefix: /Case, case_sensitive: false}, route: {cluster: c} },
          {name: separated, match: {path_separated_prefix: /sep}, route: {cluster: d, prefix_rewrite: /other} },
          {name: pattern, match: {safe_regex: {regex: '/items/[0-9]+(/.*)?'} }, route: {cluster: a, regex_rewrite: {pattern: {regex: '/items/([0-9]+)'}, substitution: '/i/\\1'} } },
          {name: query, match: {prefix: /q, query_parameters: [{name: v, string_match: {exact: '2'} }]}, route: {cluster: b, host_rewrite_literal: two.example} },
          {name: cookie, match: {prefix: /q, cookies: [{name: s, string_match: {prefix: v} }]}, route: {cluster: c} },
          {name: numbers, match: {prefix: /q, headers: [{name: x-number, range_match: {start: 10, end: 20} }]}, route: {cluster: d} },
          {name: posts, match: {prefix: /, headers: [{name: ':method', string_match: {exact: POST} }, {name: x-user, present_match: true, invert_match: true}]}, route: {cluster: c, host_rewrite_header: x-to} },
          {name: template, match: {path_match_policy: {name: t, typed_config: {'@type': {{Template}}, path_template: '/t/{one}/{two}'} } },
            route: {cluster: a, path_rewrite_policy: {name: t, typed_config: {'@type': {{Rewrite}}, path_template_rewrite: '/{two}/{one}'} } } },
          {name: split, match: {prefix: /split}, route: {weighted_clusters: {clusters: [{name: a, weight: 30}, {name: b, weight: 0}, {name: d, weight: 70, host_rewrite_literal: d.example}]} } },
          {name: chosen, match: {prefix: /chosen}, route: {weighted_clusters: {header_name: x-number, clusters: [{name: a, weight: 10}, {name: b, weight: 10}]} } },
          {name: hashed, match: {prefix: /hashed}, route: {hash_policy: [{header: {header_name: x-user} }], weighted_clusters: {use_hash_policy: true, clusters: [{name: c, weight: 10}, {name: d, weight: 10}]} } },
          {name: by-header, match: {prefix: /named}, route: {cluster_header: x-cluster} },
          {name: by-tree, match: {prefix: /tree}, route: {inline_cluster_specifier_plugin: {extension: {name: m, typed_config: {'@type': {{Specifier}}, cluster_matcher: {matcher_tree: {
            input: {name: q, typed_config: {'@type': {{Parameter}}, query_param: v} }, exact_match_map: {map: {'1': {action: {name: c, typed_config: {'@type': {{Action}}, cluster: a} } }, '2': {action: {name: c, typed_config: {'@type': {{Action}}, cluster: d} } } } } } } } } } } },
          {name: tenth, match: {prefix: /chance, runtime_fraction: {default_value: {numerator: 10, denominator: HUNDRED} } }, route: {cluster: a} },
          {name: third, match: {prefix: /chance, runtime_fraction: {default_value: {numerator: 30, denominator: HUNDRED} } }, direct_response: {status: 203} },
          {name: rest, match: {prefix: /chance}, route: {cluster: c} },
          {name: moved, match: {prefix: /moved}, redirect: {host_redirect: new.example, path_redirect: /here, response_code: FOUND} },
          {name: gone, match: {prefix: /gone}, direct_response: {status: 410, body: {inline_string: gone} } },
          {name: nobody, match: {prefix: /empty}, route: {cluster: empty} }]}
        """;

    private const string Tree =
        $$"""
        {name: tree, domains: [tree.example], matcher: {matcher_tree: {input: {name: p, typed_config: {'@type': {{Header}}, header_name: ':path'} }, prefix_match_map: {map: {
          /x: {action: {name: r, typed_config: {'@type': {{List}}, routes: [{name: x-one, match: {prefix: /x/1}, route: {cluster: a} }, {name: x-rest, match: {prefix: /x}, route: {cluster: b, prefix_rewrite: /y} }]} } },
          /x/never: {action: {name: r, typed_config: {'@type': {{Route}}, name: never, match: {prefix: /other}, route: {cluster: c} } } } } } },
          on_no_match: {action: {name: r, typed_config: {'@type': {{Route}}, name: tree-rest, match: {prefix: /}, route: {cluster: d} } } } } }
        """;

    private const string Any =
        """
        {name: any, domains: ['*'], require_tls: NONE, routes: [
          {name: any-exact, match: {path: /exact}, route: {cluster: d, auto_host_rewrite: true} },
          {name: any-rest, match: {prefix: /q}, route: {cluster: b} }]}
        """;

    private static string Address(int port) => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}");
}
