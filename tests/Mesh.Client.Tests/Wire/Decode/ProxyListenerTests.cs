using Mesh.Resources;
using Xunit;

namespace Mesh.Client.Tests.Wire.Decode;

/// <summary>Listeners of control planes that write for proxies: what concerns calls is taken, and the rest does no harm.</summary>
public sealed class ProxyListenerTests
{
    private const string Hcm = $"{Xds.Manager}, rds: {{route_config_name: r, config_source: {{ads: {{}}}}}}";
    private const string Port = "address: {socket_address: {address: 0.0.0.0, port_value: 80}}";

    [Fact]
    public void TheHttpListenerOfIstioRoutes() => Assert.Equal(
        new ListenerResource { Name = "0.0.0.0_80", Port = 80, RouteConfigurationName = "80", NormalizePath = true, StreamIdleTimeout = TimeSpan.Zero, Filters = [new HttpFilterResource("envoy.filters.http.fault", new FaultResource(), false)] },
        OfProxy.Accept(IstioListeners.Http80).Listeners["0.0.0.0_80"]);

    [Fact]
    public void EveryFilterThatHasNoEffectIsNamed()
    {
        Decoded decoded = OfProxy.Read(IstioListeners.Http80);
        foreach (string name in new[] { "istio.metadata_exchange", "istio.alpn", "envoy.filters.http.cors", "extensions.istio.io/wasmplugin/default.plugin", "istio.stats" })
            Assert.Contains(decoded.Findings, finding => finding.Message.StartsWith($"filter '{name}'", StringComparison.Ordinal) && finding.Message.EndsWith("is not supported: it has no effect", StringComparison.Ordinal));
        Assert.Contains(decoded.Findings, finding => finding.Path == "default_filter_chain");
    }

