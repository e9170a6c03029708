using Mesh.Resources;
using Xunit;

namespace Mesh.Client.Tests.Wire.Decode;

/// <summary>Clusters: their types and what each needs, and the marks in their metadata.</summary>
public sealed class ClusterDecoderTests
{
    private const string One = "{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: 1}}}}";
    private const string Named = "{endpoint: {address: {socket_address: {address: db.internal, port_value: 1}}}}";
    private const string Assignment = $"load_assignment: {{cluster_name: c, endpoints: [{{lb_endpoints: [{One}]}}]}}";
    private const string Eds = "eds_cluster_config: {eds_config: {ads: {}}}";

    [Fact]
    public void AStaticClusterHasItsEndpointsAndEnvoysDefaults()
    {
        ClusterResource cluster = Accept(Assignment);
        Assert.Equal(
            new ClusterResource
            {
                Name = "c",
                Type = DiscoveryType.Static,
                EndpointsName = "c",
                LoadAssignment = new EndpointsResource("c", [new LocalityEndpointsResource("", 0, [new EndpointResource("127.0.0.1", 1)])]),
                ConnectTimeout = TimeSpan.FromSeconds(5),
            },
            cluster);
    }

    [Theory]
    [InlineData("type: STATIC, " + Assignment, DiscoveryType.Static)]
    [InlineData("type: STRICT_DNS, " + Assignment, DiscoveryType.StrictDns)]
    [InlineData($"type: STRICT_DNS, load_assignment: {{cluster_name: c, endpoints: [{{lb_endpoints: [{Named}, {One}]}}]}}", DiscoveryType.StrictDns)]
    [InlineData($"type: LOGICAL_DNS, load_assignment: {{cluster_name: c, endpoints: [{{lb_endpoints: [{Named}]}}]}}", DiscoveryType.LogicalDns)]
    [InlineData("type: EDS, " + Eds, DiscoveryType.Eds)]
    public void TypesAreRead(string body, object type) => Assert.Equal((DiscoveryType)type, Accept(body).Type);

    [Theory]
    [InlineData(Eds, "c")]
    [InlineData("eds_cluster_config: {eds_config: {self: {}}, service_name: s}", "s")]
    public void AnEdsClusterNamesItsLoadAssignment(string eds, string name)
    {
        ClusterResource cluster = Accept($"type: EDS, {eds}");
        Assert.Equal(name, cluster.EndpointsName);
        Assert.Null(cluster.LoadAssignment);
    }

    [Theory]
    [InlineData("", "E load_assignment: required")]
    [InlineData("type: STRICT_DNS", "E load_assignment: required")]
    [InlineData("type: EDS", "E eds_cluster_config: required")]
    [InlineData("type: EDS, eds_cluster_config: {}", "E eds_cluster_config.eds_config: required")]
    [InlineData("type: EDS, eds_cluster_config: {eds_config: {path: /x}}", "E eds_cluster_config.eds_config.path: not supported")]
    [InlineData($"type: EDS, {Eds}, {Assignment}", "E load_assignment: not allowed for a cluster of type EDS")]
    [InlineData($"{Eds}, {Assignment}", "E eds_cluster_config: not allowed for a cluster of type STATIC")]
    [InlineData($"type: ORIGINAL_DST, {Assignment}", "E type: ORIGINAL_DST is not supported; STATIC, STRICT_DNS, LOGICAL_DNS and EDS are")]
    [InlineData($"type: 77, {Assignment}", "E type: 77 is not supported")]
    [InlineData($"cluster_type: {{name: x}}, {Assignment}", "E cluster_type: 'x' is not supported; envoy.extensions.clusters.aggregate.v3.ClusterConfig and envoy.extensions.clusters.dns.v3.DnsCluster are")]
    [InlineData($"load_assignment: {{cluster_name: c, endpoints: [{{lb_endpoints: [{Named}]}}]}}",
        "E load_assignment.endpoints[0].lb_endpoints[0].endpoint.address.socket_address.address: 'db.internal' is no IP address; a name needs")]
    [InlineData("type: LOGICAL_DNS, load_assignment: {cluster_name: c}", "E load_assignment.endpoints: a cluster of type LOGICAL_DNS has exactly one")]
    [InlineData($"type: LOGICAL_DNS, load_assignment: {{cluster_name: c, endpoints: [{{lb_endpoints: [{Named}, {One}]}}]}}",
        "E load_assignment.endpoints: a cluster of type LOGICAL_DNS has exactly one")]
    [InlineData($"connect_timeout: 0s, {Assignment}", "E connect_timeout: 0s is not allowed: it must be more than 0s")]
    [InlineData($"upstream_connection_options: {{tcp_keepalive: {{keepalive_probes: 128, keepalive_time: 32768, keepalive_interval: 32768}}}}, {Assignment}",
        "E upstream_connection_options.tcp_keepalive.keepalive_probes: 128 is not allowed; 0 to 127 are, and 0 turns probes off",
        "E upstream_connection_options.tcp_keepalive.keepalive_time: 32768 is not allowed; 0 to 32767 are",
        "E upstream_connection_options.tcp_keepalive.keepalive_interval: 32768 is not allowed; 0 to 32767 are")]
    [InlineData($"upstream_connection_options: {{happy_eyeballs_config: {{first_address_family_version: 3, first_address_family_count: 0}}}}, {Assignment}",
        "E upstream_connection_options.happy_eyeballs_config.first_address_family_version: 3 is not known; allowed are DEFAULT, V4 and V6",
        "E upstream_connection_options.happy_eyeballs_config.first_address_family_count: 0 is not allowed; at least 1 is")]
    [InlineData($"http2_protocol_options: {{connection_keepalive: {{interval: 0s}}}}, {Assignment}",
        "E http2_protocol_options.connection_keepalive.timeout: required", "E http2_protocol_options.connection_keepalive.interval: 0s is not allowed: it must be at least 0.001s")]
    [InlineData($"transport_socket_matches: [{{}}], {Assignment}", "E transport_socket_matches: not supported")]
    [InlineData($"filters: [{{}}], {Assignment}", "W filters: read and checked", "E filters[0]: network filter '' is not supported")]
    public void ErrorsRefuseTheCluster(string body, params string[] findings) =>
        Assert.Empty(Decoded.Resource(Xds.ClusterType, $"name: c{(body.Length == 0 ? "" : ", ")}{body}").AssertFindings(findings).Set.Clusters);

