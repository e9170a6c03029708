using Mesh.Resources;
using Xunit;

namespace Mesh.Client.Tests.Wire.Decode;

/// <summary>Listeners: the API listener of gRFC A27 and the egress listener of a sidecar; of both only the routing is taken.</summary>
public sealed class ListenerDecoderTests
{
    private const string Rds = $"{{{Xds.Manager}, rds: {{route_config_name: r, config_source: {{ads: {{}}}}}}, http_filters: [{Xds.Router}]}}";
    private const string Hcm = $"{{name: hcm, typed_config: {Rds}}}";
    private const string Tcp = "{name: tcp, typed_config: {'@type': type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy}}";
    private const string Port = "address: {socket_address: {address: 127.0.0.1, port_value: 15001}}";

    [Fact]
    public void AnApiListenerHasNoPort() =>
        Assert.Equal(new ListenerResource { Name = "l", RouteConfigurationName = "r" }, Read($"name: l, api_listener: {{api_listener: {Rds}}}"));

    [Fact]
    public void AnEgressListenerHasThePortOfItsAddress() =>
        Assert.Equal(
            new ListenerResource { Name = "l", Port = 15001, RouteConfigurationName = "r" },
            Read($"name: l, {Port}, filter_chains: [{{filters: [{Hcm}]}}]"));

    [Fact]
    public void ItsTimeoutsAreThoseOfItsConnectionManager()
    {
        ListenerResource? listener = Read(
            $$"""
            name: l, api_listener: {api_listener: { {{Xds.Manager}}, rds: {route_config_name: r}, http_filters: [{{Xds.Router}}],
              stream_idle_timeout: 7s, common_http_protocol_options: {max_stream_duration: 0.5s} } }
            """);
        Assert.Equal((TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(0.5)), (listener?.StreamIdleTimeout, listener?.MaxStreamDuration));
    }

    [Fact]
    public void RoutesMayStandInTheListener()
    {
        ListenerResource? listener = Read(
            $$"""
            name: l, api_listener: {api_listener: { {{Xds.Manager}}, http_filters: [{{Xds.Router}}], route_config: {name: in,
              virtual_hosts: [{name: v, domains: [a], routes: [{match: {prefix: /}, route: {cluster: c} }]}]} } }
            """);
        Assert.Equal(("in", "v"), (listener?.Inline?.Name, listener?.Inline?.VirtualHosts[0].Name));
        Assert.Null(listener?.RouteConfigurationName);
    }

    [Theory]
    [InlineData($"filter_chains: [{{filters: [{Tcp}, {Hcm}]}}]",
        "W filter_chains[0].filters[0]: network filter 'envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy' is not supported: it has no effect")]
    [InlineData($"filter_chains: [{{filters: [{{name: x}}, {Hcm}]}}]", "W filter_chains[0].filters[0]: filter 'x' has no typed_config: it has no effect")]
    [InlineData($"filter_chains: [{{filters: [{Hcm}]}}, {{filters: [{Hcm}]}}]",
        "W filter_chains[1]: an earlier chain takes every connection: this one has no effect")]
    [InlineData($"filter_chains: [{{filter_chain_match: {{server_names: [a]}}, filters: [{Hcm}]}}, {{filters: [{Hcm}]}}]",
        "W filter_chains[0].filter_chain_match.server_names: read and checked, but this version does not act on it: it has no effect",
        "W filter_chains[0].filter_chain_match: a chain that matches on more than the port is not supported: the whole chain has no effect")]
    [InlineData($"filter_chains: [{{filter_chain_match: {{}}, filters: [{Hcm}]}}]")]
    [InlineData($"default_filter_chain: {{filters: [{Hcm}]}}")]
    [InlineData($"filter_chains: [{{filters: [{Tcp}]}}], default_filter_chain: {{filters: [{Hcm}]}}",
        "W filter_chains[0].filters[0]: network filter 'envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy' is not supported: it has no effect")]
    public void OneChainTakesEveryConnectionAndTheRestIsReported(string chains, params string[] findings) =>
        Assert.Equal("r", Decoded.Resource(Xds.ListenerType, $"name: l, {Port}, {chains}").AssertFindings(findings).Set.Listeners["l"].RouteConfigurationName);

