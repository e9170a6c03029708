using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Mesh.Client.Tests.Wire.Text;
using Mesh.Wire.Protos.Envoy.Config.Cluster.V3;
using Mesh.Wire.Protos.Envoy.Config.Endpoint.V3;
using Mesh.Wire.Protos.Envoy.Config.Listener.V3;
using Mesh.Wire.Protos.Envoy.Config.Route.V3;
using Mesh.Wire.Protos.Envoy.Extensions.TransportSockets.Tls.V3;
using Mesh.Wire.Text;
using TypeRegistry = Mesh.Wire.Text.TypeRegistry;

namespace Mesh.Client.Tests.SupportedFields;

/// <summary>A good configuration in which every honoured message stands somewhere, so that each of its fields can be changed.</summary>
internal static class BaseConfiguration
{
    private const string Filters = $"[{{name: unknown, is_optional: true, typed_config: {{'@type': type.googleapis.com/some.unknown.v3.Filter}}}}, {Xds.Router}]";

    private const string Faults =
        $$"""
        http_filters: [
          {name: fault, typed_config: {'@type': type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault, max_active_faults: 5,
            delay: {fixed_delay: 2s, percentage: {numerator: 40} }, response_rate_limit: {fixed_limit: {limit_kbps: 10}, percentage: {numerator: 45} }, abort: {http_status: 503, percentage: {numerator: 30} } } },
          {name: asked, typed_config: {'@type': type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault,
            delay: {header_delay: {}, percentage: {numerator: 50} }, response_rate_limit: {header_limit: {}, percentage: {numerator: 55} }, abort: {header_abort: {}, percentage: {numerator: 60} } } },
          {name: bound, typed_config: {'@type': type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault, upstream_cluster: a, downstream_nodes: [node],
            headers: [{name: x-fault, string_match: {exact: v} }], abort: {grpc_status: 8, percentage: {numerator: 90} } } },
          {name: absent, typed_config: {'@type': type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault,
            headers: [{name: x-none, string_match: {exact: ''} }], abort: {grpc_status: 5, percentage: {numerator: 20} } } },
          {name: limit, typed_config: {'@type': type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit, stat_prefix: s, status: {code: ServiceUnavailable}, rate_limited_as_resource_exhausted: true,
            token_bucket: {max_tokens: 5, tokens_per_fill: 2, fill_interval: 1s}, filter_enabled: {default_value: {numerator: 80} }, filter_enforced: {default_value: {numerator: 70} },
            response_headers_to_add: [{header: {key: x-empty} }, {header: {key: x-limited, value: 'yes'} }] } },
          {name: session, typed_config: {'@type': type.googleapis.com/envoy.extensions.filters.http.stateful_session.v3.StatefulSession, session_state: {name: s, typed_config: {
            '@type': type.googleapis.com/envoy.extensions.http.stateful_session.cookie.v3.CookieBasedSessionState, cookie: {name: sid, ttl: 60s, path: /p, attributes: [{name: SameSite, value: Lax}]} } } } },
          {{Xds.Router}}]
        """;

    private const string Options = "'@type': type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
    private const string SlowStart = "slow_start_config: {slow_start_window: 10s, aggression: {default_value: 2}, min_weight_percent: {value: 20}}";
    private const string Subsets =
        "fallback_policy: DEFAULT_SUBSET, default_subset: {stage: two}, locality_weight_aware: true, scale_locality_weight: true, panic_mode_any: true, list_as_any: true, metadata_fallback_policy: FALLBACK_LIST, "
        + "subset_selectors: [{keys: [stage], fallback_policy: ANY_ENDPOINT}, {keys: [stage, hash_key], fallback_policy: KEYS_SUBSET, fallback_keys_subset: [stage]}, {keys: [hash_key], single_host_per_subset: true}]";

    private const string Certificate = "{certificate_chain: {filename: chain.pem}, private_key: {filename: key.pem}, password: {inline_string: secret}}";

    /// <summary>The resources.</summary>
    public static IReadOnlyList<IMessage> Resources { get; } =
    [
        .. Listeners().Select(yaml => Parse(Listener.Descriptor, yaml)),
        .. new[] { RouteConfigurationText("r"), "{name: s, virtual_hosts: []}", BaseRoutes.Text, BaseTrees.Text }.Select(yaml => Parse(RouteConfiguration.Descriptor, yaml)),
        .. Clusters().Select(yaml => Parse(Cluster.Descriptor, yaml)),
        .. Assignments().Select(yaml => Parse(ClusterLoadAssignment.Descriptor, yaml)),
        .. Secrets().Select(yaml => Parse(Secret.Descriptor, yaml)),
    ];

