using Mesh.Resources;
using Xunit;

namespace Mesh.Client.Tests.Wire.Decode;

/// <summary>Routes: what matches, where it leads, and that nothing unknown ever matches more than was asked.</summary>
public sealed class RouteDecoderTests
{
    private const string At = "virtual_hosts[0].routes[0]";

    [Theory]
    [InlineData("{prefix: /a}", PathMatchKind.Prefix, "/a", true)]
    [InlineData("{prefix: ''}", PathMatchKind.Prefix, "", true)]
    [InlineData("{path: /a/b}", PathMatchKind.Exact, "/a/b", true)]
    [InlineData("{path: /a, case_sensitive: false}", PathMatchKind.Exact, "/a", false)]
    [InlineData("{prefix: /a, case_sensitive: true}", PathMatchKind.Prefix, "/a", true)]
    public void APathIsMatchedByPrefixOrWhole(string match, object kind, string path, bool caseSensitive) => Assert.Equal(
        new RouteMatchResource { PathKind = (PathMatchKind)kind, Path = path, CaseSensitive = caseSensitive },
        Accept($"match: {match}, route: {{cluster: c}}").Match);

    [Theory]
    [InlineData("route: {cluster: c}", $"E {At}.match: required")]
    [InlineData("match: {}, route: {cluster: c}", $"E {At}.match: a path specifier is required")]
    [InlineData("match: {prefix: /}", $"E {At}: an action is required: route, redirect or direct_response")]
    [InlineData("", $"E {At}.match: required", $"E {At}: an action is required: route, redirect or direct_response")]
    [InlineData("match: {prefix: /, path: /}, route: {cluster: c}", "E resources[0].virtual_hosts[0].routes[0].match.path: only one field of 'path_specifier' may be set")]
    [InlineData("match: {prefix: /, runtime_fraction: {}}, route: {cluster: c}", $"E {At}.match.runtime_fraction.default_value: required")]
    [InlineData("match: {prefix: /, cookies: [{}], dynamic_metadata: [{}]}, route: {cluster: c}",
        $"E {At}.match.cookies[0].name: required", $"E {At}.match.cookies[0].string_match: required",
        $"E {At}.match.dynamic_metadata[0].filter: required", $"E {At}.match.dynamic_metadata[0].path: at least one segment is required", $"E {At}.match.dynamic_metadata[0].value: required")]
    [InlineData("match: {safe_regex: {regex: '(a'}}, route: {cluster: c}", $"E {At}.match.safe_regex.regex: '(a' is no regular expression of RE2: missing")]
    [InlineData("match: {path_separated_prefix: /a/}, route: {cluster: c}", $"E {At}.match.path_separated_prefix: '/a/' must not")]
    [InlineData("match: {prefix: /}, redirect: {host_redirect: 'a b', port_redirect: 65536}", $"E {At}.redirect.host_redirect: holds a space", $"E {At}.redirect.port_redirect: 65536 is no port")]
    [InlineData("match: {prefix: /}, direct_response: {}", $"E {At}.direct_response.status: 0 is not allowed; a status is from 200 to 599")]
    [InlineData("match: {prefix: /}, non_forwarding_action: {}", $"W {At}.non_forwarding_action: read and checked", $"E {At}.non_forwarding_action: not supported")]
    [InlineData("match: {prefix: /}, route: {}", $"E {At}.route: a cluster specifier is required: cluster, cluster_header, weighted_clusters, cluster_specifier_plugin")]
    [InlineData("match: {prefix: /}, route: {cluster: ''}", $"E {At}.route.cluster: required, and must not be empty")]
    [InlineData("match: {prefix: /}, route: {cluster_header: 'a b'}", $"E {At}.route.cluster_header: 'a b' is not a valid header name")]
    [InlineData("match: {prefix: /}, route: {cluster: c, host_rewrite_header: 'a b'}", $"E {At}.route.host_rewrite_header: 'a b' is not a valid header name")]
    [InlineData("match: {prefix: /}, route: {cluster: c, host_rewrite_literal: 'a/b'}", $"E {At}.route.host_rewrite_literal: 'a/b' is not a host")]
    [InlineData("match: {prefix: /}, route: {cluster: c, host_rewrite_literal: 'u@h'}", $"E {At}.route.host_rewrite_literal: 'u@h' is not a host")]
    [InlineData("match: {prefix: /}, route: {cluster: c, regex_rewrite: {}}", $"E {At}.route.regex_rewrite.pattern: required")]
    [InlineData("match: {prefix: /}, route: {cluster: c, timeout: -1s}", $"E {At}.route.timeout: -1s is not allowed: it must be at least 0s")]
    [InlineData("match: {prefix: /}, route: {cluster: c, idle_timeout: -0.000000001s}", $"E {At}.route.idle_timeout: -0.000000001s is not allowed")]
    [InlineData("match: {prefix: /}, route: {cluster: c, max_stream_duration: {max_stream_duration: -2s, grpc_timeout_header_max: -3s}}",
        $"E {At}.route.max_stream_duration.max_stream_duration: -2s", $"E {At}.route.max_stream_duration.grpc_timeout_header_max: -3s")]
    public void WhatCannotBeHonouredIsRefused(string route, params string[] findings) => Refuse(route, findings);

    /// <summary>What is put into a path must not end the request line it stands in (Envoy: well_known_regex HTTP_HEADER_VALUE).</summary>
    [Theory]
    [InlineData("\"/a\\r\\nx: y\"")]
    [InlineData("\"/a\\0\"")]
    [InlineData("\"/a b\"")]
    public void APathRewriteIsOneLine(string rewrite) =>
        Refuse($"match: {{prefix: /}}, route: {{cluster: c, prefix_rewrite: {rewrite}}}", $"E {At}.route.prefix_rewrite: ");

    [Fact]
    public void AnActionKeepsWhatItWasGiven() => Assert.Equal(
        new RouteActionResource
        {
            Clusters = [new WeightedClusterResource("c", 1)],
            PrefixRewrite = "/v2",
            HostRewriteLiteral = "other:8080",
            Timeout = TimeSpan.Zero,
            IdleTimeout = TimeSpan.FromMilliseconds(1500),
            MaxStreamDuration = TimeSpan.FromSeconds(2),
            GrpcTimeoutHeaderMax = TimeSpan.FromSeconds(3),
            RetryPolicy = new RetryPolicyResource { RetryOn = RetryConditions.ConnectFailure },
        },
        Accept(
            """
            match: {prefix: /}, route: {cluster: c, prefix_rewrite: /v2, host_rewrite_literal: other:8080, timeout: 0s, idle_timeout: 1.5s,
              max_stream_duration: {max_stream_duration: 2s, grpc_timeout_header_max: 3s}, retry_policy: {retry_on: connect-failure}}
            """).Action);

    [Fact]
    public void ATimeoutOfTheLargestDurationIsKept() =>
        Assert.Equal(TimeSpan.FromSeconds(315_576_000_000), Accept("match: {prefix: /}, route: {cluster: c, timeout: 315576000000s}").Action.Timeout);

    private static RouteResource Accept(string route) => Read(route).AssertFindings().Set.RouteConfigurations["r"].VirtualHosts[0].Routes[0];

    private static void Refuse(string route, params string[] findings) => Assert.Empty(Read(route).AssertFindings(findings).Set.RouteConfigurations);

    private static Decoded Read(string route) =>
        Decoded.Resource(Xds.RoutesType, $"name: r, virtual_hosts: [{{name: v, domains: [a], routes: [{{{route}}}]}}]");
}
