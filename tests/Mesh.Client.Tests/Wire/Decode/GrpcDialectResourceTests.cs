using System.Text;
using Mesh.Resources;
using Mesh.Wire;
using Mesh.Wire.Decode;
using Xunit;

namespace Mesh.Client.Tests.Wire.Decode;

/// <summary>Where gRPC reads listeners, clusters and endpoints otherwise than Envoy (gRFC A27, A29, A36, A37, A41, A47, A61, A76).</summary>
public sealed class GrpcDialectResourceTests
{
    private const string Manager = $"{{{Xds.Manager}, rds: {{route_config_name: r, config_source: {{ads: {{}}}}}}, http_filters: [{Xds.Router}]}}";
    private const string Chain = $"filters: [{{name: hcm, typed_config: {Manager}}}]";
    private const string Port = "address: {socket_address: {address: 0.0.0.0, port_value: 80}}";
    private const string Eds = "type: EDS, eds_cluster_config: {eds_config: {ads: {}}, service_name: s}";
    private const string TlsType = "'@type': type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.";
    private const string Roots = "validation_context: {ca_certificate_provider_instance: {instance_name: r}}";

    [Theory]
    [InlineData($"{Port}, filter_chains: [{{{Chain}}}]", "r")]
    [InlineData($"{Port}, default_filter_chain: {{{Chain}}}", "r")]
    [InlineData($"{Port}, filter_chains: [{{filter_chain_match: {{source_type: EXTERNAL}}, {Chain}}}]", null)]
    [InlineData($"{Port}, filter_chains: [{{filter_chain_match: {{destination_port: 1}}, filters: []}}, {{{Chain}}}]", "r")]
    public void AListenerWithAnAddressIsAServers(string body, string? routes)
    {
        ListenerResource listener = Accept(Xds.ListenerType, $"name: l, {body}").Listeners["l"];
        Assert.Equal((routes, routes is null), (listener.RouteConfigurationName, listener.IsForProxyOnly));
    }

    [Theory]
    [InlineData($"{Port}, filter_chains: [{{{Chain}}}], listener_filters: [{{}}]", "listener_filters")]
    [InlineData($"{Port}, filter_chains: [{{{Chain}}}], use_original_dst: true", "use_original_dst")]
    [InlineData($"address: {{pipe: {{path: /x}}}}, filter_chains: [{{{Chain}}}]", "address")]
    [InlineData($"{Port}, filter_chains: [{{filter_chain_match: {{destination_port: 1}}, {Chain}}}]", "filter_chains")]
    [InlineData($"{Port}, filter_chains: [{{{Chain}}}, {{{Chain}}}]", "filter_chains[1].filter_chain_match")]
    [InlineData($"{Port}, filter_chains: [{{{Chain}, transport_socket: {{name: envoy.transport_sockets.tls, typed_config: {{{TlsType}DownstreamTlsContext, common_tls_context: {{{Roots}}}}}}}}}]",
        "filter_chains[0].transport_socket.typed_config.common_tls_context.tls_certificate_provider_instance")]
    public void WhatAServerMayNotHave(string body, string path) => AssertRefused(path, Xds.ListenerType, $"name: l, {body}");

    [Theory]
    [InlineData("xff_num_trusted_hops: 1", "xff_num_trusted_hops")]
    [InlineData("original_ip_detection_extensions: [{}]", "original_ip_detection_extensions")]
    public void ThePeersAddressIsThatOfItsConnection(string field, string path) =>
        AssertRefused($"api_listener.api_listener.{path}", Xds.ListenerType, $"name: l, api_listener: {{api_listener: {Manager.Insert(1, $"{field}, ")}}}");

    [Fact]
    public void RoutesHaveASource()
    {
        string text = $"name: l, api_listener: {{api_listener: {Manager.Replace(", config_source: {ads: {}}", "", StringComparison.Ordinal)}}}";
        AssertRefused("api_listener.api_listener.rds.config_source", Xds.ListenerType, text);
        Assert.False(Decoded.Resource(Xds.ListenerType, text).HasErrors);
        Assert.True(Decoded.Resource(Xds.ListenerType, $"name: l, api_listener: {{api_listener: {Manager.Replace("{ads: {}}", "{}", StringComparison.Ordinal)}}}").HasErrors);
    }