    /// <summary>The roots of everything that can be configured.</summary>
    public static IReadOnlyList<MessageDescriptor> Types { get; } =
        [Listener.Descriptor, RouteConfiguration.Descriptor, Cluster.Descriptor, ClusterLoadAssignment.Descriptor, Secret.Descriptor];

    /// <summary>A value that means something in a field of this shape; null where any will do.</summary>
    public static object? Meaningful(string shape) => shape[(shape.LastIndexOf('.') + 1)..] switch
    {
        "address" => "127.0.0.99",
        "table_size" => 19ul,
        "denominator" => 2,
        "text" when shape.Contains("health_check", StringComparison.Ordinal) => "beef",
        "load_balancing_weight" => 7u,
        "priority" when shape.EndsWith("endpoints[].priority", StringComparison.Ordinal) => 0u,
        "retry_on" => "reset",
        "http_status" => 504u,
        "base_interval" => new Duration { Nanos = 70_000_000 },
        "route_config_name" => "s",
        "service_name" => "other",
        "cluster" => "c",
        "text_format" => "other",
        "json_format" => new Struct { Fields = { ["other"] = Value.ForString("%PATH(NQ)%") } },
        "header_name" when shape.EndsWith("typed_config.header_name", StringComparison.Ordinal) || shape.EndsWith("input.header_name", StringComparison.Ordinal) => "x-other",
        "redirect_response_codes" => 303u,
        "inline_string" or "inline_bytes" or "filename" or "environment_variable" when shape.Contains("text_format_source", StringComparison.Ordinal) => shape[(shape.LastIndexOf('.') + 1)..] switch
        {
            "inline_string" => "other",
            "inline_bytes" => ByteString.CopyFromUtf8("other"),
            "filename" => "other.txt",
            _ => "MESH_TEST_OTHER",
        },
        "regex" => "other.*",
        "max_direct_response_body_size_bytes" => 1u,
        "path_template" => "/t/{two}/{one}",
        "path_template_rewrite" => "/{one}",
        "path_separated_prefix" => "/other",
        "status" => 299u,
        "inline_string" when shape.EndsWith("body.inline_string", StringComparison.Ordinal) => "other",
        "inline_bytes" when shape.EndsWith("body.inline_bytes", StringComparison.Ordinal) => ByteString.CopyFromUtf8("other"),
        "filename" when shape.EndsWith("body.filename", StringComparison.Ordinal) => "other.txt",
        "environment_variable" when shape.EndsWith("body.environment_variable", StringComparison.Ordinal) => "MESH_TEST_OTHER",
        "address_prefix" => "11.0.0.0",
        "prefix_len" => 32u,
        "prefix_rewrite" => "/else",
        "scheme_redirect" => "wss",
        "substitution" => "y",
        "path_rewrite" => "/other",
        "host_rewrite" => "other.example",
        "name" when shape.EndsWith("weighted_clusters.clusters[].name", StringComparison.Ordinal) => "c",
        "name" when shape.EndsWith("tls_certificate_sds_secret_configs[].name", StringComparison.Ordinal) => "other-certificate",
        "name" when shape.EndsWith("validation_context_sds_secret_config.name", StringComparison.Ordinal) => "other-validation",
        _ => null,
    };

