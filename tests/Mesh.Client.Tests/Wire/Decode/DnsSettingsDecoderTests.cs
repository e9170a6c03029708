using System.Text;
using Mesh.Resources;
using Mesh.Wire;
using Mesh.Wire.Decode;
using Xunit;

namespace Mesh.Client.Tests.Wire.Decode;

/// <summary><c>Cluster.dns_refresh_rate</c> and its siblings.</summary>
public sealed class DnsSettingsDecoderTests
{
    private const string Assignment = "load_assignment: {cluster_name: c, endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: 1}}}}]}]}";
    private const string NoEffect = "only clusters of type STRICT_DNS and LOGICAL_DNS resolve names: it has no effect";

    [Fact]
    public void UnsetTheyAreEnvoys()
    {
        DnsSettingsResource settings = Accept("type: STRICT_DNS")!;
        Assert.Equal(new DnsSettingsResource(), settings);
        Assert.Equal((TimeSpan.FromSeconds(5), null, TimeSpan.Zero, false, DnsLookupFamily.Auto),
            (settings.RefreshRate, settings.FailureRate, settings.Jitter, settings.RespectTtl, settings.LookupFamily));
    }

    [Theory]
    [InlineData("STRICT_DNS")]
    [InlineData("LOGICAL_DNS")]
    public void TheyAreRead(string type) => Assert.Equal(
        new DnsSettingsResource
        {
            RefreshRate = TimeSpan.FromSeconds(60),
            FailureRate = new DnsFailureRateResource(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(4)),
            Jitter = TimeSpan.FromSeconds(2),
            RespectTtl = true,
            LookupFamily = DnsLookupFamily.V4Only,
        },
        Accept($"type: {type}, dns_refresh_rate: 60s, dns_failure_refresh_rate: {{base_interval: 1s, max_interval: 4s}}, dns_jitter: 2s, respect_dns_ttl: true, dns_lookup_family: V4_ONLY"));

