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
    [InlineData($"cluster_type: {{name: x}}, {Assignment}", "E cluster_type: 'x' is not supported; envoy.extensions.clusters.aggregate.v3.ClusterConfig is")]
    [InlineData($"load_assignment: {{cluster_name: c, endpoints: [{{lb_endpoints: [{Named}]}}]}}",
        "E load_assignment.endpoints[0].lb_endpoints[0].endpoint.address.socket_address.address: 'db.internal' is no IP address; a name needs")]
    [InlineData("type: LOGICAL_DNS, load_assignment: {cluster_name: c}", "E load_assignment.endpoints: a cluster of type LOGICAL_DNS has exactly one")]
    [InlineData($"type: LOGICAL_DNS, load_assignment: {{cluster_name: c, endpoints: [{{lb_endpoints: [{Named}, {One}]}}]}}",
        "E load_assignment.endpoints: a cluster of type LOGICAL_DNS has exactly one")]
    [InlineData($"connect_timeout: 0s, {Assignment}", "E connect_timeout: 0s is not allowed: it must be more than 0s")]
    [InlineData($"transport_socket_matches: [{{}}], {Assignment}", "E transport_socket_matches: not supported")]
    [InlineData($"filters: [{{}}], {Assignment}", "W filters: read and checked", "E filters[0]: network filter '' is not supported")]
    public void ErrorsRefuseTheCluster(string body, params string[] findings) =>
        Assert.Empty(Decoded.Resource(Xds.ClusterType, $"name: c{(body.Length == 0 ? "" : ", ")}{body}").AssertFindings(findings).Set.Clusters);

    [Theory]
    [InlineData("lb_policy: RING_HASH")]
    [InlineData("wait_for_warm_on_init: true", "W wait_for_warm_on_init: known but not supported")]
    [InlineData("common_lb_config: {zone_aware_lb_config: {}}", "W common_lb_config.zone_aware_lb_config: zones have no effect where the program does not name the cluster of its own instances (MeshOptions.LocalClusterName)")]
    [InlineData("lb_subset_config: {}", "W lb_subset_config.subset_selectors: there are none, so there are no subsets")]
    [InlineData("health_checks: [{}]", "W health_checks: known but not supported (envoy.config.core.v3.HealthCheck)")]
    [InlineData("circuit_breakers: {thresholds: [{max_retries: 1, retry_budget: {}}]}")]
    [InlineData("circuit_breakers: {thresholds: [{max_connections: 1}], per_host_thresholds: [{}]}",
        "W circuit_breakers.per_host_thresholds: read and checked")]
    [InlineData("outlier_detection: {}")]
    [InlineData("outlier_detection: {successful_active_health_check_uneject_host: true}", "W outlier_detection.successful_active_health_check_uneject_host: read and checked")]
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