    [Theory]
    [InlineData(IstioListeners.VirtualOutbound, "virtualOutbound", "use_original_dst")]
    [InlineData(IstioListeners.VirtualInbound, "virtualInbound", "traffic_direction INBOUND")]
    [InlineData(IstioListeners.Tcp, "10.96.0.10_53", "no chain takes every HTTP call")]
    public void OneThatConcernsNoCallIsNone(string yaml, string name, string why)
    {
        Decoded decoded = OfProxy.Read(yaml);
        Assert.Equal(new ListenerResource { Name = name, IsForProxyOnly = true }, decoded.Set.Listeners[name]);
        ResourceError warning = Assert.Single(decoded.Findings);
        Assert.Equal(Severity.Warning, warning.Severity);
        Assert.StartsWith(why, warning.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("address: {socket_address: {address: 0.0.0.0, port_value: 443, protocol: UDP}}, udp_listener_config: {}", "it is for UDP")]
    [InlineData("internal_listener: {}", "it is for a proxy's own connections")]
    [InlineData("address: {envoy_internal_address: {server_listener_name: connect_originate}}", "it is for a proxy's own connections")]
    [InlineData("address: {socket_address: {address: 0.0.0.0, named_port: http}}", "its port has a name")]
    [InlineData("name: x", "it has no address")]
    public void OthersThatConcernNoCall(string body, string why)
    {
        string text = body.StartsWith("name", StringComparison.Ordinal) ? body : $"name: x, {body}";
        Decoded decoded = OfProxy.Read(Xds.Document(Xds.Resource(Xds.ListenerType, text)));
        Assert.True(decoded.Set.Listeners["x"].IsForProxyOnly);
        Assert.StartsWith(why, Assert.Single(decoded.Findings).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AFileIsReadAsStrictlyAsEver()
    {
        Assert.True(Decoded.Yaml(IstioListeners.Http80).HasErrors);
        Assert.True(Decoded.Yaml(IstioListeners.VirtualOutbound).HasErrors);
        Assert.True(Decoded.Yaml(IstioListeners.Tcp).HasErrors);
    }

    /// <summary>To leave out a filter that decides who passes would let calls pass that were to be stopped.</summary>
    [Theory]
    [InlineData("ext_authz.v3.ExtAuthz")]
    [InlineData("rbac.v3.RBAC")]
    [InlineData("jwt_authn.v3.JwtAuthentication")]
    public void AFilterThatDecidesWhoPassesRefuses(string type)
    {
        string filter = $"{{name: a, typed_config: {{'@type': type.googleapis.com/envoy.extensions.filters.http.{type}}}}}";
        Decoded decoded = OfProxy.Read(Xds.Document(Xds.Resource(Xds.ListenerType, $"name: l, {Port}, filter_chains: [{{filters: [{{name: h, typed_config: {{{Hcm}, http_filters: [{filter}, {Xds.Router}]}}}}]}}]")));
        Assert.Contains(decoded.Findings, finding => finding.Severity == Severity.Error && finding.Path == "filter_chains[0].filters[0].typed_config.http_filters[0].typed_config");
        Assert.Empty(decoded.Set.Listeners);
    }

    [Fact]
    public void ANetworkFilterThatDecidesWhoPassesRefuses()
    {
        const string Rbac = "{name: a, typed_config: {'@type': type.googleapis.com/envoy.extensions.filters.network.rbac.v3.RBAC}}";
        string listener = Xds.Document(Xds.Resource(Xds.ListenerType, $"name: l, {Port}, filter_chains: [{{filters: [{Rbac}, {{name: h, typed_config: {{{Hcm}, http_filters: [{Xds.Router}]}}}}]}}]"));
        Assert.True(OfProxy.Read(listener).HasErrors);
        Assert.True(Decoded.Yaml(listener).HasErrors);
    }

    [Fact]
    public void TheRouterComesLastThereToo() =>
        Assert.True(OfProxy.Read(Xds.Document(Xds.Resource(
            Xds.ListenerType, $"name: l, {Port}, filter_chains: [{{filters: [{{name: h, typed_config: {{{Hcm}, http_filters: [{{name: a}}]}}}}]}}]"))).HasErrors);

    /// <summary>What go-control-plane's example sends: routes asked for at another server of the proxy's.</summary>
    [Fact]
    public void RoutesOfAnotherServerAreAskedForHere()
    {
        const string Source = "{resource_api_version: V3, api_config_source: {api_type: GRPC, transport_api_version: V3, set_node_on_first_message_only: true, grpc_services: [{envoy_grpc: {cluster_name: xds_cluster}}]}}";
        Decoded decoded = OfProxy.Read(Xds.Document(Xds.Resource(
            Xds.ListenerType,
            $"name: listener_0, address: {{socket_address: {{protocol: TCP, address: 0.0.0.0, port_value: 10000}}}}, filter_chains: [{{filters: [{{name: http-connection-manager, typed_config: {{{Xds.Manager}, stat_prefix: http, rds: {{config_source: {Source}, route_config_name: local_route}}, http_filters: [{Xds.Router}]}}}}]}}]")));
        Assert.Equal(("local_route", 10000), (decoded.Set.Listeners["listener_0"].RouteConfigurationName, decoded.Set.Listeners["listener_0"].Port));
        Assert.Contains(decoded.Findings, finding => finding.Path == "filter_chains[0].filters[0].typed_config.rds.config_source.api_config_source");
    }

    /// <summary>Envoy's chains: of two that take a call the one that says more of it; a chain for some calls takes none of ours.</summary>
    [Theory]
    [InlineData("{transport_protocol: raw_buffer, application_protocols: [http/1.1, h2c]}", "specific")]
    [InlineData("{transport_protocol: raw_buffer}", "specific")]
    [InlineData("{application_protocols: [http/1.1]}", "r")]
    [InlineData("{transport_protocol: tls}", "r")]
    [InlineData("{prefix_ranges: [{address_prefix: 10.0.0.0, prefix_len: 8}]}", "r")]
    [InlineData("{destination_port: 80}", "r")]
    public void TheChainThatTakesEveryHttpCallIsTaken(string match, string expected)
    {
        string chain = Chain("r"), specific = Chain("specific").Insert(1, $"filter_chain_match: {match}, ");
        ResourceSet set = OfProxy.Accept(Xds.Document(Xds.Resource(Xds.ListenerType, $"name: l, {Port}, filter_chains: [{chain}, {specific}]")));
        Assert.Equal(expected, set.Listeners["l"].RouteConfigurationName);
    }

    [Fact]
    public void WhatStandsInOtherChainsDoesNotMatter()
    {
        const string Other = "{filter_chain_match: {server_names: [x]}, filters: [{name: a, config_discovery: {}}]}";
        ResourceSet set = OfProxy.Accept(Xds.Document(Xds.Resource(
            Xds.ListenerType, $"name: l, address: {{socket_address: {{address: 127.0.0.1, port_value: 80, network_namespace_filepath: /run/ns}}}}, fcds_config: {{}}, filter_chains: [{Other}, {Chain("r")}]")));
        Assert.Equal("r", set.Listeners["l"].RouteConfigurationName);
    }

    [Fact]
    public void WhatRoutingNeedsIsRefusedAsEver()
    {
        string scoped = Chain("r").Replace("rds: {route_config_name: r, config_source: {ads: {}}}", "scoped_routes: {}", StringComparison.Ordinal);
        Assert.True(OfProxy.Read(Xds.Document(Xds.Resource(Xds.ListenerType, $"name: l, {Port}, filter_chains: [{scoped}]"))).HasErrors);
    }

    [Theory]
    [InlineData("0.0.0.0", false)]
    [InlineData("'::'", false)]
    [InlineData("127.0.0.1", false)]
    [InlineData("10.1.2.3", true)]
    public void AListenerOfOneAddressIsMarked(string address, bool expected) => Assert.Equal(
        expected,
        OfProxy.Accept(Xds.Document(Xds.Resource(Xds.ListenerType, $"name: l, address: {{socket_address: {{address: {address}, port_value: 80}}}}, filter_chains: [{Chain("r")}]"))).Listeners["l"].IsForOneAddress);

    private static string Chain(string routes) =>
        $"{{filters: [{{name: h, typed_config: {{{Hcm.Replace("route_config_name: r", $"route_config_name: {routes}", StringComparison.Ordinal)}, http_filters: [{Xds.Router}]}}}}]}}";
}