    private static IEnumerable<string> Listeners()
    {
        yield return $"{{name: mesh, api_listener: {{api_listener: {Hcm("r", "ads", ", stream_idle_timeout: 60s, common_http_protocol_options: {max_stream_duration: 30s}")}}}}}";
        yield return $"{{name: inline.example, api_listener: {{api_listener: {{{Xds.Manager}, http_filters: {Filters}, route_config: {RouteConfigurationText("in")}}}}}}}";
        yield return $$"""
            {name: egress, address: {socket_address: {address: 127.0.0.1, port_value: 15001} }, filter_chains: [
              {filter_chain_match: {server_names: [x]}, filters: [{name: hcm, typed_config: {{Hcm("s", "ads")}} }]},
              {filters: [{name: hcm, typed_config: {{Hcm("r", "self")}} }]}]}
            """;
        yield return $"{{name: default, address: {{socket_address: {{address: 127.0.0.1, port_value: 15002}}}}, default_filter_chain: {{filters: [{{name: hcm, typed_config: {Hcm("r", "ads")}}}]}}}}";
        yield return $"{{name: more, address: {{socket_address: {{address: 127.0.0.1, port_value: 15003}}}}, default_filter_chain: {{filters: [{{name: hcm, typed_config: {Hcm("more", "ads")}}}]}}}}";
        yield return $"{{name: trees, address: {{socket_address: {{address: 127.0.0.1, port_value: 15004}}}}, default_filter_chain: {{filters: [{{name: hcm, typed_config: {Hcm("trees", "ads", ", normalize_path: true, merge_slashes: true")}}}]}}}}";
        yield return $"{{name: faults, address: {{socket_address: {{address: 127.0.0.1, port_value: 15005}}}}, default_filter_chain: {{filters: [{{name: hcm, typed_config: {{{Xds.Manager}, rds: {{route_config_name: r, config_source: {{ads: {{}}}}}}, {Faults}}}}}]}}}}";
        yield return $"{{name: pipe, address: {{pipe: {{path: /run/mesh.sock}}}}, filter_chains: [{{filters: [{{name: hcm, typed_config: {Hcm("r", "ads")}}}]}}]}}";
    }

    private static string Hcm(string routes, string source, string more = "") =>
        $"{{{Xds.Manager}, rds: {{route_config_name: {routes}, config_source: {{{source}: {{}}}}}}, http_filters: {Filters}{more}}}";

    private const string Retry =
        """
        per_try_timeout: 1s, per_try_idle_timeout: 2s, retriable_status_codes: [418], retry_back_off: {base_interval: 0.05s, max_interval: 0.4s},
        retry_host_predicate: [{name: p, typed_config: {'@type': type.googleapis.com/envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate} },
          {name: m, typed_config: {'@type': type.googleapis.com/envoy.extensions.retry.host.omit_host_metadata.v3.OmitHostMetadataConfig, metadata_match: {filter_metadata: {envoy.lb: {stage: old} } } } }],
        retry_priority: {name: p, typed_config: {'@type': type.googleapis.com/envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig, update_frequency: 2} },
        rate_limited_retry_back_off: {reset_headers: [{name: retry-after}, {name: x-reset, format: UNIX_TIMESTAMP}], max_interval: 5s}
        """;

    private static string RouteConfigurationText(string name) =>
        $$"""
        {name: {{name}}, validate_clusters: false, {{Headers("table")}}, virtual_hosts: [
          {name: shop, domains: [shop.example, '*.shop.example'], {{Headers("host")}}, include_request_attempt_count: true, include_attempt_count_in_response: true,
            retry_policy: {retry_on: 'gateway-error,retriable-status-codes', num_retries: 2, {{Retry}} },
            routes: [
              {name: matched, {{Headers("route")}},
                match: {path: /matched, case_sensitive: true, headers: [
                  {name: x-exact, exact_match: v}, {name: x-range, range_match: {start: 1, end: 5} },
                  {name: x-string, string_match: {prefix: v} }, {name: x-absent, string_match: {exact: v}, invert_match: true}]},
                route: {cluster: a, priority: HIGH, metadata_match: {filter_metadata: {envoy.lb: {stage: one} } }, prefix_rewrite: /rewritten, host_rewrite_literal: rewritten.example, timeout: 3s, idle_timeout: 4s,
                  max_stream_duration: {max_stream_duration: 5s, grpc_timeout_header_max: 6s},
                  retry_policy: {retry_on: '5xx,retriable-status-codes,retriable-headers', num_retries: 3, {{Retry}}, retriable_headers: [{name: x-none, exact_match: ''}, {name: x-retry, exact_match: retry}] } } },
              {name: absent, match: {prefix: /matched, headers: [{name: x-absent, string_match: {exact: v}, invert_match: true}]}, route: {cluster: b} },
              {name: split, match: {prefix: /split},
                route: {max_stream_duration: {max_stream_duration: 7s}, weighted_clusters: {clusters: [
                  {name: a, weight: 3, metadata_match: {filter_metadata: {envoy.lb: {stage: two} } }, host_rewrite_literal: a.example, {{Headers("cluster")}} }, {name: b, weight: 1}]} } },
              {name: lost, match: {prefix: /lost}, route: {cluster: nowhere} }]}]}
        """;

