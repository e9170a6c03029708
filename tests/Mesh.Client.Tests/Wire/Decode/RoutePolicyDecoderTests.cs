using Mesh.Resources;
using Xunit;

namespace Mesh.Client.Tests.Wire.Decode;

/// <summary>Mirrors and hedges; and upgrades, which are read and checked so that what is wrong is told before the feature comes.</summary>
public sealed class RoutePolicyDecoderTests
{
    private const string At = "virtual_hosts[0].routes[0].route";

    [Fact]
    public void AMirrorIsRead()
    {
        AssertMirror("{cluster: m}", new() { Cluster = "m" });
        AssertMirror(
            "{cluster_header: X-M, runtime_fraction: {default_value: {numerator: 5, denominator: TEN_THOUSAND}, runtime_key: k}, disable_shadow_host_suffix_append: true, host_rewrite_literal: h}",
            new() { ClusterHeader = "x-m", Fraction = new(5, 10_000), RuntimeKey = "k", KeepsHost = true, HostRewriteLiteral = "h" });
        AssertMirror(
            "{cluster: m, request_headers_mutations: [{append: {header: {key: a, value: v}}}, {remove: B}]}",
            new() { Cluster = "m", Headers = new() { RequestAdd = [new("a", "v", HeaderAppendAction.AppendIfExistsOrAdd, false)], RequestRemove = ["b"] } });
    }

    [Theory]
    [InlineData("{}", "cluster: required")]
    [InlineData("{cluster: m, cluster_header: x}", "cluster_header: set beside cluster; only one of them may be set")]
    [InlineData("{cluster_header: 'a b'}", "cluster_header: 'a b' is not a valid header name")]
    [InlineData("{cluster: m, host_rewrite_literal: 'a/b'}", "host_rewrite_literal: 'a/b' is not a host")]
    [InlineData("{cluster: m, runtime_fraction: {}}", "runtime_fraction.default_value: required")]
    [InlineData("{cluster: m, request_headers_mutations: [{}]}", "request_headers_mutations[0]: required: append, remove or remove_on_match")]
    [InlineData("{cluster: m, request_headers_mutations: [{remove: host}]}", "request_headers_mutations[0].remove: 'host': ")]
    [InlineData("{cluster: m, request_headers_mutations: [{append: {header: {key: 'a b'}}}]}", "request_headers_mutations[0].append.header.key: 'a b' is not a valid header name")]
    [InlineData("{cluster: m, request_headers_mutations: [{remove_on_match: {}}]}", "request_headers_mutations[0].remove_on_match.key_matcher: required")]
    public void AMirrorIsChecked(string mirror, string finding) => AssertError(OneRoute.Action($"request_mirror_policies: [{mirror}]"), $"E {At}.request_mirror_policies[0].{finding}");

    [Theory]
    [InlineData("{}", 1, 0, 100, false)]
    [InlineData("{initial_requests: 3, additional_request_chance: {numerator: 7, denominator: MILLION}, hedge_on_per_try_timeout: true}", 3, 7, 1_000_000, true)]
    public void AHedgeIsRead(string hedge, uint initial, uint numerator, uint denominator, bool onTimeout)
    {
        Decoded decoded = OneRoute.Action($"hedge_policy: {hedge}");
        Assert.False(decoded.HasErrors);
        Assert.Equal(new HedgePolicyResource(initial, new FractionResource(numerator, denominator), onTimeout), decoded.Route().Action.HedgePolicy);
    }

    /// <summary>Envoy does not act on them either.</summary>
    [Fact]
    public void OfAHedgeSomeHasNoEffect() => OneRoute.Action("hedge_policy: {initial_requests: 2, additional_request_chance: {numerator: 1}}").AssertFindings(
        $"W {At}.hedge_policy.initial_requests: read and checked", $"W {At}.hedge_policy.additional_request_chance: read and checked");

    [Theory]
    [InlineData("{initial_requests: 0}", "initial_requests: 0 is not allowed; at least 1 is")]
    [InlineData("{additional_request_chance: {denominator: 9}}", "additional_request_chance.denominator: 9 is not known")]
    public void AHedgeIsChecked(string hedge, string finding) => AssertError(OneRoute.Action($"hedge_policy: {hedge}"), $"E {At}.hedge_policy.{finding}");

    [Fact]
    public void UpgradesAreRead() => Assert.Equal(
        [new UpgradeResource("websocket", true, false, false), new UpgradeResource("connect", false, true, true)],
        Accept("upgrade_configs: [{upgrade_type: websocket}, {upgrade_type: connect, enabled: false, connect_config: {allow_post: true}}]").Upgrades);

    [Theory]
    [InlineData("[{}]", "[0].upgrade_type: required")]
    [InlineData("[{upgrade_type: websocket, connect_config: {}}]", "[0].connect_config: upgrade_type is 'websocket'; only CONNECT and CONNECT-UDP may have it")]
    [InlineData("[{upgrade_type: a}, {upgrade_type: A}]", ": 'A' stands here more than once")]
    public void UpgradesAreChecked(string upgrades, string finding) => AssertError(OneRoute.Action($"upgrade_configs: {upgrades}"), $"E {At}.upgrade_configs{finding}");

    [Fact]
    public void MirrorsAndHedgesStandOnOtherLevelsToo()
    {
        Decoded decoded = OneRoute.Table("request_mirror_policies: [{cluster: t}], virtual_hosts: [{name: v, domains: [a], request_mirror_policies: [{cluster: h}], hedge_policy: {initial_requests: 2}}]");
        Assert.False(decoded.HasErrors);
        Assert.Equal([new MirrorPolicyResource { Cluster = "t" }], decoded.Set.RouteConfigurations["r"].MirrorPolicies);
        Assert.Equal([new MirrorPolicyResource { Cluster = "h" }], decoded.Host().MirrorPolicies);
        Assert.Equal(2u, decoded.Host().HedgePolicy?.InitialRequests);
    }

    [Theory]
    [InlineData("trace_sampled: false", "trace_sampled")]
    [InlineData("request_headers_mutations: [{remove_on_match: {key_matcher: {exact: a}}}]", "request_headers_mutations[0].remove_on_match")]
    public void OfAMirrorSomeHasNoEffectYet(string mirror, string path) =>
        OneRoute.Action($"request_mirror_policies: [{{cluster: m, {mirror}}}]").AssertFindings($"W {At}.request_mirror_policies[0].{path}: read and checked");

    private static void AssertMirror(string mirror, MirrorPolicyResource expected)
    {
        Decoded decoded = OneRoute.Action($"request_mirror_policies: [{mirror}]");
        Assert.False(decoded.HasErrors, string.Join('\n', decoded.Findings.Select(Decoded.Show)));
        Assert.Equal([expected], decoded.Route().Action.MirrorPolicies);
    }

    private static RouteActionResource Accept(string action)
    {
        Decoded decoded = OneRoute.Action(action);
        Assert.Single(decoded.Findings, finding => finding.Message.StartsWith("read and checked", StringComparison.Ordinal));
        Assert.False(decoded.HasErrors, string.Join('\n', decoded.Findings.Select(Decoded.Show)));
        return decoded.Route().Action;
    }

    private static void AssertError(Decoded decoded, string expected)
    {
        Assert.StartsWith(expected, Decoded.Show(Assert.Single(decoded.Findings, finding => finding.Severity == Severity.Error)), StringComparison.Ordinal);
        Assert.Empty(decoded.Set.RouteConfigurations);
    }
}
