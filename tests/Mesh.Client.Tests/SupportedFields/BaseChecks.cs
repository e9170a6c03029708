namespace Mesh.Client.Tests.SupportedFields;

/// <summary>A cluster with every kind of health check, and endpoints that say where theirs go.</summary>
internal static class BaseChecks
{
    public const string Cluster =
        """
        {name: checked, health_checks: [
            {timeout: 1s, interval: 5s, initial_jitter: 2s, interval_jitter: 3s, interval_jitter_percent: 20, unhealthy_threshold: 3, healthy_threshold: 2, alt_port: 50, reuse_connection: true,
              no_traffic_interval: 30s, no_traffic_healthy_interval: 40s, unhealthy_interval: 6s, unhealthy_edge_interval: 7s, healthy_edge_interval: 8s,
              always_log_health_check_failures: true, always_log_health_check_success: false, tls_options: {alpn_protocols: [h2, other]},
              http_health_check: {host: check.example, path: /check, method: HEAD, codec_client_type: HTTP2, receive: [{text: '6364'}, {binary: aQ==}], response_buffer_size: 8,
                expected_statuses: [{start: 200, end: 205}, {start: 300, end: 303}], retriable_statuses: [{start: 502, end: 505}], service_name_matcher: {exact: svc},
                request_headers_to_add: [{header: {key: x-empty} }, {header: {key: user-agent, value: more} }], request_headers_to_remove: [x-none] } },
            {timeout: 1s, interval: 5s, unhealthy_threshold: 3, healthy_threshold: 2, http_health_check: {path: /, receive: [{text: '6364'}, {binary: aQ==}], request_headers_to_remove: [user-agent]} },
            {timeout: 1s, interval: 5s, unhealthy_threshold: 3, healthy_threshold: 2, tcp_health_check: {send: {text: '0102'}, receive: [{text: '03'}, {binary: BAU=}]} },
            {timeout: 1s, interval: 5s, unhealthy_threshold: 3, healthy_threshold: 2, tcp_health_check: {send: {binary: AQI=} } },
            {timeout: 1s, interval: 5s, unhealthy_threshold: 3, healthy_threshold: 2, grpc_health_check: {service_name: s, authority: a.example,
              initial_metadata: [{header: {key: x-empty} }, {header: {key: x-twice, value: one} }, {header: {key: x-twice, value: two} }]} }],
          load_assignment: {cluster_name: checked, endpoints: [{lb_endpoints: [
            {endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: 40} }, health_check_config: {port_value: 41, hostname: own.example} } },
            {endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: 42} }, health_check_config: {address: {socket_address: {address: 127.0.0.1, port_value: 43} } } } },
            {endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: 44} }, health_check_config: {address: {pipe: {path: /run/check} } } } },
            {endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: 45} } } }]}]} }
        """;
}
