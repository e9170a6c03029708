using Mesh.Resources;
using Xunit;

namespace Mesh.Client.Tests.Wire.Decode;

/// <summary><c>LocalRateLimit</c>, in a listener and in a route's override.</summary>
public sealed class LocalRateLimitDecoderTests
{
    private const string Type = "'@type': type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit";
    private const string At = "api_listener.api_listener.http_filters[0].typed_config";
    private const string Bucket = "token_bucket: {max_tokens: 5, fill_interval: 1s}";
    private const string Prefix = "W " + At + ".stat_prefix: ";

    [Fact]
    public void EveryFieldIsRead() => Assert.Equal(
        new LocalRateLimitResource
        {
            Bucket = new TokenBucketResource(5, 2, TimeSpan.FromSeconds(1)),
            Enabled = new FractionResource(3, 100),
            Enforced = new FractionResource(7, 10_000),
            Status = 503,
            AsResourceExhausted = true,
            Headers = new HeaderMutationsResource { ResponseAdd = [new HeaderToAddResource("x-limited", "1", HeaderAppendAction.AppendIfExistsOrAdd, false)] },
        },
        Read("stat_prefix: s, token_bucket: {max_tokens: 5, tokens_per_fill: 2, fill_interval: 1s}, filter_enabled: {default_value: {numerator: 3}}, filter_enforced: {default_value: {numerator: 7, denominator: TEN_THOUSAND}}, "
            + "status: {code: ServiceUnavailable}, rate_limited_as_resource_exhausted: true, response_headers_to_add: [{header: {key: x-limited, value: '1'}}]").AssertFindings(Prefix).Set.Listeners["l"].Filters.Single().Config);

    /// <summary>Neither enabled nor enforced unless it says so, one token a fill, and 429 unless it is an error.</summary>
    [Theory]
    [InlineData("")]
    [InlineData(", status: {code: OK}")]
    public void Defaults(string status) => Assert.Equal(
        new LocalRateLimitResource { Bucket = new TokenBucketResource(5, 1, TimeSpan.FromSeconds(1)), Enabled = new FractionResource(0, 100), Enforced = new FractionResource(0, 100), Status = 429 },
        Read($"stat_prefix: s, {Bucket}{status}").AssertFindings(Prefix).Set.Listeners["l"].Filters.Single().Config);

    [Theory]
    [InlineData(Bucket, $"E {At}.stat_prefix: required")]
    [InlineData("stat_prefix: s, token_bucket: {fill_interval: 1s}", $"E {At}.token_bucket.max_tokens: 0 is not allowed; it must be at least 1")]
    [InlineData("stat_prefix: s, token_bucket: {max_tokens: 1}", $"E {At}.token_bucket.fill_interval: required")]
    [InlineData("stat_prefix: s, token_bucket: {max_tokens: 1, fill_interval: 0.049s}", $"E {At}.token_bucket.fill_interval: 49 ms is not allowed; it must be at least 50 ms")]
    [InlineData("stat_prefix: s, token_bucket: {max_tokens: 1, tokens_per_fill: 0, fill_interval: 1s}", $"E {At}.token_bucket.tokens_per_fill: 0 is not allowed; it must be at least 1")]
    [InlineData("stat_prefix: s, filter_enabled: {}", $"E {At}.filter_enabled.default_value: required")]
    [InlineData("stat_prefix: s, status: {code: 299}", $"E {At}.status.code: 299 is not allowed; the statuses of envoy.type.v3.StatusCode are")]
    [InlineData("stat_prefix: s, stage: 11", $"E {At}.stage: 11 is not allowed; 0 to 10 are")]
    public void WhatIsWrongIsRefused(string limit, string finding)
    {
        Decoded decoded = Read(limit);
        Assert.Empty(decoded.Set.Listeners);
        Assert.Contains(decoded.Findings, item => $"E {item.Path}: {item.Message}".StartsWith(finding, StringComparison.Ordinal));
    }

    [Fact]
    public void ARouteNeedsABucketOfItsOwn()
    {
        FilterOverrideResource limit = Override($"stat_prefix: s, {Bucket}").Route().FilterOverrides.Single();
        Assert.Equal(5u, ((LocalRateLimitResource)limit.Config!).Bucket!.MaxTokens);
        Assert.Contains(Override("stat_prefix: s").Findings, item => item.Path.EndsWith("typed_per_filter_config[\"f\"].token_bucket", StringComparison.Ordinal) && item.Message == "required in the configuration of a route");
    }

    [Fact]
    public void DescriptorsAreTold() =>
        Read($"stat_prefix: s, {Bucket}, vh_rate_limits: INCLUDE, local_rate_limit_per_downstream_connection: true").AssertFindings(Prefix, $"W {At}.vh_rate_limits: ", $"W {At}.local_rate_limit_per_downstream_connection: ");

    private static Decoded Override(string limit) => OneRoute.Route($"match: {{prefix: /}}, route: {{cluster: c}}, typed_per_filter_config: {{f: {{{Type}, {limit}}}}}");

    private static Decoded Read(string limit) => Decoded.Resource(
        Xds.ListenerType, $"name: l, api_listener: {{api_listener: {{{Xds.Manager}, rds: {{route_config_name: r}}, http_filters: [{{name: f, typed_config: {{{Type}, {limit}}}}}, {Xds.Router}]}}}}");
}
