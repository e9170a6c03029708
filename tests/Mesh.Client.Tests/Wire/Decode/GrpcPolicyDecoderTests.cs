using Mesh.Resources;
using Mesh.Wire;
using Mesh.Wire.Decode;
using Xunit;

namespace Mesh.Client.Tests.Wire.Decode;

/// <summary>gRPC's own policies, named by a <c>TypedStruct</c> (gRFC A52) and written as in a service config.</summary>
public sealed class GrpcPolicyDecoderTests
{
    private static readonly DecoderSettings Grpc = new() { Dialect = XdsDialect.Grpc, CustomPolicies = new Dictionary<string, ILoadBalancingPolicy?> { ["my.Policy"] = null } };

    public static TheoryData<string, string, object> Policies => new()
    {
        { "round_robin", "{}", RoundRobinResource.Default },
        { "pick_first", "{}", new PickFirstResource(false) },
        { "pick_first", "{shuffleAddressList: true}", new PickFirstResource(true) },
        { "least_request_experimental", "{choiceCount: 5}", new LeastRequestResource { ChoiceCount = 5 } },
        { "least_request_experimental", "{choiceCount: null}", new LeastRequestResource() },
        { "ring_hash_experimental", "{}", Ring(1024, 4096) },
        { "ring_hash_experimental", "{minRingSize: 0, maxRingSize: '9000'}", Ring(1024, 9000) },
        { "ring_hash_experimental", "{minRingSize: 1, maxRingSize: 8388608, requestHashHeader: X-User}", Ring(1, 8_388_608) with { HashHeader = "x-user" } },
        { "weighted_round_robin", "{}", new WeightedRoundRobinResource() },
        { "weighted_round_robin", "{enableOobLoadReport: true, oobReportingPeriod: 2s, blackoutPeriod: 0s, weightExpirationPeriod: 1.5s, weightUpdatePeriod: 3s, errorUtilizationPenalty: 0.5, metricNamesForComputingUtilization: [a, b]}",
            new WeightedRoundRobinResource
            {
                EnableOobLoadReport = true,
                OobReportingPeriod = TimeSpan.FromSeconds(2),
                BlackoutPeriod = TimeSpan.Zero,
                WeightExpirationPeriod = TimeSpan.FromSeconds(1.5),
                WeightUpdatePeriod = TimeSpan.FromSeconds(3),
                ErrorUtilizationPenalty = 0.5f,
                UtilizationMetrics = ["a", "b"],
            } },
        { "random_subsetting_experimental", "{subsetSize: 20, childPolicy: [{no_such_policy: {}}, {round_robin: {}}, {pick_first: {}}]}", new RandomSubsettingResource(20, RoundRobinResource.Default) },
        { "xds_wrr_locality_experimental", "{childPolicy: [{my.Policy: {a: 1}}]}", new WrrLocalityResource(new CustomPolicyResource("my.Policy", "{\"a\":1}")) },
    };

    [Theory]
    [MemberData(nameof(Policies))]
    public void EachPolicyIsRead(string name, string config, object expected)
    {
        Decoded decoded = Read(Entry(name, config));
        Assert.DoesNotContain(decoded.Findings, finding => finding.Severity == Severity.Error || finding.Message.StartsWith("is not known", StringComparison.Ordinal));
        Assert.Equal((LoadBalancingPolicyResource)expected, decoded.Set.Clusters["c"].LoadBalancing);
    }