    [Theory]
    [InlineData("", DiscoveryType.StrictDns)]
    [InlineData(", all_addresses_in_single_endpoint: true", DiscoveryType.LogicalDns)]
    public void AClusterTypeBringsItsOwn(string more, object type)
    {
        ClusterResource cluster = Decode(Typed($"dns_refresh_rate: 60s, dns_failure_refresh_rate: {{base_interval: 1s}}, dns_jitter: 2s, respect_dns_ttl: true, dns_lookup_family: V6_ONLY{more}")).Set.Clusters["c"];
        Assert.Equal((DiscoveryType)type, cluster.Type);
        Assert.Equal(
            new DnsSettingsResource
            {
                RefreshRate = TimeSpan.FromSeconds(60),
                FailureRate = new DnsFailureRateResource(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10)),
                Jitter = TimeSpan.FromSeconds(2),
                RespectTtl = true,
                LookupFamily = DnsLookupFamily.V6Only,
            },
            cluster.Dns);
    }

    [Theory]
    [InlineData("dns_refresh_rate: 0s", "", "E cluster_type.typed_config.dns_refresh_rate: 0s is not allowed: it must be more than 0s")]
    [InlineData("dns_lookup_family: 9", "", "E cluster_type.typed_config.dns_lookup_family: 9 is not known; allowed are 0 to 5")]
    [InlineData("dns_failure_refresh_rate: {}", "", "E cluster_type.typed_config.dns_failure_refresh_rate.base_interval: required")]
    [InlineData("", ", dns_refresh_rate: 7s", "W dns_refresh_rate: cluster_type says how names are resolved: it has no effect")]
    public void OfItsOwnTheyAreCheckedToo(string field, string more, string finding) => Decode($"{Typed(field)}{more}").AssertFindings(finding);

    [Fact]
    public void TheLongestWaitIsTenTimesTheFirstUnlessItIsSet() => Assert.Equal(
        new DnsFailureRateResource(TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(30)),
        Accept("type: STRICT_DNS, dns_failure_refresh_rate: {base_interval: 3s}")?.FailureRate);

    [Theory]
    [InlineData("AUTO", DnsLookupFamily.Auto)]
    [InlineData("V4_ONLY", DnsLookupFamily.V4Only)]
    [InlineData("V6_ONLY", DnsLookupFamily.V6Only)]
    [InlineData("V4_PREFERRED", DnsLookupFamily.V4Preferred)]
    [InlineData("ALL", DnsLookupFamily.All)]
    public void Families(string name, object family) => Assert.Equal((DnsLookupFamily)family, Accept($"type: STRICT_DNS, dns_lookup_family: {name}")!.LookupFamily);

    [Theory]
    [InlineData("dns_refresh_rate: 0s", "E dns_refresh_rate: 0s is not allowed: it must be more than 0s")]
    [InlineData("dns_refresh_rate: 0.001s", "E dns_refresh_rate: 0.001s is not allowed: it must be more than 0.001s")]
    [InlineData("dns_jitter: -1s", "E dns_jitter: -1s is not allowed: it must be at least 0s")]
    [InlineData("dns_lookup_family: 9", "E dns_lookup_family: 9 is not known; allowed are 0 to 4")]
    [InlineData("dns_failure_refresh_rate: {}", "E dns_failure_refresh_rate.base_interval: required")]
    [InlineData("dns_failure_refresh_rate: {max_interval: 1s}", "E dns_failure_refresh_rate.base_interval: required")]
    [InlineData("dns_failure_refresh_rate: {base_interval: 0.001s}", "E dns_failure_refresh_rate.base_interval: 0.001s is not allowed")]
    [InlineData("dns_failure_refresh_rate: {base_interval: 3s, max_interval: 2s}", "E dns_failure_refresh_rate.max_interval: 2s is less than base_interval, 3s")]
    public void WhatIsWrongRefusesTheClusterWhateverItsType(string field, string finding)
    {
        Decoded.Resource(Xds.ClusterType, $"name: c, type: STRICT_DNS, {field}, {Assignment}").AssertFindings(finding);
        Assert.True(Decoded.Resource(Xds.ClusterType, $"name: c, {field}, {Assignment}").HasErrors);
    }

    [Theory]
    [InlineData("dns_refresh_rate: 1s", "dns_refresh_rate")]
    [InlineData("dns_failure_refresh_rate: {base_interval: 1s}", "dns_failure_refresh_rate")]
    [InlineData("dns_jitter: 1s", "dns_jitter")]
    [InlineData("respect_dns_ttl: true", "respect_dns_ttl")]
    [InlineData("dns_lookup_family: ALL", "dns_lookup_family")]
    public void WhereNoNamesAreResolvedTheyAreReported(string field, string path) =>
        Assert.Null(Decoded.Resource(Xds.ClusterType, $"name: c, {field}, {Assignment}").AssertFindings($"W {path}: {NoEffect}").Set.Clusters["c"].Dns);

    /// <summary>gRPC reads no <c>dns_lookup_family</c> and asks for both; its LOGICAL_DNS has no policy but pick_first (gRFC A37).</summary>
    [Fact]
    public void GrpcAsksForBothFamiliesAndPicksTheFirst()
    {
        ClusterResource cluster = ByGrpc($"type: LOGICAL_DNS, lb_policy: RING_HASH, {Assignment}");
        Assert.Equal((DnsLookupFamily.All, new PickFirstResource(ShuffleAddressList: false)), (cluster.Dns?.LookupFamily, cluster.LoadBalancing));
        Assert.IsType<RingHashResource>(ByGrpc("type: EDS, lb_policy: RING_HASH, eds_cluster_config: {eds_config: {ads: {}}}").LoadBalancing);
        Assert.Equal(DnsLookupFamily.V4Only, ByGrpc($"type: LOGICAL_DNS, dns_lookup_family: V4_ONLY, {Assignment}").Dns?.LookupFamily);
    }

    /// <summary>"localhost" is both ::1 and 127.0.0.1 on many a machine, and servers listen on the latter.</summary>
    [Theory]
    [InlineData("db.internal:80", DnsLookupFamily.V4Preferred)]
    [InlineData("127.0.0.1:80", null)]
    public void TheShortFormPrefersIPv4(string endpoint, object? family) => Assert.Equal(
        (DnsLookupFamily?)family,
        Decoded.Yaml($"services: {{ a: {{ endpoints: ['{endpoint}'] }} }}").AssertFindings().Set.Clusters["a"].Dns?.LookupFamily);

    private static string Typed(string settings) =>
        $"cluster_type: {{name: envoy.clusters.dns, typed_config: {{'@type': type.googleapis.com/envoy.extensions.clusters.dns.v3.DnsCluster, {settings}}}}}";

    private static Decoded Decode(string body) => Decoded.Resource(Xds.ClusterType, $"name: c, {body}, {Assignment}");

    private static DnsSettingsResource? Accept(string body) => Decode(body).AssertFindings().Set.Clusters["c"].Dns;

    private static ClusterResource ByGrpc(string body)
    {
        byte[] text = Encoding.UTF8.GetBytes(Xds.Document(Xds.Resource(Xds.ClusterType, $"name: c, {body}")));
        Decoded decoded = Decoded.Read(text, yaml: true, limits: new DocumentSettings { Decoder = new DecoderSettings { Dialect = XdsDialect.Grpc } });
        Assert.False(decoded.HasErrors, string.Join('\n', decoded.Findings));
        return decoded.Set.Clusters["c"];
    }
}
