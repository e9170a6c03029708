using System.Globalization;

namespace Mesh.Simulation;

/// <summary>The configuration of one service, as a file or a control plane would give it.</summary>
internal sealed record ServiceText
{
    public const string Host = "service";

    /// <summary>The port of the first backend; the others follow.</summary>
    public const int FirstPort = 10_000;

    /// <summary>Retries without a limit of their own, for where retries are not what is looked at.</summary>
    public const string ManyRetries = "circuit_breakers: { thresholds: [{ max_requests: 4000000000, max_retries: 4000000000 }] }";

    private readonly List<string> _localities = [];

    /// <summary>Fields of the cluster, among them its policy.</summary>
    public required IReadOnlyList<string> Cluster { get; init; }

    /// <summary>Fields of the route.</summary>
    public string Route { get; init; } = "timeout: 0s";

    /// <summary>How many endpoints it has.</summary>
    public int Endpoints { get; private set; }

    /// <summary>A service whose endpoints are all alike.</summary>
    public static ServiceText Of(int endpoints, params string[] cluster) => new ServiceText { Cluster = cluster }.With(Enumerable.Repeat(1, endpoints));

    /// <summary>A policy in <c>load_balancing_policy</c>.</summary>
    public static string Policy(string type, string fields) =>
        $"load_balancing_policy: {{ policies: [{{ typed_extension_config: {{ name: policy, typed_config: {TypedPolicy(type, fields)} }} }}] }}";

    /// <summary>A policy as a message of its own type.</summary>
    public static string TypedPolicy(string type, string fields) => $"{{ \"@type\": type.googleapis.com/envoy.extensions.load_balancing_policies.{type}, {fields} }}";

    /// <summary>Retries of every failure, without a wait worth mentioning.</summary>
    public static string Retries(int count, string more = "") =>
        string.Create(CultureInfo.InvariantCulture, $"timeout: 0s, retry_policy: {{ retry_on: 5xx, num_retries: {count}, retry_back_off: {{ base_interval: 0.001s, max_interval: 0.001s }}{more} }}");

    /// <summary>Adds a locality with an endpoint of each weight.</summary>
    public ServiceText With(IEnumerable<int> weights, string zone = "a", uint priority = 0, uint localityWeight = 1)
    {
        string endpoints = string.Concat(weights.Select(weight => $$"""

                  - { load_balancing_weight: {{weight}}, endpoint: { address: { socket_address: { address: 10.0.0.1, port_value: {{FirstPort + Endpoints++}} } } } }
            """));
        _localities.Add($$"""

                - locality: { zone: {{zone}} }
                  priority: {{priority}}
                  load_balancing_weight: {{localityWeight}}
                  lb_endpoints:{{endpoints}}
            """);
        return this;
    }

    public override string ToString() => $$"""
        resources:
        - "@type": type.googleapis.com/envoy.config.listener.v3.Listener
          name: mesh
          api_listener:
            api_listener:
              "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
              http_filters:
              - { name: router, typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router } }
              route_config:
                name: routes
                virtual_hosts:
                - name: {{Host}}
                  domains: [{{Host}}]
                  routes: [{ match: { prefix: / }, route: { cluster: {{Host}}, {{Route}} } }]
        - "@type": type.googleapis.com/envoy.config.cluster.v3.Cluster
          name: {{Host}}
          {{string.Join("\n  ", Cluster)}}
          load_assignment:
            cluster_name: {{Host}}
            endpoints:{{string.Concat(_localities)}}
        """;
}
