using Mesh.Resources;
using Mesh.Wire;
using Mesh.Wire.Decode;
using Xunit;

namespace Mesh.Client.Tests.Wire.Decode;

/// <summary>Subsets of endpoints, both ways of writing them, and what routes ask of them.</summary>
public sealed class SubsetDecoderTests
{
    private const string Prefix = "type.googleapis.com/envoy.extensions.load_balancing_policies.";
    private const string Assignment = "load_assignment: {cluster_name: c, endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: 1}}}}]}]}";
    private const string Config =
        "fallback_policy: DEFAULT_SUBSET, default_subset: {stage: prod}, locality_weight_aware: true, scale_locality_weight: true, panic_mode_any: true, list_as_any: true, metadata_fallback_policy: FALLBACK_LIST, "
        + "subset_selectors: [{keys: [b, a, a], fallback_policy: KEYS_SUBSET, fallback_keys_subset: [a]}, {keys: [a], fallback_policy: NO_FALLBACK, single_host_per_subset: true}, {keys: [c]}]";

    private static readonly DecoderSettings Grpc = new() { Dialect = XdsDialect.Grpc };
    private static readonly SubsetResource Expected = new(
        new RandomResource(),
        [
            new SubsetSelectorResource(["a", "b"]) { Fallback = SubsetFallback.KeysSubset, FallbackKeys = ["a"] },
            new SubsetSelectorResource(["a"]) { Fallback = SubsetFallback.None, SingleHost = true },
            new SubsetSelectorResource(["c"]),
        ])
    {
        Fallback = SubsetFallback.DefaultSubset,
        DefaultSubset = """{"stage":"prod"}""",
        LocalityWeightAware = true,
        ScaleLocalityWeight = true,
        PanicModeAny = true,
        ListAsAny = true,
        FallbackList = true,
    };

    [Fact]
    public void BothWaysSayTheSame()
    {
        Assert.Equal(Expected, Accept($"lb_policy: RANDOM, lb_subset_config: {{{Config}}}"));
        Assert.Equal(Expected with { AllowRedundantKeys = true }, Accept(Policy($"{Config}, allow_redundant_keys: true, {Child("random.v3.Random")}")));
    }

    [Theory]
    [InlineData("subset_selectors: [{keys: [a], fallback_keys_subset: [a]}]", "subset_selectors[0].fallback_keys_subset: allowed only with fallback_policy KEYS_SUBSET")]
    [InlineData("subset_selectors: [{keys: [a], fallback_policy: KEYS_SUBSET}]", "subset_selectors[0].fallback_keys_subset: required with fallback_policy KEYS_SUBSET")]
    [InlineData("subset_selectors: [{keys: [a, b], fallback_policy: KEYS_SUBSET, fallback_keys_subset: [c]}]", "subset_selectors[0].fallback_keys_subset: 'c' is none of keys")]
    [InlineData("subset_selectors: [{keys: [a, b], fallback_policy: KEYS_SUBSET, fallback_keys_subset: [b, a]}]", "subset_selectors[0].fallback_keys_subset: must hold fewer keys")]
    [InlineData("subset_selectors: [{keys: [a], fallback_policy: 9}]", "subset_selectors[0].fallback_policy: 9 is not known; allowed are NOT_DEFINED")]
    [InlineData("fallback_policy: 3", "fallback_policy: 3 is not known; allowed are NO_FALLBACK", "W lb_subset_config.subset_selectors: there are none")]
    [InlineData("metadata_fallback_policy: 2", "metadata_fallback_policy: 2 is not known", "W lb_subset_config.subset_selectors: there are none")]
    public void WrongValuesRefuseTheCluster(string config, string error, string? warning = null)
    {
        string[] findings = [$"E lb_subset_config.{error}"];
        if (warning is not null)
            findings = [.. findings, warning];
        Read($"lb_subset_config: {{{config}}}").AssertFindings(findings);
    }

    [Fact]
    public void OneWayAtATime()
    {
        Read($"lb_subset_config: {{{Config}}}, {Policy($"{Config}, {Child("random.v3.Random")}")}").AssertFindings("E lb_subset_config: not allowed beside load_balancing_policy");
        Assert.Contains(Read($"lb_policy: CLUSTER_PROVIDED, lb_subset_config: {{{Config}}}").Findings, finding => finding.Path == "lb_subset_config" && finding.Severity == Severity.Error);
        Read(Policy(Config)).AssertFindings("E load_balancing_policy.policies[0].typed_extension_config.typed_config.subset_lb_policy: required");
        Assert.Contains(
            Read(Policy($"{Config}, subset_lb_policy: {Nested($"{Config}, {Child("random.v3.Random")}")}")).Findings, finding => finding.Message.StartsWith("subsets stand at the top", StringComparison.Ordinal));
    }

    [Fact]
    public void GrpcHasNone()
    {
        Decoded decoded = Read($"lb_subset_config: {{{Config}}}", Grpc).AssertFindings("W lb_subset_config: gRPC has no subsets: it has no effect");
        Assert.Equal(new WrrLocalityResource(RoundRobinResource.Default), decoded.Set.Clusters["c"].LoadBalancing);
        OneRoute.Action("metadata_match: {filter_metadata: {envoy.lb: {a: b}}}", Grpc)
            .AssertFindings("W virtual_hosts[0].routes[0].route.metadata_match: gRPC has no subsets: it has no effect");
    }

    [Fact]
    public void RoutesAskForWhatStandsUnderEnvoyLb()
    {
        Assert.Equal("""{"a":"b","n":1}""", OneRoute.Action("metadata_match: {filter_metadata: {envoy.lb: {a: b, n: 1}}}").Route().Action.MetadataMatch);
        Assert.Equal("", OneRoute.Action("metadata_match: {filter_metadata: {envoy.lb: {}}}").Route().Action.MetadataMatch);
        OneRoute.Action("metadata_match: {filter_metadata: {other: {a: b}}}")
            .AssertFindings("W virtual_hosts[0].routes[0].route.metadata_match.filter_metadata.other: only 'envoy.lb' is looked at: it has no effect");
    }

    private static LoadBalancingPolicyResource Accept(string fields) => Read(fields).AssertFindings().Set.Clusters["c"].LoadBalancing;

    private static string Policy(string body) => $"load_balancing_policy: {Nested(body)}";

    private static string Nested(string body) => $"{{policies: [{{typed_extension_config: {{name: a, typed_config: {{'@type': {Prefix}subset.v3.Subset, {body}}}}}}}]}}";

    private static string Child(string type) => $"subset_lb_policy: {{policies: [{{typed_extension_config: {{name: a, typed_config: {{'@type': {Prefix}{type}}}}}}}]}}";

    private static Decoded Read(string fields, DecoderSettings? settings = null) => Decoded.Read(
        System.Text.Encoding.UTF8.GetBytes(Xds.Document(Xds.Resource(Xds.ClusterType, $"name: c, {fields}, {Assignment}"))),
        yaml: true, limits: new DocumentSettings { Decoder = settings ?? DecoderSettings.Default });
}