    [Fact]
    public void ProvidersOfCertificatesAreTakenAndNotCalled()
    {
        ClusterResource cluster = Accept(Xds.ClusterType, $"name: c, {Eds}, {Tls($"tls_certificate_provider_instance: {{instance_name: i, certificate_name: n}}, {Roots}")}").Clusters["c"];
        Assert.Equal((new CertificateProviderResource("i", "n"), new CertificateProviderResource("r", "")), (cluster.Tls?.CertificateProvider, cluster.Tls?.RootProvider));
        Assert.EndsWith("certificate providers are not supported", cluster.Unsupported, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "validation_context.ca_certificate_provider_instance")]
    [InlineData("validation_context: {trusted_ca: {filename: x}}", "validation_context.ca_certificate_provider_instance")]
    [InlineData($"tls_params: {{}}, {Roots}", "tls_params")]
    [InlineData($"tls_certificate_sds_secret_configs: [{{name: a}}], {Roots}", "tls_certificate_sds_secret_configs")]
    [InlineData("validation_context: {ca_certificate_provider_instance: {}, system_root_certs: {}}", "validation_context.ca_certificate_provider_instance.instance_name")]
    public void OtherTlsIsRefused(string common, string path) =>
        AssertRefused($"transport_socket.typed_config.common_tls_context.{path}", Xds.ClusterType, $"name: c, {Eds}, {Tls(common)}");

    [Fact]
    public void TheSystemsRootsAreEnough() => Assert.Null(Accept(Xds.ClusterType, $"name: c, {Eds}, {Tls("validation_context: {system_root_certs: {}}")}").Clusters["c"].Unsupported);

    [Fact]
    public void AnAggregateClusterNamesItsClusters()
    {
        const string Body = "name: c, cluster_type: {name: envoy.clusters.aggregate, typed_config: {'@type': type.googleapis.com/envoy.extensions.clusters.aggregate.v3.ClusterConfig, clusters: [a, b]}}";
        ClusterResource cluster = Accept(Xds.ClusterType, Body).Clusters["c"];
        Assert.Equal(DiscoveryType.Aggregate, cluster.Type);
        Assert.Equal(["a", "b"], cluster.AggregateClusters);
        Assert.Null(cluster.Unsupported);
        ClusterResource ofEnvoy = Decoded.Resource(Xds.ClusterType, Body).Set.Clusters["c"];
        Assert.Equal(cluster, ofEnvoy with { LoadBalancing = cluster.LoadBalancing, PriorityMode = cluster.PriorityMode });
        Assert.True(Decoded.Resource(Xds.ClusterType, Body.Replace("[a, b]", "[]", StringComparison.Ordinal)).HasErrors);
    }

    [Fact]
    public void AClusterNamedByAUrlNamesItsEndpoints()
    {
        Assert.True(Decoded.Resource(Xds.ClusterType, "name: 'xdstp://a/b', type: EDS, eds_cluster_config: {eds_config: {ads: {}}}").HasErrors);
        Assert.False(Decoded.Resource(Xds.ClusterType, "name: 'xdstp://a/b', type: EDS, eds_cluster_config: {eds_config: {ads: {}}, service_name: s}").HasErrors);
    }