    /// <summary>Mutations in which each level has its mark: one that is overwritten, one that adds up, one that is empty, one that removes.</summary>
    private static string Headers(string level)
    {
        string add = $"[{{header: {{key: x-empty-{level}}}}}, {{header: {{key: x-level, value: {level}}}, append_action: OVERWRITE_IF_EXISTS_OR_ADD}}, {{header: {{key: x-add, value: {level}}}}}]";
        string remove = $"[x-removed-{level}, x-removed]";
        return $"request_headers_to_add: {add}, request_headers_to_remove: {remove}, response_headers_to_add: {add}, response_headers_to_remove: {remove}";
    }

    private static IEnumerable<string> Clusters()
    {
        yield return """
            {name: a, type: EDS, eds_cluster_config: {eds_config: {ads: {}}, service_name: some}, connect_timeout: 1s, lrs_server: {self: {}}, lrs_report_endpoint_metrics: [cpu_utilization, named_metrics.queue], http2_protocol_options: {connection_keepalive: {interval: 30s, timeout: 5s}},
              upstream_connection_options: {tcp_keepalive: {keepalive_probes: 3, keepalive_time: 60, keepalive_interval: 10}, happy_eyeballs_config: {first_address_family_version: V6, first_address_family_count: 2}},
              circuit_breakers: {thresholds: [{max_retries: 5, max_requests: 50, max_connections: 9, max_pending_requests: 3}, {priority: HIGH, retry_budget: {budget_percent: {value: 40}, min_retry_concurrency: 7} }],
                per_host_thresholds: [{max_connections: 4}, {priority: HIGH, max_connections: 5}]},
              metadata: {filter_metadata: {mesh.sdk: {plaintext_allowed: true}}}, common_http_protocol_options: {idle_timeout: 1s, max_connection_duration: 2s, max_requests_per_connection: 100}}
            """;
        yield return $$"""
            {name: b, load_assignment: {cluster_name: b, endpoints: [{{Locality(2)}}, {priority: 1, lb_endpoints: [{endpoint: {address: {pipe: {path: /run/b} } } }]}]},
              transport_socket: {name: tls, typed_config: { {{Xds.Tls}}, sni: b.example, common_tls_context: {
                tls_params: {tls_minimum_protocol_version: TLSv1_2, tls_maximum_protocol_version: TLSv1_3}, tls_certificates: [{{Certificate}}],
                validation_context: {trusted_ca: {filename: ca.pem}, match_typed_subject_alt_names: [{san_type: DNS, matcher: {exact: b.example} }]} } } },
              typed_extension_protocol_options: {x: { {{Options}}, common_http_protocol_options: {idle_timeout: 3s, max_connection_duration: 4s, max_requests_per_connection: 80},
                explicit_http_config: {http2_protocol_options: {connection_keepalive: {interval: 20s, timeout: 4s} } }, upstream_http_protocol_options: {} } } }
            """;
        yield return Dns("c", "auto_config: {http_protocol_options: {}, http2_protocol_options: {}}", Combined("match_typed_subject_alt_names: [{san_type: URI, matcher: {prefix: 'spiffe:'}}]", "ads"));
        yield return Dns("d", "explicit_http_config: {http_protocol_options: {}}", "validation_context_sds_secret_config: {name: validation, sds_config: {ads: {}}}");
        yield return Dns("e", "use_downstream_protocol_config: {http_protocol_options: {}, http2_protocol_options: {}}",
            "validation_context: {system_root_certs: {}, match_subject_alt_names: [{suffix: .example}]}");
        yield return Dns("f", "auto_config: {}", Combined("match_subject_alt_names: [{contains: f}]", "self"));
        yield return Dns("h", "auto_config: {}", "validation_context_sds_secret_config: {name: other-validation, sds_config: {ads: {}}}");
        yield return """
            {name: names, type: LOGICAL_DNS, max_requests_per_connection: 90, preconnect_policy: {per_upstream_preconnect_ratio: 1.5}, dns_refresh_rate: 7s, dns_failure_refresh_rate: {base_interval: 1s, max_interval: 30s}, respect_dns_ttl: true, dns_jitter: 1s, dns_lookup_family: V4_ONLY,
              load_assignment: {cluster_name: names, endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: host.internal, port_value: 4} } } }]}]} }
            """;
        yield return """
            {name: own-names, cluster_type: {name: envoy.clusters.dns, typed_config: {'@type': type.googleapis.com/envoy.extensions.clusters.dns.v3.DnsCluster, dns_refresh_rate: 7s,
              dns_failure_refresh_rate: {base_interval: 1s, max_interval: 30s}, respect_dns_ttl: true, dns_jitter: 1s, dns_lookup_family: V4_ONLY, all_addresses_in_single_endpoint: true} },
              load_assignment: {cluster_name: own-names, endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: host.internal, port_value: 4} } } }]}]} }
            """;
        yield return Balanced("ring", "lb_policy: RING_HASH, ring_hash_lb_config: {minimum_ring_size: 64, maximum_ring_size: 128, hash_function: MURMUR_HASH_2}, "
            + "common_lb_config: {override_host_status: {statuses: [HEALTHY, DEGRADED]}, healthy_panic_threshold: {value: 30}, locality_weighted_lb_config: {}, consistent_hashing_lb_config: {use_hostname_for_hashing: true}}");
        yield return Balanced("least", "lb_policy: LEAST_REQUEST, least_request_lb_config: {choice_count: 3, active_request_bias: {default_value: 0.5, runtime_key: x}, " + SlowStart + "}");
        yield return Balanced("slow", "round_robin_lb_config: {" + SlowStart + "}");
        yield return Balanced("reports", Policies("client_side_weighted_round_robin.v3.ClientSideWeightedRoundRobin",
            "enable_oob_load_report: true, oob_reporting_period: 5s, blackout_period: 3s, weight_expiration_period: 20s, weight_update_period: 2s, error_utilization_penalty: 2, metric_names_for_computing_utilization: [named_metrics.queue], " + SlowStart));
        yield return Balanced("table", "lb_policy: MAGLEV, maglev_lb_config: {table_size: 17}");
        yield return Balanced("rings", Policies("ring_hash.v3.RingHash", "hash_function: XX_HASH, minimum_ring_size: 64, maximum_ring_size: 128, use_hostname_for_hashing: true, locality_weighted_lb_config: {}"));
        yield return Balanced("hosts", Policies("ring_hash.v3.RingHash", "consistent_hashing_lb_config: {use_hostname_for_hashing: true}"));
        yield return Balanced("tables", Policies("maglev.v3.Maglev", "table_size: 17, consistent_hashing_lb_config: {use_hostname_for_hashing: true}, locality_weighted_lb_config: {}"));
        yield return Balanced("leasts", Policies("least_request.v3.LeastRequest", "choice_count: 3, active_request_bias: {default_value: 0.5}, selection_method: FULL_SCAN, " + SlowStart + ", locality_lb_config: {locality_weighted_lb_config: {}}"));
        yield return Balanced("full", Policies("least_request.v3.LeastRequest", "enable_full_scan: true"));
        yield return Balanced("turns", Policies("round_robin.v3.RoundRobin", SlowStart + ", locality_lb_config: {locality_weighted_lb_config: {}}"));
        yield return Balanced("any", Policies("random.v3.Random", "locality_lb_config: {locality_weighted_lb_config: {}}"));
        yield return Balanced("near", "common_lb_config: {zone_aware_lb_config: {routing_enabled: {value: 50}, min_cluster_size: 3}}");
        yield return Balanced("nearby", Policies("round_robin.v3.RoundRobin", "locality_lb_config: {zone_aware_lb_config: {routing_enabled: {value: 50}, min_cluster_size: 3, force_local_zone: {min_size: 2}, locality_basis: HEALTHY_HOSTS_WEIGHT}}"));
        yield return Balanced("forced", Policies("random.v3.Random", "locality_lb_config: {zone_aware_lb_config: {}}"));
        yield return Balanced("parts", "lb_subset_config: {" + Subsets + "}");
        yield return Balanced("partly", Policies("subset.v3.Subset", Subsets + ", allow_redundant_keys: true, subset_lb_policy: {" + PolicyList("least_request.v3.LeastRequest", "choice_count: 3") + "}"));
        yield return Balanced("first", Policies("pick_first.v3.PickFirst", "shuffle_address_list: true"));
        yield return Balanced("subset", Policies("random_subsetting.v3.RandomSubsetting", "subset_size: 2, child_policy: {" + PolicyList("least_request.v3.LeastRequest", "choice_count: 3") + "}"));
        yield return Balanced("zones", Policies("wrr_locality.v3.WrrLocality", "endpoint_picking_policy: {" + PolicyList("least_request.v3.LeastRequest", "choice_count: 3") + "}"));
        yield return "{name: aggregate, lb_policy: CLUSTER_PROVIDED, cluster_type: {name: envoy.clusters.aggregate, typed_config: {'@type': type.googleapis.com/envoy.extensions.clusters.aggregate.v3.ClusterConfig, clusters: [ring, least]}}}";
        yield return BaseChecks.Cluster;
        yield return """
            {name: g, transport_socket: {name: raw, typed_config: {'@type': type.googleapis.com/envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer}},
              outlier_detection: {max_ejection_time: 400s}, load_assignment: {cluster_name: g}}
            """;
    }

