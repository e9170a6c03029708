namespace Mesh.Client.Tests.SupportedFields;

/// <summary>
/// Matcher trees of every kind, cluster specifiers, and what routes carry beside their way, each on a host or a path of its own.
/// </summary>
internal static class BaseTrees
{
    private const string Header = "type.googleapis.com/envoy.type.matcher.v3.HttpRequestHeaderMatchInput";
    private const string Parameter = "type.googleapis.com/envoy.type.matcher.v3.HttpRequestQueryParamMatchInput";
    private const string State = "type.googleapis.com/envoy.extensions.matching.common_inputs.network.v3.FilterStateInput";
    private const string Route = "type.googleapis.com/envoy.config.route.v3.Route";
    private const string Routes = "type.googleapis.com/envoy.config.route.v3.RouteList";
    private const string Specifier = "type.googleapis.com/envoy.extensions.router.cluster_specifiers.matcher.v3.MatcherClusterSpecifier";
    private const string Action = "type.googleapis.com/envoy.extensions.router.cluster_specifiers.matcher.v3.ClusterAction";
    private const string Lua = "type.googleapis.com/envoy.extensions.router.cluster_specifiers.lua.v3.LuaConfig";
    private const string Filter = "type.googleapis.com/envoy.config.route.v3.FilterConfig";
    private const string Redirects = "type.googleapis.com/envoy.extensions.internal_redirect";

    /// <summary>A route configuration for the listener on port 15004.</summary>
    public static string Text { get; } =
        $$"""
        {name: trees, validate_clusters: false, {{Overrides("table")}}, cluster_specifier_plugins: [{{Clusters("by-name", "a")}}, {{Missing("lost")}}], virtual_hosts: [
          {name: strings, domains: ['strings.example:15004'], matcher: {matcher_list: {matchers: [{predicate: {and_matcher: {predicate: [
              {{Single("{exact: value}")}}, {{Single("{prefix: val}")}}, {{Single("{suffix: lue}")}}, {{Single("{contains: alu}")}}, {{Single("{safe_regex: {google_re2: {}, regex: 'v.*'} }")}},
              {not_matcher: {{Single("{exact: VALUE}")}} }]} }, on_match: {{To("strings")}} }]}, on_no_match: {{To("no-strings")}} } },
          {name: list, domains: ['list.example:15004'], matcher: {matcher_list: {matchers: [
              {predicate: {or_matcher: {predicate: [{{Single("{exact: none}")}}, {{Single("{exact: value}")}}, {{Single("{exact: nothing}")}}]} }, on_match: {{To("kept", "keep_matching: true")}} },
              {predicate: {single_predicate: {input: {name: s, typed_config: {'@type': {{State}}, key: text} }, value_match: {exact: v} } }, on_match: {matcher: {matcher_tree: {{Map("exact_match_map", "value", "list")}} } } }]} } },
          {name: prefixes, domains: ['prefixes.example:15004'], matcher: {matcher_tree: {{Map("prefix_match_map", "val", "prefixes")}}, on_no_match: {{To("no-prefix", "keep_matching: false")}} } },
          {name: addresses, domains: ['addresses.example:15004'], matcher: {matcher_tree: {input: {{Input("x-ip")}}, custom_match: {name: ip, typed_config: {'@type': type.googleapis.com/xds.type.matcher.v3.IPMatcher, range_matchers: [
              {ranges: [{address_prefix: 10.0.0.0, prefix_len: 16}], on_match: {matcher: {matcher_tree: {{Map("exact_match_map", "ten", "ten")}} } } },
              {ranges: [{address_prefix: 10.0.0.0, prefix_len: 8}], exclusive: true, on_match: {{To("exclusive")}} },
              {ranges: [{address_prefix: 12.0.0.0, prefix_len: 8}], on_match: {{To("second")}} }]} } } } },
          {name: names, domains: ['names.example:15004'], matcher: {matcher_tree: {input: {{Input(":authority")}}, custom_match: {name: n, typed_config: {'@type': type.googleapis.com/xds.type.matcher.v3.ServerNameMatcher, domain_matchers: [
              {domains: ['*.example:15004'], on_match: {{To("names")}} }]} } } } },
          {name: values, domains: ['*'], {{Overrides("host")}}, metadata: {filter_metadata: {h: {k: v} } }, routes: [
            {name: specified, match: {prefix: /specified}, route: {inline_cluster_specifier_plugin: {{Clusters("inline", "b")}} } },
            {name: missing, match: {prefix: /missing}, route: {inline_cluster_specifier_plugin: {{Missing("gone")}} } },
            {name: named, match: {prefix: /named}, route: {cluster_specifier_plugin: by-name} },
            {name: lost, match: {prefix: /none-named}, route: {cluster_specifier_plugin: lost} },
            {name: hashed, match: {prefix: /hashed}, {{Overrides("route")}}, metadata: {filter_metadata: {r: {k: v} } }, route: {
              hash_policy: [{header: {header_name: x-exact, regex_rewrite: {pattern: {regex: v}, substitution: w} } }, {cookie: {name: c}, terminal: false}, {query_parameter: {name: q} },
                {cookie: {name: made, ttl: 10s, path: /p, attributes: [{name: SameSite, value: Lax}]} }, {filter_state: {key: io.grpc.channel_id} }],
              weighted_clusters: {use_hash_policy: true, clusters: [{name: a, weight: 11, {{Overrides("cluster")}} }, {name: b, weight: 12}, {name: c, weight: 13}]} } },
            {name: auto, match: {prefix: /auto}, route: {cluster: b, auto_host_rewrite: true, internal_redirect_policy: {max_internal_redirects: 2, redirect_response_codes: [301, 307], allow_cross_scheme_redirect: true,
              response_headers_to_copy: [x-copied], predicates: [{name: p, typed_config: {'@type': {{Redirects}}.previous_routes.v3.PreviousRoutesConfig} },
                {name: a, typed_config: {'@type': {{Redirects}}.allow_listed_routes.v3.AllowListedRoutesConfig, allowed_route_names: [auto]} },
                {name: s, typed_config: {'@type': {{Redirects}}.safe_cross_scheme.v3.SafeCrossSchemeConfig} }]},
              retry_policy: {retry_on: 5xx, retriable_request_headers: [{name: x-exact, exact_match: v}, {name: x-cookie-none, string_match: {exact: ''}, treat_missing_header_as_empty: false}, {name: x-cluster, string_match: {exact: gone} }]} } },
            {name: followed, match: {prefix: /followed}, typed_per_filter_config: {session: {'@type': type.googleapis.com/envoy.extensions.filters.http.stateful_session.v3.StatefulSessionPerRoute, stateful_session: {strict: true,
              session_state: {name: s, typed_config: {'@type': type.googleapis.com/envoy.extensions.http.stateful_session.header.v3.HeaderBasedSessionState, name: x-session} } } } }, route: {cluster: a, internal_redirect_action: HANDLE_INTERNAL_REDIRECT, max_internal_redirects: 3} },
            {name: text, match: {prefix: /text}, direct_response: {status: 200, body: {inline_string: hello}, body_format: {text_format: '%LOCAL_REPLY_BODY% %REQ(x-none)%', content_type: text/html} } },
            {name: source, match: {prefix: /source}, direct_response: {status: 200, body_format: {text_format_source: {inline_string: '%PATH(WQ)%'} } } },
            {name: json, match: {prefix: /json}, direct_response: {status: 200, body_format: {json_format: {code: '%RESPONSE_CODE%', none: '%REQ(x-none)%'} } } }]}]}
        """;