    [Theory]
    [InlineData("pick_first", "{shuffleAddressList: 1}", "shuffleAddressList: is not true or false")]
    [InlineData("least_request_experimental", "{choiceCount: 1}", "choiceCount: 1 is not allowed; at least 2 is")]
    [InlineData("least_request_experimental", "{choiceCount: 2.5}", "choiceCount: is not a whole number from 0 to 4294967295")]
    [InlineData("least_request_experimental", "{choiceCount: 4294967296}", "choiceCount: is not a whole number from 0 to 4294967295")]
    [InlineData("ring_hash_experimental", "{minRingSize: -1}", "minRingSize: is not a whole number from 0 to 8388608")]
    [InlineData("ring_hash_experimental", "{maxRingSize: 8388609}", "maxRingSize: is not a whole number from 0 to 8388608")]
    [InlineData("ring_hash_experimental", "{minRingSize: 5000}", "maxRingSize: 4096 is less than minRingSize, 5000")]
    [InlineData("ring_hash_experimental", "{requestHashHeader: 'a b'}", "requestHashHeader: 'a b' is no name of a header")]
    [InlineData("ring_hash_experimental", "{requestHashHeader: a-bin}", "requestHashHeader: 'a-bin' is binary")]
    [InlineData("ring_hash_experimental", "{requestHashHeader: 1}", "requestHashHeader: is not a text")]
    [InlineData("weighted_round_robin", "{errorUtilizationPenalty: -1}", "errorUtilizationPenalty: -1 is not allowed; at least 0 is")]
    [InlineData("weighted_round_robin", "{errorUtilizationPenalty: NaN}", "errorUtilizationPenalty: NaN is not allowed; at least 0 is")]
    [InlineData("weighted_round_robin", "{errorUtilizationPenalty: []}", "errorUtilizationPenalty: is not a number")]
    [InlineData("weighted_round_robin", "{blackoutPeriod: 10}", "blackoutPeriod: is not a text")]
    [InlineData("weighted_round_robin", "{blackoutPeriod: soon}", "blackoutPeriod: is not a duration such as 1.5s")]
    [InlineData("weighted_round_robin", "{blackoutPeriod: -1s}", "blackoutPeriod: -1s is not allowed")]
    [InlineData("weighted_round_robin", "{metricNamesForComputingUtilization: [1]}", "metricNamesForComputingUtilization: is not a list of texts")]
    [InlineData("random_subsetting_experimental", "{childPolicy: [{round_robin: {}}]}", "subsetSize: required; at least 1 is")]
    [InlineData("random_subsetting_experimental", "{subsetSize: 0, childPolicy: [{round_robin: {}}]}", "subsetSize: 0 is not allowed; at least 1 is")]
    [InlineData("random_subsetting_experimental", "{subsetSize: 3}", "childPolicy: required")]
    [InlineData("xds_wrr_locality_experimental", "{childPolicy: {}}", "childPolicy: is not a list")]
    [InlineData("xds_wrr_locality_experimental", "{childPolicy: []}", "childPolicy: at least one policy is required")]
    [InlineData("xds_wrr_locality_experimental", "{childPolicy: [{a: {}}, {b: {}}]}", "childPolicy: none of the policies is supported: a, b")]
    [InlineData("xds_wrr_locality_experimental", "{childPolicy: [{a: {}, b: {}}]}", "childPolicy[0]: is not one policy")]
    [InlineData("xds_wrr_locality_experimental", "{childPolicy: [{a: {}}, 7]}", "childPolicy[1]: is not one policy")]
    [InlineData("xds_wrr_locality_experimental", "{childPolicy: [{round_robin: 7}]}", "childPolicy[0]: is not one policy")]
    [InlineData("xds_wrr_locality_experimental", "{childPolicy: [{least_request_experimental: {choiceCount: 0}}, {round_robin: {}}]}", "childPolicy[0].least_request_experimental.choiceCount: 0 is not allowed")]
    public void AWrongValueRefusesTheCluster(string name, string config, string finding) =>
        Read(Entry(name, config)).AssertFindings($"E load_balancing_policy.policies[0].typed_extension_config.typed_config.value.{finding}");

    [Fact]
    public void WhatHasNoEffectIsReportedAndAnUnknownPolicyPassedOver()
    {
        const string At = "W load_balancing_policy.policies[0].typed_extension_config.typed_config.value";
        Read(Entry("pick_first", "{shuffle: true}")).AssertFindings($"{At}.shuffle: is not known");
        Assert.Equal(new PickFirstResource(false), Read($"{Entry("no_such_policy", "{}")}, {Entry("pick_first", "{}")}").Set.Clusters["c"].LoadBalancing);
    }

    [Fact]
    public void PoliciesWithinOneAnotherEndSomewhere()
    {
        Assert.False(Read(Nested(8)).HasErrors);
        Assert.True(Read(Nested(16)).HasErrors);

        static string Nested(int depth) =>
            Entry("xds_wrr_locality_experimental", string.Concat(Enumerable.Repeat("{childPolicy: [{xds_wrr_locality_experimental: ", depth - 1)) + "{childPolicy: [{round_robin: {}}]}" + string.Concat(Enumerable.Repeat("}]}", depth - 1)));
    }

    private static RingHashResource Ring(ulong minimum, ulong maximum) => new() { MinimumRingSize = minimum, MaximumRingSize = maximum, Cap = RingHashResource.GrpcCap, LocalityWeighted = true };

    private static string Entry(string name, string config) =>
        $"{{typed_extension_config: {{name: a, typed_config: {{'@type': type.googleapis.com/xds.type.v3.TypedStruct, type_url: type.googleapis.com/{name}, value: {config}}}}}}}";

    private static Decoded Read(string policies) => Decoded.Read(
        System.Text.Encoding.UTF8.GetBytes(Xds.Document(Xds.Resource(Xds.ClusterType, $"name: c, type: EDS, eds_cluster_config: {{eds_config: {{self: {{}}}}}}, load_balancing_policy: {{policies: [{policies}]}}"))),
        yaml: true, limits: new DocumentSettings { Decoder = Grpc });
}