    /// <summary>A cluster of two localities with two endpoints each, with a way to choose among them.</summary>
    private static string Balanced(string name, string policy) =>
        $$"""
        {name: {{name}}, {{policy}}, load_assignment: {cluster_name: {{name}}, endpoints: [{{Weighted("one", 20, 3)}}, {{Weighted("two", 30, 1)}}],
          policy: {drop_overloads: [{category: lb, drop_percentage: {numerator: 5, denominator: TEN_THOUSAND} }], overprovisioning_factor: 150, weighted_priority_health: true} } }
        """;

    private static string Weighted(string zone, int port, int weight) =>
        $$"""
        {locality: {zone: {{zone}} }, load_balancing_weight: {{weight}}, lb_endpoints: [
          {load_balancing_weight: 2, metadata: {filter_metadata: {envoy.lb: {hash_key: key-{{port}}, stage: [{{zone}}, any] } } }, endpoint: {hostname: {{zone}}.example, address: {socket_address: {address: 127.0.0.1, port_value: {{port}} } } } },
          {endpoint: {hostname: other-{{zone}}.example, address: {socket_address: {address: 127.0.0.1, port_value: {{port + 1}} } } } }]}
        """;

    private static string Policies(string type, string body) => $"load_balancing_policy: {{{PolicyList(type, body)}}}";

