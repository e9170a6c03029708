namespace Mesh.Client.Tests.Wire.Decode;

/// <summary>What Istio sends a sidecar as listeners.</summary>
internal static class IstioListeners
{
    /// <summary>The filters of an outbound HttpConnectionManager.</summary>
    private const string Filters = """
                - name: istio.metadata_exchange
                  typed_config:
                    "@type": type.googleapis.com/udpa.type.v1.TypedStruct
                    type_url: type.googleapis.com/io.istio.http.peer_metadata.Config
                    value: {upstream_discovery: [{istio_headers: {}}, {workload_discovery: {}}], upstream_propagation: [{istio_headers: {}}]}
                - name: istio.alpn
                  typed_config: {"@type": type.googleapis.com/istio.envoy.config.filter.http.alpn.v2alpha1.FilterConfig}
                - name: envoy.filters.http.fault
                  typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault}
                - name: envoy.filters.http.cors
                  typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.cors.v3.Cors}
                - name: extensions.istio.io/wasmplugin/default.plugin
                  config_discovery: {config_source: {ads: {}, initial_fetch_timeout: 0s, resource_api_version: V3}, type_urls: [type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm]}
                - name: istio.stats
                  typed_config:
                    "@type": type.googleapis.com/udpa.type.v1.TypedStruct
                    type_url: type.googleapis.com/stats.PluginConfig
                    value: {}
                - name: envoy.filters.http.router
                  typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
        """;

    /// <summary>Outbound HTTP on port 80: the chain for HTTP in plaintext, and one that passes everything else through.</summary>
    public const string Http80 = $$$$$"""
        resources:
        - "@type": type.googleapis.com/envoy.config.listener.v3.Listener
          name: 0.0.0.0_80
          address: {socket_address: {address: 0.0.0.0, port_value: 80}}
          filter_chains:
          - filter_chain_match: {transport_protocol: raw_buffer, application_protocols: [http/1.1, h2c]}
            filters:
            - name: envoy.filters.network.http_connection_manager
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                stat_prefix: outbound_0.0.0.0_80
                rds: {config_source: {ads: {}, initial_fetch_timeout: 0s, resource_api_version: V3}, route_config_name: "80"}
                server_name: istio-envoy
                use_remote_address: false
                normalize_path: true
                stream_idle_timeout: 0s
                path_with_escaped_slashes_action: KEEP_UNCHANGED
                request_id_extension: {typed_config: {"@type": type.googleapis.com/envoy.extensions.request_id.uuid.v3.UuidRequestIdConfig, use_request_id_for_trace_sampling: true}}
                tracing: {client_sampling: {value: 100}, random_sampling: {value: 1}, overall_sampling: {value: 100}, custom_tags: [{tag: istio.mesh_id, literal: {value: cluster.local}}]}
                upgrade_configs: [{upgrade_type: websocket}]
                access_log:
                - name: envoy.access_loggers.file
                  typed_config: {"@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog, path: /dev/stdout}
                http_filters:
        {{{{{Filters}}}}}
          default_filter_chain:
            name: PassthroughFilterChain
            filter_chain_match: {}
            filters:
            - name: istio.stats
              typed_config: {"@type": type.googleapis.com/udpa.type.v1.TypedStruct, type_url: type.googleapis.com/stats.PluginConfig, value: {}}
            - name: envoy.filters.network.tcp_proxy
              typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy, stat_prefix: PassthroughCluster, cluster: PassthroughCluster}
          listener_filters:
          - name: envoy.filters.listener.tls_inspector
            typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector}
          - name: envoy.filters.listener.http_inspector
            typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.listener.http_inspector.v3.HttpInspector}
          listener_filters_timeout: 0s
          continue_on_listener_filters_timeout: true
          traffic_direction: OUTBOUND
          bind_to_port: false
        """;

    /// <summary>Where iptables sends what goes out.</summary>
    public const string VirtualOutbound = """
        resources:
        - "@type": type.googleapis.com/envoy.config.listener.v3.Listener
          name: virtualOutbound
          address: {socket_address: {address: 0.0.0.0, port_value: 15001}}
          use_original_dst: true
          traffic_direction: OUTBOUND
          filter_chains:
          - name: virtualOutbound-blackhole
            filter_chain_match: {destination_port: 15001}
            filters:
            - name: envoy.filters.network.tcp_proxy
              typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy, stat_prefix: BlackHoleCluster, cluster: BlackHoleCluster}
          - name: virtualOutbound-catchall-tcp
            filters:
            - name: envoy.filters.network.tcp_proxy
              typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy, stat_prefix: PassthroughCluster, cluster: PassthroughCluster}
        """;

    /// <summary>Where iptables sends what comes in: HTTP with authorization of its own.</summary>
    public const string VirtualInbound = """
        resources:
        - "@type": type.googleapis.com/envoy.config.listener.v3.Listener
          name: virtualInbound
          address: {socket_address: {address: 0.0.0.0, port_value: 15006}}
          traffic_direction: INBOUND
          listener_filters:
          - name: envoy.filters.listener.original_dst
            typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.listener.original_dst.v3.OriginalDst}
          filter_chains:
          - name: virtualInbound-catchall-http
            filter_chain_match: {transport_protocol: tls, application_protocols: [istio-http/1.1, istio-h2]}
            transport_socket:
              name: envoy.transport_sockets.tls
              typed_config: {"@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext, require_client_certificate: true}
            filters:
            - name: envoy.filters.network.http_connection_manager
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                route_config: {name: inbound|8080||, virtual_hosts: [{name: inbound|http|8080, domains: ["*"], routes: [{name: default, match: {prefix: /}, route: {cluster: inbound|8080||}}]}]}
                http_filters:
                - name: envoy.filters.http.rbac
                  typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBAC}
                - name: envoy.filters.http.router
                  typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
        """;

    /// <summary>TCP to one address.</summary>
    public const string Tcp = """
        resources:
        - "@type": type.googleapis.com/envoy.config.listener.v3.Listener
          name: 10.96.0.10_53
          address: {socket_address: {address: 10.96.0.10, port_value: 53}}
          bind_to_port: false
          traffic_direction: OUTBOUND
          filter_chains:
          - filters:
            - name: envoy.filters.network.tcp_proxy
              typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy, stat_prefix: dns, cluster: outbound|53||kube-dns.kube-system.svc.cluster.local}
        """;
}
