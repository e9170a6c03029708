using Mesh.Resources;
using Xunit;

namespace Mesh.Client.Tests.Wire.Decode;

/// <summary><c>HTTPFault</c>, in a listener and in a route's override.</summary>
public sealed class FaultDecoderTests
{
    private const string Type = "'@type': type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault";
    private const string At = "api_listener.api_listener.http_filters[0].typed_config";

    [Fact]
    public void EveryFieldIsRead()
    {
        HttpFilterResource filter = Read("delay: {fixed_delay: 2s, percentage: {numerator: 4, denominator: TEN_THOUSAND}}, abort: {http_status: 503, percentage: {numerator: 3}}, upstream_cluster: c, headers: [{name: X-A}], downstream_nodes: [n], max_active_faults: 5, response_rate_limit: {fixed_limit: {limit_kbps: 7}, percentage: {numerator: 2}}")
            .AssertFindings().Set.Listeners["l"].Filters.Single();
        Assert.Equal(("f", false), (filter.Name, filter.Disabled));
        Assert.Equal(
            new FaultResource
            {
                Delay = new FaultDelayResource(TimeSpan.FromSeconds(2), new FractionResource(4, 10_000)),
                Abort = new FaultAbortResource(503, null, new FractionResource(3, 100)),
                UpstreamCluster = "c",
                Headers = [new HeaderMatcherResource { Name = "x-a" }],
                DownstreamNodes = ["n"],
                MaxActiveFaults = 5,
                ResponseRateLimit = new FaultRateLimitResource(7, new FractionResource(2, 100)),
            },
            filter.Config);
    }

    [Theory]
    [InlineData("abort: {grpc_status: 8}", null, 8)]
    [InlineData("abort: {grpc_status: 17}", null, 2)]
    [InlineData("abort: {header_abort: {}}", null, null)]
    public void AStatusMayBeOfGrpcOrTheRequests(string abort, int? http, int? grpc) =>
        Assert.Equal(new FaultAbortResource(http, grpc, new FractionResource(0, 100)), ((FaultResource)Read(abort).AssertFindings().Set.Listeners["l"].Filters.Single().Config).Abort);

    [Theory]
    [InlineData("delay: {fixed_delay: 0s}", $"E {At}.delay.fixed_delay: 0s is not allowed: it must be more than 0s")]
    [InlineData("delay: {}", $"E {At}.delay: required: fixed_delay or header_delay")]
    [InlineData("abort: {http_status: 199}", $"E {At}.abort.http_status: 199 is not allowed; 200 to 599 are")]
    [InlineData("abort: {http_status: 600}", $"E {At}.abort.http_status: 600 is not allowed; 200 to 599 are")]
    [InlineData("abort: {percentage: {numerator: 1}}", $"E {At}.abort: required: http_status, grpc_status or header_abort")]
    [InlineData("response_rate_limit: {}", $"E {At}.response_rate_limit: required: fixed_limit or header_limit")]
    [InlineData("response_rate_limit: {fixed_limit: {}}", $"E {At}.response_rate_limit.fixed_limit.limit_kbps: 0 is not allowed; it must be at least 1")]
    [InlineData("headers: [{}]", $"E {At}.headers[0].name: required")]
    public void WhatIsWrongIsRefused(string fault, string finding) => Assert.Empty(Read(fault).AssertFindings(finding).Set.Listeners);

    [Fact]
    public void WhatHasNoEffectIsTold() =>
        Read("response_rate_limit_percent_runtime: x, delay_percent_runtime: x").AssertFindings($"W {At}.response_rate_limit_percent_runtime: ", $"W {At}.delay_percent_runtime: ");

    [Fact]
    public void ALimitMayBeTheRequests() => Assert.Equal(
        new FaultRateLimitResource(null, new FractionResource(0, 100)), ((FaultResource)Read("response_rate_limit: {header_limit: {}}").AssertFindings().Set.Listeners["l"].Filters.Single().Config).ResponseRateLimit);

    [Fact]
    public void ARouteMayOverrideIt()
    {
        FilterOverrideResource fault = OneRoute.Route($"match: {{prefix: /}}, route: {{cluster: c}}, typed_per_filter_config: {{f: {{{Type}, abort: {{http_status: 500}}}}}}").AssertFindings().Route().FilterOverrides.Single();
        Assert.Equal(("f", false, new FaultResource { Abort = new FaultAbortResource(500, null, new FractionResource(0, 100)) }), (fault.Filter, fault.Disabled, (FaultResource)fault.Config!));
        OneRoute.Route($"match: {{prefix: /}}, route: {{cluster: c}}, typed_per_filter_config: {{f: {{{Type}, abort: {{http_status: 5}}}}}}")
            .AssertRefused("E virtual_hosts[0].routes[0].typed_per_filter_config[\"f\"].abort.http_status: 5 is not allowed");
    }

    private static Decoded Read(string fault) => Decoded.Resource(
        Xds.ListenerType, $"name: l, api_listener: {{api_listener: {{{Xds.Manager}, rds: {{route_config_name: r}}, http_filters: [{{name: f, typed_config: {{{Type}, {fault}}}}}, {Xds.Router}]}}}}");
}
