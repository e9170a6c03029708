using System.Globalization;

namespace Mesh.Benchmarks.Chain;

/// <summary>
/// A mesh with everything that decides about a call at once: weighted clusters chosen by the request's hash, a retry policy with a limit for
/// each attempt, and clusters with least request, outlier detection, and circuit breakers with a retry budget.
/// </summary>
internal static class ChainMesh
{
    /// <summary>The header that is hashed.</summary>
    public const string UserHeader = "x-user";

    /// <summary>The host that is called.</summary>
    public static readonly Uri Url = new("http://orders/api/orders/1");

    /// <summary>Starts it.</summary>
    /// <param name="protocol">The field of <c>explicit_http_config</c>.</param>
    /// <param name="endpoints">The endpoints of each cluster, as host and port.</param>
    public static Task<MeshHost> StartAsync(string protocol, params string[] endpoints) => MeshHost.StartAsync(new MeshOptions
    {
        InMemory = new InMemorySource($$"""
            resources:
            - "@type": type.googleapis.com/envoy.config.listener.v3.Listener
              name: mesh
              api_listener:
                api_listener:
                  "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                  http_filters:
                  - { name: router, typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router } }
                  route_config:
                    name: chain
                    virtual_hosts:
                    - name: orders
                      domains: [orders]
                      routes:
                      - match: { prefix: /api }
                        route:
                          timeout: 5s
                          hash_policy: [{ header: { header_name: {{UserHeader}} } }]
                          weighted_clusters:
                            use_hash_policy: true
                            clusters: [{ name: one, weight: 50 }, { name: two, weight: 50 }]
                          retry_policy:
                            retry_on: "5xx,reset,connect-failure,refused-stream,retriable-status-codes"
                            retriable_status_codes: [429]
                            num_retries: 3
                            per_try_timeout: 1s
                            retry_back_off: { base_interval: 0.025s, max_interval: 0.25s }
            {{Cluster("one", protocol, endpoints)}}
            {{Cluster("two", protocol, endpoints)}}
            """),
    });

    private static string Cluster(string name, string protocol, string[] endpoints) => $$"""
        - "@type": type.googleapis.com/envoy.config.cluster.v3.Cluster
          name: {{name}}
          lb_policy: LEAST_REQUEST
          typed_extension_protocol_options:
            envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
              "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
              explicit_http_config: { {{protocol}}: {} }
          outlier_detection: { consecutive_5xx: 5, interval: 10s, base_ejection_time: 30s, max_ejection_percent: 50 }
          circuit_breakers:
            thresholds: [{ max_requests: 1000, retry_budget: { budget_percent: { value: 20 }, min_retry_concurrency: 3 } }]
          load_assignment:
            cluster_name: {{name}}
            endpoints:
            - lb_endpoints: [{{string.Join(", ", endpoints.Select(Endpoint))}}]
        """;

    private static string Endpoint(string authority)
    {
        int colon = authority.LastIndexOf(':');
        int port = int.Parse(authority.AsSpan(colon + 1), CultureInfo.InvariantCulture);
        return $"{{ endpoint: {{ address: {{ socket_address: {{ address: {authority[..colon]}, port_value: {port} }} }} }} }}";
    }
}