    [Theory]
    [InlineData("lb_policy: RING_HASH")]
    [InlineData("wait_for_warm_on_init: true", "W wait_for_warm_on_init: known but not supported")]
    [InlineData("ignore_health_on_host_removal: true", "W ignore_health_on_host_removal: known but not supported")]
    [InlineData("common_lb_config: {zone_aware_lb_config: {}}", "W common_lb_config.zone_aware_lb_config: zones have no effect where the program does not name the cluster of its own instances (MeshOptions.LocalClusterName)")]
    [InlineData("lb_subset_config: {}", "W lb_subset_config.subset_selectors: there are none, so there are no subsets")]
    [InlineData("circuit_breakers: {thresholds: [{max_retries: 1, retry_budget: {}}]}")]
    [InlineData("circuit_breakers: {thresholds: [{max_connections: 1}], per_host_thresholds: [{max_connections: 1}, {priority: HIGH, max_requests: 1, max_pending_requests: 1, max_retries: 1, retry_budget: {}}]}",
        "W circuit_breakers.per_host_thresholds[1].max_pending_requests: of an endpoint's limits only max_connections is read",
        "W circuit_breakers.per_host_thresholds[1].max_requests: of an", "W circuit_breakers.per_host_thresholds[1].max_retries: of an", "W circuit_breakers.per_host_thresholds[1].retry_budget: of an")]
    [InlineData("upstream_connection_options: {set_local_interface_name_on_upstream_connections: true}",
        "W upstream_connection_options.set_local_interface_name_on_upstream_connections: known but not supported")]
    [InlineData("http2_protocol_options: {connection_keepalive: {interval: 0.5s, timeout: 0.001s, interval_jitter: {}, connection_idle_interval: 1s}}",
        "W http2_protocol_options.connection_keepalive.interval_jitter: known but not supported", "W http2_protocol_options.connection_keepalive.connection_idle_interval: known but not supported",
        "W http2_protocol_options.connection_keepalive.timeout: 0.001s is shorter than the runtime's shortest: it is 1s",
        "W http2_protocol_options.connection_keepalive.interval: 0.5s is shorter than the runtime's shortest: it is 1s")]
    [InlineData("outlier_detection: {}")]
    [InlineData("outlier_detection: {successful_active_health_check_uneject_host: true}")]
    public void TuningWithoutSupportIsAWarning(string field, params string[] findings) =>
        Assert.Single(Decoded.Resource(Xds.ClusterType, $"name: c, {field}, {Assignment}").AssertFindings(findings).Set.Clusters);

    /// <summary>The deprecated place of auto_san_validation asks for a check of the peer as the new one does.</summary>
    [Fact]
    public void AskingForACheckOfThePeerIsNeverIgnored() =>
        Assert.True(Decoded.Resource(Xds.ClusterType, $"name: c, upstream_http_protocol_options: {{auto_san_validation: true}}, {Assignment}").HasErrors);

    [Theory]
    [InlineData("{filter_metadata: {mesh.sdk: {plaintext_allowed: true}}}", true)]
    [InlineData("{filter_metadata: {mesh.sdk: {plaintext_allowed: false}}}", false)]
    [InlineData("{filter_metadata: {mesh.sdk: {}}}", false)]
    [InlineData("{filter_metadata: {other: {plaintext_allowed: true}}}", false,
        "W metadata.filter_metadata[\"other\"]: known but not supported: it has no effect; only 'mesh.sdk' has")]
    public void PlaintextIsAllowedByMetadata(string metadata, bool allowed, params string[] findings) => Assert.Equal(
        allowed, Decoded.Resource(Xds.ClusterType, $"name: c, metadata: {metadata}, {Assignment}").AssertFindings(findings).Set.Clusters["c"].PlaintextAllowed);

    [Theory]
    [InlineData("plaintext_allowed: 'true'", "plaintext_allowed")]
    [InlineData("plaintext_allowed: 1", "plaintext_allowed")]
    [InlineData("plaintext_alowed: true", "plaintext_alowed")]
    public void AMistakeInOurOwnMetadataIsAnError(string entry, string key) =>
        Decoded.Resource(Xds.ClusterType, $"name: c, metadata: {{filter_metadata: {{mesh.sdk: {{{entry}}}}}}}, {Assignment}")
            .AssertFindings($"E metadata.filter_metadata[\"mesh.sdk\"].{key}: not known; allowed is plaintext_allowed: true or false");

    private static ClusterResource Accept(string body) => Decoded.Resource(Xds.ClusterType, $"name: c, {body}").AssertFindings().Set.Clusters["c"];
}