    [Theory]
    [InlineData("name: l", "E address: required", "E filter_chains: no chain with an ")]
    [InlineData($"name: '', {Port}, filter_chains: [{{filters: [{Hcm}]}}]", "E name: required, and must not be empty")]
    [InlineData($"name: l, {Port}", "E filter_chains: no chain with an ")]
    [InlineData($"name: l, {Port}, filter_chains: [{{filters: [{Tcp}]}}]",
        "W filter_chains[0].filters[0]: network filter ", "E filter_chains: no chain with an ")]
    [InlineData($"name: l, {Port}, filter_chains: [{{filters: [{Hcm}, {Hcm}]}}]",
        "E filter_chains[0].filters[1]: a filter chain may hold one HttpConnectionManager only")]
    [InlineData($"name: l, {Port}, filter_chains: [{{filters: [{{name: x, config_discovery: {{}}}}, {Hcm}]}}]",
        "E filter_chains[0].filters[0].config_discovery: not supported (envoy.config.core.v3.ExtensionConfigSource)",
        "W filter_chains[0].filters[0]: filter 'x' has no typed_config")]
    [InlineData($"name: l, api_listener: {{api_listener: {Xds.Router}}}", "E resources[0].api_listener.api_listener: '@type' is missing")]
    [InlineData("name: l, api_listener: {api_listener: {'@type': type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}",
        "E api_listener.api_listener: 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router' is not supported here; expected envoy.ext")]
    [InlineData($"name: l, api_listener: {{api_listener: {{{Xds.Manager}, http_filters: [{Xds.Router}]}}}}",
        "E api_listener.api_listener: required: rds or route_config")]
    [InlineData($"name: l, api_listener: {{api_listener: {{{Xds.Manager}, rds: {{}}, http_filters: [{Xds.Router}]}}}}",
        "E api_listener.api_listener.rds.route_config_name: required, and must not be empty")]
    [InlineData($"name: l, api_listener: {{api_listener: {{{Xds.Manager}, scoped_routes: {{}}, http_filters: [{Xds.Router}]}}}}",
        "E api_listener.api_listener.scoped_routes: not supported (envoy.extensions.filters.network.http_connection_manager.v3.ScopedRoutes)")]
    [InlineData($"name: l, {Port}, udp_listener_config: {{}}, filter_chains: [{{filters: [{Hcm}]}}]", "E udp_listener_config: not supported (")]
    public void ErrorsRefuseTheListener(string body, params string[] findings) =>
        Assert.Empty(Decoded.Resource(Xds.ListenerType, body).AssertFindings(findings).Set.Listeners);

    [Theory]
    [InlineData("{}", "E address: required: socket_address or pipe")]
    [InlineData("{socket_address: {address: 127.0.0.1}}", "E address.socket_address.port_value: required")]
    [InlineData("{socket_address: {address: 127.0.0.1, port_value: 65536}}", "E address.socket_address.port_value: 65536 is more than 65535")]
    [InlineData("{socket_address: {address: localhost, port_value: 1}}", "E address.socket_address.address: 'localhost' is no IP address")]
    [InlineData("{socket_address: {address: '127.1', port_value: 1}}", "E address.socket_address.address: '127.1' is no IP address")]
    [InlineData("{socket_address: {port_value: 1}}", "E address.socket_address.address: required, and must not be empty")]
    [InlineData("{socket_address: {address: 127.0.0.1, port_value: 1, protocol: UDP}}", "E address.socket_address.protocol: ")]
    [InlineData("{socket_address: {address: 127.0.0.1, named_port: http}}", "E address.socket_address.named_port: not supported")]
    [InlineData("{envoy_internal_address: {}}", "E address.envoy_internal_address: not supported")]
    public void AnAddressIsATcpAddressOrAPipe(string address, params string[] findings) =>
        Assert.Empty(Decoded.Resource(Xds.ListenerType, $"name: l, address: {address}, filter_chains: [{{filters: [{Hcm}]}}]").AssertFindings(findings).Set.Listeners);

    /// <summary>What a listener says beside its API listener is not read, so it must not pass in silence.</summary>
    [Theory]
    [InlineData(Port, "W address: ")]
    [InlineData($"filter_chains: [{{filters: [{Hcm}]}}]", "W filter_chains: ")]
    [InlineData($"default_filter_chain: {{filters: [{Hcm}]}}", "W default_filter_chain: ")]
    public void WhatStandsBesideAnApiListenerIsReported(string beside, string finding) =>
        Decoded.Resource(Xds.ListenerType, $"name: l, api_listener: {{api_listener: {Rds}}}, {beside}").AssertFindings(finding);

    [Fact]
    public void ADefaultChainBehindOneThatTakesEverythingIsReported() =>
        Decoded.Resource(Xds.ListenerType, $"name: l, {Port}, filter_chains: [{{filters: [{Hcm}]}}], default_filter_chain: {{filters: [{Tcp}]}}")
            .AssertFindings("W default_filter_chain: an earlier chain takes every connection");

    [Fact]
    public void TheErrorOfOneListenerDoesNotHideThatOfAnother() =>
        Decoded.Yaml(Xds.Document(Xds.Resource(Xds.ListenerType, $"name: a, {Port}"), Xds.Resource(Xds.ListenerType, $"name: b, {Port}")))
            .AssertFindings("E filter_chains: no chain with an ", "E filter_chains: no chain with an ");

    private static ListenerResource? Read(string body) => Decoded.Resource(Xds.ListenerType, body).AssertFindings().Set.Listeners.Values.SingleOrDefault();
}
