using Mesh.Resources;
using Mesh.Wire.Decode;
using Xunit;

namespace Mesh.Client.Tests.Wire.Decode;

/// <summary><c>RouteAction.hash_policy</c>.</summary>
public sealed class HashPolicyDecoderTests
{
    private const string At = "virtual_hosts[0].routes[0].route";

    [Fact]
    public void EveryKindIsRead()
    {
        AssertPolicy("{header: {header_name: X-User}}", new(HashPolicyKind.Header, "x-user", false));
        AssertPolicy("{header: {header_name: ':path', regex_rewrite: {pattern: {regex: a}, substitution: b}}, terminal: true}", new(HashPolicyKind.Header, ":path", true) { Rewrite = new("a", "b") });
        AssertPolicy("{cookie: {name: c}}", new(HashPolicyKind.Cookie, "c", false));
        AssertPolicy(
            "{cookie: {name: c, ttl: 60s, path: /p, attributes: [{name: SameSite, value: Strict}]}}",
            new(HashPolicyKind.Cookie, "c", false) { CookieTtl = TimeSpan.FromSeconds(60), CookiePath = "/p", CookieAttributes = [KeyValuePair.Create("SameSite", "Strict")] });
        AssertPolicy("{cookie: {name: c, ttl: 0s}}", new(HashPolicyKind.Cookie, "c", false) { CookieTtl = TimeSpan.Zero });
        AssertPolicy("{connection_properties: {source_ip: true}}", new(HashPolicyKind.SourceIp, "", false), "connection_properties");
        AssertPolicy("{connection_properties: {}}", new(HashPolicyKind.None, "", false), "connection_properties");
        AssertPolicy("{query_parameter: {name: Q}}", new(HashPolicyKind.QueryParameter, "Q", false));
        AssertPolicy("{filter_state: {key: io.grpc.channel_id}}", new(HashPolicyKind.FilterState, "io.grpc.channel_id", false));
    }

    [Theory]
    [InlineData("{}", ": a policy is required: header, cookie, connection_properties, query_parameter or filter_state")]
    [InlineData("{terminal: true}", ": a policy is required")]
    [InlineData("{header: {}}", ".header.header_name: '' is not a valid header name")]
    [InlineData("{header: {header_name: 'a b'}}", ".header.header_name: 'a b' is not a valid header name")]
    [InlineData("{header: {header_name: a, regex_rewrite: {}}}", ".header.regex_rewrite.pattern: required")]
    [InlineData("{cookie: {}}", ".cookie.name: required")]
    [InlineData("{cookie: {name: c, ttl: -1s}}", ".cookie.ttl: -1s is not allowed")]
    [InlineData("{cookie: {name: c, attributes: [{value: v}]}}", ".cookie.attributes[0].name: required")]
    [InlineData("{query_parameter: {}}", ".query_parameter.name: required")]
    [InlineData("{filter_state: {}}", ".filter_state.key: required")]
    public void WhatIsIncompleteIsRefused(string policy, string finding)
    {
        Decoded decoded = Read(policy);
        Assert.StartsWith($"E {At}.hash_policy[0]{finding}", Decoded.Show(Assert.Single(decoded.Findings, each => each.Severity == Severity.Error)), StringComparison.Ordinal);
        Assert.Empty(decoded.Set.RouteConfigurations);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{filter_state: {}}")]
    public void ForGrpcItHashesNothing(string policy)
    {
        Decoded decoded = Read(policy, new DecoderSettings { Dialect = XdsDialect.Grpc });
        Assert.False(decoded.HasErrors);
        Assert.Equal([new HashPolicyResource(HashPolicyKind.None, "", false)], decoded.Route().Action.HashPolicies);
    }

    [Fact]
    public void OtherFilterStateIsReported() =>
        OneRoute.Action("hash_policy: [{filter_state: {key: K}}]").AssertFindings($"W {At}.hash_policy[0].filter_state.key: a client has no filter state 'K': it hashes nothing");

    /// <param name="policy">The policy.</param>
    /// <param name="expected">What it is read as.</param>
    /// <param name="reported">The fields that this version does not act on.</param>
    private static void AssertPolicy(string policy, HashPolicyResource expected, params string[] reported) => Assert.Equal(
        [expected],
        Read(policy).AssertFindings([.. reported.Select(field => $"W {At}.hash_policy[0].{field}: read and checked, but")]).Route().Action.HashPolicies);

    private static Decoded Read(string policy, DecoderSettings? decoder = null) =>
        OneRoute.Route($"match: {{prefix: /}}, route: {{hash_policy: [{policy}], weighted_clusters: {{use_hash_policy: true, clusters: [{{name: c, weight: 1}}]}}}}", decoder);
}