    [Fact]
    public void EndpointsCarryWhatWillBalanceThem()
    {
        EndpointsResource endpoints = Accept(
            Xds.AssignmentType,
            """
            cluster_name: c, policy: {overprovisioning_factor: 200, weighted_priority_health: true, drop_overloads: [
                {category: lb, drop_percentage: {numerator: 3}}, {category: all, drop_percentage: {numerator: 20000, denominator: TEN_THOUSAND}}, {category: none}]},
              endpoints: [{locality: {region: r}, load_balancing_weight: 7, lb_endpoints: [
                {load_balancing_weight: 5, metadata: {filter_metadata: {envoy.lb: {hash_key: k}}}, endpoint: {hostname: h, address: {socket_address: {address: '::1', port_value: 1}},
                  additional_addresses: [{address: {socket_address: {address: 127.0.0.1, port_value: 1}}}]}}]}]
            """).Endpoints["c"];
        Assert.Equal((200u, true), (endpoints.OverprovisioningFactor, endpoints.WeightedPriorityHealth));
        Assert.Equal([new DropOverloadResource("lb", 30_000), new DropOverloadResource("all", 1_000_000), new DropOverloadResource("none", 0)], endpoints.Drops);
        Assert.Equal(7u, endpoints.Localities[0].Weight);
        Assert.Equal(
            new EndpointResource("::1", 1) { HostName = "h", Weight = 5, HashKey = "k", AdditionalAddresses = [new EndpointAddress("127.0.0.1", 1)] },
            Assert.Single(endpoints.Localities[0].Endpoints));
    }

    [Theory]
    [InlineData("endpoints: [{load_balancing_weight: 1}]", "endpoints[0].locality")]
    [InlineData("endpoints: [{locality: {}, load_balancing_weight: 1}, {locality: {}, load_balancing_weight: 2}]", "endpoints")]
    [InlineData("endpoints: [{locality: {}, load_balancing_weight: 1, priority: 1}, {locality: {}, priority: 0}]", "endpoints")]
    public void LocalitiesThatGrpcRefuses(string body, string path)
    {
        AssertRefused(path, Xds.AssignmentType, $"cluster_name: c, {body}");
        Assert.False(Decoded.Resource(Xds.AssignmentType, $"cluster_name: c, {body}").HasErrors);
    }

    [Theory]
    [InlineData("{lb_endpoints: [{load_balancing_weight: 0, endpoint: {address: {pipe: {path: /a}}}}]}", "endpoints[0].lb_endpoints[0].load_balancing_weight")]
    [InlineData("{lb_endpoints: [{load_balancing_weight: 4294967295, endpoint: {address: {pipe: {path: /a}}}}, {endpoint: {address: {pipe: {path: /b}}}}]}", "endpoints[0].lb_endpoints")]
    [InlineData("{locality: {zone: a}, load_balancing_weight: 4294967295}, {locality: {zone: b}, load_balancing_weight: 1}", "endpoints")]
    [InlineData("{load_balancing_weight: 0}", "endpoints[0].load_balancing_weight")]
    [InlineData("{lb_endpoints: [{endpoint: {address: {pipe: {path: /a}}, additional_addresses: [{address: {pipe: {path: /a}}}]}}]}", "endpoints[0].lb_endpoints[0].endpoint.address")]
    public void WeightsAndAddressesThatBothRefuse(string endpoints, string path) => Assert.Equal(
        [path],
        Decoded.Resource(Xds.AssignmentType, $"cluster_name: c, endpoints: [{endpoints}]").Findings.Where(finding => finding.Severity == Severity.Error).Select(finding => finding.Path));

    private static string Tls(string common) => $"transport_socket: {{name: envoy.transport_sockets.tls, typed_config: {{{TlsType}UpstreamTlsContext, common_tls_context: {{{common}}}}}}}";

    private static ResourceSet Accept(string type, string body)
    {
        Decoded decoded = Read(type, body);
        Assert.False(decoded.HasErrors, string.Join('\n', decoded.Findings));
        return decoded.Set;
    }

    private static void AssertRefused(string path, string type, string body)
    {
        Decoded decoded = Read(type, body);
        Assert.True(decoded.Findings.Any(finding => finding.Severity == Severity.Error && finding.Path == path), string.Join('\n', decoded.Findings));
        Assert.Equal(0, decoded.Set.Count);
    }

    private static Decoded Read(string type, string body) => Decoded.Read(
        Encoding.UTF8.GetBytes(Xds.Document(Xds.Resource(type, body))), yaml: true, limits: new DocumentSettings { Decoder = new DecoderSettings { Dialect = XdsDialect.Grpc } });
}
