namespace Mesh.Soak;

/// <summary>The mesh under test: a cluster for each protocol, both with every backend.</summary>
internal static class MeshText
{
    /// <summary>The hosts that are called; each is a protocol.</summary>
    public static readonly string[] Hosts = ["h1", "h2"];

    /// <summary>How long one attempt may take.</summary>
    public static readonly TimeSpan PerTryTimeout = TimeSpan.FromSeconds(0.5);

    /// <summary>
    /// The configuration. What may be repeated is tried again on any failure; a POST only where nothing can have reached the server. The waits
    /// before a retry are short, for the limit on the answers' times leaves no room for more.
    /// </summary>
    public static string Of(IReadOnlyList<BackendProcess> backends) => $$"""
        resources:
        - "@type": type.googleapis.com/envoy.config.listener.v3.Listener
          name: mesh
          api_listener:
            api_listener:
              "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
              http_filters:
              - { name: router, typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router } }
              route_config:
                name: soak
                virtual_hosts:{{string.Concat(Hosts.Select(VirtualHost))}}
        {{Cluster("h1", "http_protocol_options", backends.Select(backend => (backend.Address, backend.Http1Port)))}}
        {{Cluster("h2", "http2_protocol_options", backends.Select(backend => (backend.Address, backend.Http2Port)))}}
        """;

    private static string VirtualHost(string host) => $$"""

                - name: {{host}}
                  domains: [{{host}}]
                  include_request_attempt_count: true
                  include_attempt_count_in_response: true
                  routes:
                  - match: { prefix: /, headers: [{ name: ":method", string_match: { exact: POST } }] }
                    route:
                      cluster: {{host}}
                      timeout: 10s
                      retry_policy: { retry_on: "connect-failure,refused-stream", num_retries: 5, {{Tries}} }
                  - match: { prefix: / }
                    route:
                      cluster: {{host}}
                      timeout: 10s
                      retry_policy: { retry_on: "reset,connect-failure,refused-stream", num_retries: 5, {{Tries}} }
        """;

    private static string Tries => $"per_try_timeout: {PerTryTimeout.TotalSeconds}s, retry_back_off: {{ base_interval: 0.002s, max_interval: 0.01s }}";

    private static string Cluster(string name, string protocol, IEnumerable<(string Address, int Port)> endpoints) => $$"""
        - "@type": type.googleapis.com/envoy.config.cluster.v3.Cluster
          name: {{name}}
          connect_timeout: 0.5s
          lb_policy: LEAST_REQUEST
          typed_extension_protocol_options:
            envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
              "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
              explicit_http_config: { {{protocol}}: {} }
          outlier_detection:
            consecutive_5xx: 2
            enforcing_success_rate: 0
            interval: 1s
            base_ejection_time: 2s
            max_ejection_time: 4s
            max_ejection_percent: 40
          circuit_breakers:
            thresholds: [{ max_requests: 10000, retry_budget: { budget_percent: { value: 100 }, min_retry_concurrency: 100 } }]
          load_assignment:
            cluster_name: {{name}}
            endpoints:
            - lb_endpoints:{{string.Concat(endpoints.Select(Endpoint))}}
        """;

    private static string Endpoint((string Address, int Port) at) => $$$"""

              - { endpoint: { address: { socket_address: { address: {{{at.Address}}}, port_value: {{{at.Port}}} } } } }
        """;
}