    private static string Input(string header) => $"{{name: h, typed_config: {{'@type': {Header}, header_name: '{header}'}}}}";

    private static string Single(string match) => $"{{single_predicate: {{input: {Input("x-string")}, value_match: {match}}}}}";

    private static string To(string route, string more = "") =>
        $"{{action: {{name: r, typed_config: {{'@type': {Route}, name: {route}, match: {{prefix: /}}, route: {{cluster: a}}}}}}{(more.Length > 0 ? ", " + more : "")}}}";

    private static string Map(string kind, string key, string route) =>
        $"{{input: {Input("x-string")}, {kind}: {{map: {{{key}: {{action: {{name: r, typed_config: {{'@type': {Routes}, routes: [{{name: {route}, match: {{prefix: /}}, route: {{cluster: b}}}}]}}}}}}}}}}}}";

    private static string Clusters(string name, string cluster) =>
        $"{{is_optional: false, extension: {{name: {name}, typed_config: {{'@type': {Specifier}, cluster_matcher: {{matcher_tree: {{input: {{name: q, typed_config: {{'@type': {Parameter}, query_param: q}}}}, "
        + $"exact_match_map: {{map: {{'1': {{action: {{name: c, typed_config: {{'@type': {Action}, cluster: {cluster}}}}}}}}}}}}}}}}}}}}}";

    private static string Missing(string name) => $"{{is_optional: true, extension: {{name: {name}, typed_config: {{'@type': {Lua}}}}}}}";

    private static string Overrides(string level) =>
        $"typed_per_filter_config: {{{level}-off: {{'@type': {Filter}, disabled: true}}, {level}-on: {{'@type': {Filter}, config: {{'@type': type.googleapis.com/google.protobuf.Timestamp, value: '2020-01-01T00:00:00Z'}}}}, "
        + $"{level}-optional: {{'@type': {Filter}, is_optional: true, config: {{'@type': type.googleapis.com/google.protobuf.Duration, value: 1s}}}}}}";
}
