using Mesh.Resources;
using Xunit;

namespace Mesh.Client.Tests.Wire.Decode;

/// <summary>Clusters of control planes that write for proxies: what cannot be called is taken, and says why.</summary>
public sealed class ProxyClusterTests
{
    private const string One = "load_assignment: {cluster_name: c, endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: 1}}}}]}]}";
    private const string Tls = $"transport_socket: {{name: tls, typed_config: {{{Xds.Tls}, common_tls_context: {{}}}}}}";
    private const string Options = "'@type': type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

    [Fact]
    public void AServiceOfTheMesh()
    {
        ClusterResource cluster = Assert.Single(OfProxy.Accept(IstioClusters.Eds).Clusters).Value;
        Assert.Null(cluster.Unsupported);
        Assert.Equal((DiscoveryType.Eds, cluster.Name, UpstreamProtocol.Default), (cluster.Type, cluster.EndpointsName, cluster.Protocol));
        Assert.Equal(new LeastRequestResource(), cluster.LoadBalancing);
        Assert.Equal(new LocalityLbResource(ZoneAware: null), cluster.CommonLb?.Locality);
        Assert.Equal(uint.MaxValue, Assert.Single(cluster.CircuitBreakers).MaxRequests);
    }

    [Theory]
    [InlineData(IstioClusters.AutomaticTls, "transport_socket_matches is not supported (envoy.config.cluster.v3.Cluster.TransportSocketMatch)")]
    [InlineData(IstioClusters.Passthrough, "type: ORIGINAL_DST is not supported; STATIC, STRICT_DNS, LOGICAL_DNS and EDS are")]
    public void OneThatCannotBeCalledSaysWhy(string yaml, string why) => Assert.Equal(why, Assert.Single(OfProxy.Accept(yaml).Clusters).Value.Unsupported);

    [Fact]
    public void ABlackHoleHasNoEndpoints()
    {
        ClusterResource cluster = OfProxy.Accept(IstioClusters.BlackHole).Clusters["BlackHoleCluster"];
        Assert.Null(cluster.Unsupported);
        Assert.Equal(new EndpointsResource("BlackHoleCluster", []), cluster.LoadAssignment);
    }

    [Fact]
    public void AServiceOfNames() =>
        Assert.Equal("api.example.com:443", OfProxy.Accept(IstioClusters.Dns).Clusters.Values.Single().LoadAssignment?.Localities[0].Endpoints[0].Address);

    [Theory]
    [InlineData($"transport_socket_matches: [{{}}], {One}", "transport_socket_matches is not supported")]
    [InlineData($"filters: [{{name: f, typed_config: {{'@type': type.googleapis.com/some.Filter}}}}], {One}", "filters[0]: network filter 'some.Filter' is not supported")]
    [InlineData("cluster_type: {name: envoy.clusters.dynamic_forward_proxy, typed_config: {'@type': type.googleapis.com/envoy.extensions.clusters.dynamic_forward_proxy.v3.ClusterConfig}}",
        "cluster_type: 'envoy.extensions.clusters.dynamic_forward_proxy.v3.ClusterConfig' is not supported")]
    [InlineData($"{Tls}, typed_extension_protocol_options: {{x: {{{Options}, auto_config: {{}}, upstream_http_protocol_options: {{auto_san_validation: true}}}}}}, {One}",
        "typed_extension_protocol_options[\"x\"].upstream_http_protocol_options.auto_san_validation: not supported")]
    [InlineData($"transport_socket: {{name: tls, typed_config: {{{Xds.Tls}, common_tls_context: {{validation_context: {{system_root_certs: {{}}, allow_expired_certificate: true}}}}}}}}, {One}",
        "allow_expired_certificate is not supported")]
    [InlineData($"transport_socket: {{name: s, typed_config: {{'@type': type.googleapis.com/some.Socket}}}}, {One}", "transport_socket.typed_config: transport socket 'some.Socket' is not supported")]
    [InlineData($"load_balancing_policy: {{policies: [{{typed_extension_config: {{name: a, typed_config: {{'@type': type.googleapis.com/some.Policy}}}}}}]}}, {One}",
        "load_balancing_policy.policies: none of the policies is supported: some.Policy")]
    public void WhatIsMissingMakesItOneThatCannotBeCalled(string body, string why)
    {
        ClusterResource cluster = OfProxy.Accept(Cluster(body)).Clusters["c"];
        Assert.StartsWith(why, cluster.Unsupported, StringComparison.Ordinal);
        Assert.True(Decoded.Yaml(Cluster(body)).HasErrors);
    }

    /// <summary>On a connection without TLS there is no name to send and none to check.</summary>
    [Fact]
    public void AutomaticNamesWithoutTlsDoNoHarm() =>
        Assert.Null(OfProxy.Accept(Cluster($"typed_extension_protocol_options: {{x: {{{Options}, auto_config: {{}}, upstream_http_protocol_options: {{auto_sni: true}}}}}}, {One}")).Clusters["c"].Unsupported);

    [Fact]
    public void EndpointsOfAnotherServerAreAskedForHere() =>
        Assert.Null(OfProxy.Accept(Cluster("type: EDS, eds_cluster_config: {eds_config: {api_config_source: {api_type: GRPC}}}")).Clusters["c"].Unsupported);

    [Fact]
    public void AnEndpointThatCannotBeReachedIsLeftOut()
    {
        const string Good = "{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: 1}}}}";
        ResourceSet set = OfProxy.Accept(Xds.Document(Xds.Resource(
            Xds.AssignmentType, $"cluster_name: c, endpoints: [{{lb_endpoints: [{{endpoint: {{address: {{envoy_internal_address: {{server_listener_name: connect_originate}}}}}}}}, {Good}, {Good}]}}]")));
        Assert.Equal([new EndpointResource("127.0.0.1", 1)], set.Endpoints["c"].Localities[0].Endpoints);
    }

    [Fact]
    public void AWrongValueIsRefusedAsEver() => Assert.True(OfProxy.Read(Cluster($"connect_timeout: -1s, {One}")).HasErrors);

    private static string Cluster(string body) => Xds.Document(Xds.Resource(Xds.ClusterType, $"name: c, {body}"));
}