    private static string PolicyList(string type, string body) =>
        $"policies: [{{typed_extension_config: {{name: x, typed_config: {{'@type': type.googleapis.com/envoy.extensions.load_balancing_policies.{type}, {body}}}}}}}]";

    private static string Dns(string name, string protocol, string validation) =>
        $$"""
        {name: {{name}}, type: STRICT_DNS, typed_extension_protocol_options: {x: { {{Options}}, {{protocol}} } },
          load_assignment: {cluster_name: {{name}}, endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: host.internal, port_value: 3} } } }]}]},
          transport_socket: {name: tls, typed_config: { {{Xds.Tls}}, common_tls_context: { {{validation}} } } } }
        """;

    private static string Combined(string defaults, string source) =>
        $"tls_certificate_sds_secret_configs: [{{name: certificate, sds_config: {{{source}: {{}}}}}}], combined_validation_context: {{default_validation_context: {{{defaults}}}, "
        + $"validation_context_sds_secret_config: {{name: validation, sds_config: {{{source}: {{}}}}}}}}";

    private static IEnumerable<string> Assignments() =>
        [$"{{cluster_name: some, endpoints: [{Locality(4)}, {{priority: 1, lb_endpoints: [{{endpoint: {{address: {{pipe: {{path: /run/a}}}}}}}}]}}]}}", "{cluster_name: other}"];

    private static string Locality(int port) =>
        $$"""
        {locality: {region: r, zone: z, sub_zone: s}, lb_endpoints: [{health_status: HEALTHY, endpoint: {hostname: one.example, address: {socket_address: {address: 127.0.0.1, port_value: {{port}} } },
          additional_addresses: [{address: {socket_address: {address: '::1', port_value: {{port}} } } }, {address: {pipe: {path: /run/more} } }] } }]}
        """;

    private static IEnumerable<string> Secrets() =>
    [
        $"{{name: certificate, tls_certificate: {Certificate}}}",
        "{name: other-certificate, tls_certificate: {certificate_chain: {filename: alien.pem}, private_key: {filename: alien-key.pem}}}",
        "{name: validation, validation_context: {trusted_ca: {filename: ca.pem}}}",
        "{name: other-validation, validation_context: {system_root_certs: {}}}",
    ];

    private static IMessage Parse(MessageDescriptor type, string yaml)
    {
        if (YamlToJson.Convert(Encoding.UTF8.GetBytes(yaml), out ReadOnlySpan<byte> json) is { } malformed)
            throw new InvalidOperationException($"{malformed}\n{yaml}");
        var (wire, findings) = Transcoding.Try(json, type, TypeRegistry.Default);
        return findings.Count == 0 ? type.Parser.ParseFrom(wire) : throw new InvalidOperationException($"{string.Join('\n', findings)}\n{yaml}");
    }
}
