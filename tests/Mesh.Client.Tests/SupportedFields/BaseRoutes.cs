namespace Mesh.Client.Tests.SupportedFields;

/// <summary>Every kind of match and of action of a route, each on a path of its own, in a virtual host and a table of their own.</summary>
internal static class BaseRoutes
{
    private const string Template = "type.googleapis.com/envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig";
    private const string Rewrite = "type.googleapis.com/envoy.extensions.path.rewrite.uri_template.v3.UriTemplateRewriteConfig";

    private const string Mirrors =
        """
        request_mirror_policies: [
          {cluster: b, runtime_fraction: {default_value: {numerator: 50, denominator: TEN_THOUSAND} }, request_headers_mutations: [{append: {header: {key: x-empty-mirror} } },
            {append: {header: {key: x-level, value: mirror}, append_action: OVERWRITE_IF_EXISTS_OR_ADD} }, {append: {header: {key: x-add, value: mirror} } }, {remove: x-removed}]},
          {cluster_header: x-cluster, disable_shadow_host_suffix_append: true}, {cluster: a, host_rewrite_literal: m.example}]
        """;

    /// <summary>A route configuration for the listener on port 15003.</summary>
    public const string Text =
        $$"""
        {name: more, validate_clusters: false, vhost_header: x-host, ignore_path_parameters_in_path_matching: false, max_direct_response_body_size_bytes: 5, {{Mirrors}}, virtual_hosts: [
          {name: secure, domains: [secure.example], require_tls: ALL, routes: [{match: {prefix: /}, route: {cluster: a} }]},
          {name: hedged, domains: [hedged.example], hedge_policy: {hedge_on_per_try_timeout: true}, retry_policy: {retry_on: 5xx, per_try_timeout: 1s}, routes: [
            {match: {prefix: /own}, route: {cluster: a, hedge_policy: {initial_requests: 1} } }, {match: {prefix: /}, route: {cluster: a} }]},
          {name: more, domains: ['*'], {{Mirrors}}, virtual_clusters: [{name: vc, headers: [{name: x-exact, exact_match: v}]}, {name: rest, headers: [{name: x-string, string_match: {exact: w} }]}, {name: upper, headers: [{name: x-string, string_match: {exact: U} }]}, {name: empty, headers: [{name: x-none, string_match: {exact: ''} }]}, {name: last, headers: [{name: x-string, exact_match: u}]}], routes: [
            {name: separated, match: {path_separated_prefix: /sep}, redirect: {host_redirect: h.example, path_redirect: /there, response_code: FOUND, https_redirect: true, port_redirect: 8443} },
            {name: regex, match: {safe_regex: {google_re2: {}, regex: '/re/.*'} }, redirect: {scheme_redirect: ws, prefix_rewrite: /new, strip_query: true} },
            {name: regex-rewrite, match: {prefix: /rr}, redirect: {regex_rewrite: {pattern: {regex: 'r+'}, substitution: x} } },
            {name: values, match: {prefix: /values, headers: [{name: x-exact, safe_regex_match: {regex: v} }, {name: x-string, string_match: {safe_regex: {regex: 'v.*'} } }]}, direct_response: {status: 201, body: {inline_string: hello} } },
            {name: bytes, match: {prefix: /bytes}, direct_response: {status: 202, body: {inline_bytes: aGVsbG8=} } },
            {name: file, match: {prefix: /file}, direct_response: {status: 203, body: {filename: body.txt} } },
            {name: variable, match: {prefix: /env}, direct_response: {status: 204, body: {environment_variable: MESH_TEST_BODY} } },
            {name: query, match: {prefix: /query, query_parameters: [{name: k, string_match: {exact: v} }, {name: p, present_match: true}]}, route: {cluster: a} },
            {name: cookie, match: {prefix: /cookie, cookies: [{name: c, string_match: {exact: v} }, {name: e, string_match: {exact: g}, invert_match: true}]}, route: {cluster: a} },
            {name: grpc, match: {prefix: /grpc, grpc: {} }, route: {cluster: a} },
            {name: fraction, match: {prefix: /fraction, runtime_fraction: {default_value: {numerator: 10, denominator: TEN_THOUSAND} } }, route: {cluster: a} },
            {name: fraction-two, match: {prefix: /fraction, runtime_fraction: {default_value: {numerator: 11, denominator: TEN_THOUSAND} } }, route: {cluster: b} },
            {name: tls, match: {prefix: /tls, tls_context: {presented: true, validated: true} }, route: {cluster: a} },
            {name: metadata, match: {prefix: /metadata, dynamic_metadata: [
              {filter: f, path: [{key: number}], value: {double_match: {exact: 3} } }, {filter: f, path: [{key: number}], value: {double_match: {range: {start: 3, end: 4} } } },
              {filter: f, path: [{key: text}], value: {string_match: {exact: v} } }, {filter: f, path: [{key: flag}], value: {bool_match: true} },
              {filter: f, path: [{key: nothing}], value: {null_match: {} } }, {filter: f, path: [{key: none}], value: {present_match: true}, invert: true},
              {filter: f, path: [{key: list}], value: {list_match: {one_of: {string_match: {exact: v} } } } },
              {filter: f, path: [{key: text}], value: {or_match: {value_matchers: [{string_match: {exact: other} }, {string_match: {exact: third} }, {string_match: {exact: v} }]} } }]}, route: {cluster: a} },
            {name: no-text, match: {prefix: /none-text, dynamic_metadata: [{filter: f, path: [{key: text}], value: {string_match: {exact: v} } }, {filter: f, path: [{key: text}], value: {string_match: {exact: V} } }]}, route: {cluster: a} },
            {name: no-range, match: {prefix: /none-range, dynamic_metadata: [{filter: f, path: [{key: number}], value: {double_match: {range: {start: 2, end: 3} } } }]}, route: {cluster: a} },
            {name: no-item, match: {prefix: /none-item, dynamic_metadata: [{filter: f, path: [{key: list}], value: {list_match: {one_of: {string_match: {exact: V} } } } }]}, route: {cluster: a} },
            {name: no-or, match: {prefix: /none-or, dynamic_metadata: [{filter: f, path: [{key: text}], value: {or_match: {value_matchers: [{string_match: {exact: V} }, {string_match: {exact: y} }]} } }]}, route: {cluster: a} },
            {name: no-state, match: {prefix: /none-state, filter_state: [{key: text, string_match: {exact: v} }, {key: text, string_match: {exact: V} }]}, route: {cluster: a} },
            {name: state, match: {prefix: /state, filter_state: [{key: text, string_match: {exact: v} }, {key: address, address_match: {ranges: [{address_prefix: 10.0.0.0, prefix_len: 8}]} }]}, route: {cluster: a} },
            {name: template, match: {path_match_policy: {name: t, typed_config: {'@type': {{Template}}, path_template: '/t/{one}/{two}'} } },
              route: {cluster: a, path_rewrite_policy: {name: t, typed_config: {'@type': {{Rewrite}}, path_template_rewrite: '/{two}/{one}'} } } },
            {name: connect, match: {connect_matcher: {} }, route: {cluster: a} },
            {name: header, match: {prefix: /header}, route: {cluster_header: x-cluster, cluster_not_found_response_code: NOT_FOUND, host_rewrite_header: x-host} },
            {name: weights, match: {prefix: /weights}, route: { {{Mirrors}}, weighted_clusters: {header_name: x-range, clusters: [{name: a, weight: 1}, {cluster_header: x-cluster, weight: 1}, {name: b, weight: 3}]} } },
            {name: path-regex, match: {prefix: /pr}, route: {cluster: a, regex_rewrite: {pattern: {regex: 'r'}, substitution: x}, host_rewrite_path_regex: {pattern: {regex: '/pr.*'}, substitution: 'p.example'}, append_x_forwarded_host: true} },
            {name: formats, match: {prefix: /pf}, route: {cluster: a, path_rewrite: '/%REQ(x-string)%', host_rewrite: '%REQ(x-exact)%.example'} },
            {name: others, match: {prefix: /}, route: {cluster: b} }]}]}
        """;
}
