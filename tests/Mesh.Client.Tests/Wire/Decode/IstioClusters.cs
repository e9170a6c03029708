namespace Mesh.Client.Tests.Wire.Decode;

/// <summary>What Istio sends a sidecar as clusters.</summary>
internal static class IstioClusters
{
    private const string Common = """
          connect_timeout: 10s
          lb_policy: LEAST_REQUEST
          circuit_breakers: {thresholds: [{max_connections: 4294967295, max_pending_requests: 4294967295, max_requests: 4294967295, max_retries: 4294967295, track_remaining: true}]}
          common_lb_config: {locality_weighted_lb_config: {}}
          typed_extension_protocol_options:
            envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
              "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
              use_downstream_protocol_config: {http_protocol_options: {}, http2_protocol_options: {}}
          filters:
          - name: istio.metadata_exchange
            typed_config:
              "@type": type.googleapis.com/udpa.type.v1.TypedStruct
              type_url: type.googleapis.com/envoy.tcp.metadataexchange.config.MetadataExchange
              value: {enable_discovery: true, protocol: istio-peer-exchange}
        """;

    /// <summary>A service of the mesh without TLS of its own.</summary>
    public const string Eds = $$$$$"""
        resources:
        - "@type": type.googleapis.com/envoy.config.cluster.v3.Cluster
          name: outbound|80||shop.default.svc.cluster.local
          alt_stat_name: outbound|80||shop.default.svc.cluster.local;
          type: EDS
          eds_cluster_config: {eds_config: {ads: {}, initial_fetch_timeout: 0s, resource_api_version: V3}, service_name: outbound|80||shop.default.svc.cluster.local}
          metadata: {filter_metadata: {istio: {services: [{host: shop.default.svc.cluster.local, name: shop, namespace: default}], default_original_port: 80}}}
        {{{{{Common}}}}}
        """;

    /// <summary>The same with automatic mTLS.</summary>
    public const string AutomaticTls = $$$$$"""
        {{{{{Eds}}}}}
          transport_socket_matches:
          - name: tlsMode-istio
            match: {tlsMode: istio}
            transport_socket: {name: envoy.transport_sockets.tls}
          - name: tlsMode-disabled
            match: {}
            transport_socket: {name: envoy.transport_sockets.raw_buffer}
        """;

    /// <summary>Where everything goes that is not known.</summary>
    public const string Passthrough = $$$$$"""
        resources:
        - "@type": type.googleapis.com/envoy.config.cluster.v3.Cluster
          name: PassthroughCluster
          type: ORIGINAL_DST
        {{{{{Common}}}}}
        """;

    /// <summary>Where everything goes that must go nowhere.</summary>
    public const string BlackHole = """
        resources:
        - "@type": type.googleapis.com/envoy.config.cluster.v3.Cluster
          name: BlackHoleCluster
          type: STATIC
          connect_timeout: 10s
        """;

    /// <summary>A ServiceEntry of names.</summary>
    public const string Dns = $$$$$"""
        resources:
        - "@type": type.googleapis.com/envoy.config.cluster.v3.Cluster
          name: outbound|443||api.example.com
          type: STRICT_DNS
          dns_refresh_rate: 60s
          respect_dns_ttl: true
          dns_lookup_family: V4_ONLY
          load_assignment:
            cluster_name: outbound|443||api.example.com
            endpoints:
            - locality: {}
              load_balancing_weight: 1
              lb_endpoints: [{endpoint: {address: {socket_address: {address: api.example.com, port_value: 443}}}, load_balancing_weight: 1, metadata: {filter_metadata: {istio: {workload: ";;;;"}}}}]
        {{{{{Common}}}}}
        """;
}
