using Mesh.Resources;
using Xunit;

namespace Mesh.Client.Tests.Wire.Decode;

/// <summary><c>rate_limits</c>: every action is checked as Envoy checks it.</summary>
public sealed class RateLimitDecoderTests
{
    private const string At = "virtual_hosts[0].routes[0].route.rate_limits[0]";

    [Theory]
    [InlineData("request_headers: {header_name: x, descriptor_key: k}", "request_headers")]
    [InlineData("generic_key: {descriptor_value: v}", "generic_key")]
    [InlineData("source_cluster: {}", "source_cluster")]
    [InlineData("destination_cluster: {}", "destination_cluster")]
    [InlineData("remote_address: {}", "remote_address")]
    [InlineData("header_value_match: {descriptor_value: v, headers: [{name: x, present_match: true}]}", "header_value_match")]
    [InlineData("query_parameter_value_match: {descriptor_value: v, query_parameters: [{name: q}]}", "query_parameter_value_match")]
    [InlineData("query_parameters: {query_parameter_name: q, descriptor_key: k}", "query_parameters")]
    [InlineData("metadata: {descriptor_key: k, metadata_key: {key: n, path: [{key: p}]}}", "metadata")]
    [InlineData("dynamic_metadata: {descriptor_key: k, metadata_key: {key: n, path: [{key: p}]}}", "dynamic_metadata")]
    [InlineData("masked_remote_address: {v4_prefix_mask_len: 32, v6_prefix_mask_len: 128}", "masked_remote_address")]
    public void EveryActionIsRead(string action, string kind)
    {
        Decoded decoded = Read($"stage: 10, disable_key: off, actions: [{{{action}}}]");
        Assert.Empty(Errors(decoded));
        RateLimitResource limit = decoded.Route().Action.RateLimits[0];
        Assert.Equal((10u, "off", kind), (limit.Stage, limit.DisableKey, limit.Actions[0].Kind));
    }

    [Theory]
    [InlineData("actions: []", ".actions: at least one is required")]
    [InlineData("stage: 11, actions: [{remote_address: {}}]", ".stage: 11 is not allowed; 0 to 10 are")]
    [InlineData("actions: [{remote_address: {}}, {}]", ".actions[1]: an action is required")]
    [InlineData("actions: [{remote_address: {}}], limit: {dynamic_metadata: {}}", ".limit.dynamic_metadata.metadata_key: required")]
    public void ALimitIsChecked(string limit, string finding) => AssertErrors(limit, finding);

    [Theory]
    [InlineData("request_headers: {}", ".request_headers.header_name: '' is not a valid header name", ".request_headers.descriptor_key: required")]
    [InlineData("generic_key: {}", ".generic_key.descriptor_value: required")]
    [InlineData("header_value_match: {}", ".header_value_match.descriptor_value: required", ".header_value_match.headers: at least one is required")]
    [InlineData("header_value_match: {descriptor_value: v, headers: [{}]}", ".header_value_match.headers[0].name: ")]
    [InlineData("query_parameter_value_match: {}", ".query_parameter_value_match.descriptor_value: required", ".query_parameter_value_match.query_parameters: at least one is required")]
    [InlineData("query_parameter_value_match: {descriptor_value: v, query_parameters: [{}]}", ".query_parameter_value_match.query_parameters[0].name: required")]
    [InlineData("query_parameters: {}", ".query_parameters.query_parameter_name: required", ".query_parameters.descriptor_key: required")]
    [InlineData("metadata: {}", ".metadata.descriptor_key: required", ".metadata.metadata_key: required")]
    [InlineData("metadata: {descriptor_key: k, metadata_key: {}}", ".metadata.metadata_key.key: required", ".metadata.metadata_key.path: at least one segment is required")]
    [InlineData("dynamic_metadata: {descriptor_key: k, metadata_key: {key: n, path: [{}]}}", ".dynamic_metadata.metadata_key.path[0].key: required")]
    [InlineData("masked_remote_address: {v4_prefix_mask_len: 33, v6_prefix_mask_len: 129}", ".masked_remote_address.v4_prefix_mask_len: 33 is not allowed", ".masked_remote_address.v6_prefix_mask_len: 129 is not allowed")]
    [InlineData("extension: {name: e, typed_config: {'@type': type.googleapis.com/google.protobuf.Empty}}", ".extension: 'type.googleapis.com/google.protobuf.Empty' is not supported")]
    public void AnActionIsChecked(string action, params string[] findings) => AssertErrors($"actions: [{{{action}}}]", [.. findings.Select(finding => $".actions[0]{finding}")]);

    private static void AssertErrors(string limit, params string[] findings)
    {
        Decoded decoded = Read(limit);
        string[] errors = Errors(decoded);
        Assert.Equal(findings.Length, errors.Length);
        Assert.All(errors.Zip(findings), pair => Assert.StartsWith($"E {At}{pair.Second}", pair.First, StringComparison.Ordinal));
        Assert.Empty(decoded.Set.RouteConfigurations);
    }

    private static string[] Errors(Decoded decoded) => [.. decoded.Findings.Where(finding => finding.Severity == Severity.Error).Select(Decoded.Show)];

    private static Decoded Read(string limit) => OneRoute.Action($"rate_limits: [{{{limit}}}]");
}
