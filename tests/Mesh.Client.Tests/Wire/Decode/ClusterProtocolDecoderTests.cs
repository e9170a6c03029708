using Mesh.Resources;
using Mesh.Wire;
using Mesh.Wire.Decode;
using Xunit;

namespace Mesh.Client.Tests.Wire.Decode;

/// <summary>Which protocol a cluster speaks and how long its connections live, by the new options and the deprecated fields.</summary>
public sealed class ClusterProtocolDecoderTests
{
    private const string Options = "'@type': type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
    private const string At = "typed_extension_protocol_options[\"x\"]";

    [Theory]
    [InlineData("", UpstreamProtocol.Default)]
    [InlineData("http2_protocol_options: {}", UpstreamProtocol.Http2)]
    [InlineData($"typed_extension_protocol_options: {{x: {{{Options}, explicit_http_config: {{http_protocol_options: {{}}}}}}}}", UpstreamProtocol.Http1)]
    [InlineData($"typed_extension_protocol_options: {{x: {{{Options}, explicit_http_config: {{http2_protocol_options: {{}}}}}}}}", UpstreamProtocol.Http2)]
    [InlineData($"typed_extension_protocol_options: {{x: {{{Options}, auto_config: {{}}}}}}", UpstreamProtocol.Auto)]
    [InlineData($"typed_extension_protocol_options: {{x: {{{Options}, use_downstream_protocol_config: {{}}}}}}", UpstreamProtocol.Default)]
    [InlineData($"http2_protocol_options: {{}}, typed_extension_protocol_options: {{x: {{{Options}, explicit_http_config: {{http_protocol_options: {{}}}}}}}}",
        UpstreamProtocol.Http1)]
    public void TheProtocolIsRead(string fields, object protocol) => Assert.Equal((UpstreamProtocol)protocol, Accept(fields).Protocol);

    [Theory]
    [InlineData("common_http_protocol_options: {idle_timeout: 3s, max_connection_duration: 4s}")]
    [InlineData($"typed_extension_protocol_options: {{x: {{{Options}, auto_config: {{}}, common_http_protocol_options: {{idle_timeout: 3s, max_connection_duration: 4s}}}}}}")]
    public void TheLifeOfConnectionsIsRead(string fields)
    {
        ClusterResource cluster = Accept(fields);
        Assert.Equal((TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(4)), (cluster.IdleTimeout, cluster.MaxConnectionDuration));
    }

    /// <summary>The new options take the place of the deprecated ones, each that says something.</summary>
    [Theory]
    [InlineData("max_requests_per_connection: 5", 5u, null)]
    [InlineData("max_requests_per_connection: 5, common_http_protocol_options: {max_requests_per_connection: 6}", 6u, null)]
    [InlineData("max_requests_per_connection: 5, common_http_protocol_options: {}, http2_protocol_options: {connection_keepalive: {interval: 3s, timeout: 2s}}", 5u, 3)]
    [InlineData($"max_requests_per_connection: 5, http2_protocol_options: {{connection_keepalive: {{interval: 3s, timeout: 2s}}}}, typed_extension_protocol_options: {{x: {{{Options}, auto_config: {{}}}}}}", 5u, null)]
    [InlineData($"typed_extension_protocol_options: {{x: {{{Options}, common_http_protocol_options: {{max_requests_per_connection: 7}}, auto_config: {{http2_protocol_options: {{connection_keepalive: {{interval: 4s, timeout: 2s}}}}}}}}}}", 7u, 4)]
    [InlineData($"typed_extension_protocol_options: {{x: {{{Options}, use_downstream_protocol_config: {{http2_protocol_options: {{connection_keepalive: {{interval: 4s, timeout: 2s}}}}}}}}}}", 0u, 4)]
    [InlineData($"typed_extension_protocol_options: {{x: {{{Options}, explicit_http_config: {{http2_protocol_options: {{connection_keepalive: {{timeout: 2s}}}}}}}}}}", 0u, null)]
    public void TheUseOfConnectionsIsRead(string fields, uint most, int? ping)
    {
        ClusterResource cluster = Accept(fields);
        Assert.Equal((most, ping is { } seconds ? new Http2KeepaliveResource(TimeSpan.FromSeconds(seconds), TimeSpan.FromSeconds(2)) : null), (cluster.MaxRequestsPerConnection, cluster.Http2Keepalive));
    }

    [Theory]
    [InlineData("", 1.0)]
    [InlineData("preconnect_policy: {}", 1.0)]
    [InlineData("preconnect_policy: {per_upstream_preconnect_ratio: 1}", 1.0)]
    [InlineData("preconnect_policy: {per_upstream_preconnect_ratio: 2.5}", 2.5)]
    public void WhatIsConnectedAheadIsRead(string fields, double ratio) => Assert.Equal(ratio, Accept(fields).PreconnectRatio);

    [Theory]
    [InlineData("per_upstream_preconnect_ratio: 0.9", "E preconnect_policy.per_upstream_preconnect_ratio: 0.9 is not allowed; 1 to 3 are")]
    [InlineData("per_upstream_preconnect_ratio: 3.1", "E preconnect_policy.per_upstream_preconnect_ratio: 3.1 is not allowed; 1 to 3 are")]
    [InlineData("per_upstream_preconnect_ratio: NaN", "E preconnect_policy.per_upstream_preconnect_ratio: NaN is not allowed; 1 to 3 are")]
    [InlineData("predictive_preconnect_ratio: 2", "W preconnect_policy.predictive_preconnect_ratio: read and checked")]
    [InlineData("predictive_preconnect_ratio: 4", "W preconnect_policy.predictive_preconnect_ratio: read and checked", "E preconnect_policy.predictive_preconnect_ratio: 4 is not allowed; 1 to 3 are")]
    public void WhatIsConnectedAheadHasLimits(string policy, params string[] findings) => Read($"preconnect_policy: {{{policy}}}").AssertFindings(findings);

    [Fact]
    public void GrpcConnectsNothingAhead()
    {
        byte[] text = System.Text.Encoding.UTF8.GetBytes(Xds.Document(Xds.Resource(Xds.ClusterType, "name: c, type: EDS, eds_cluster_config: {eds_config: {ads: {}}}, preconnect_policy: {per_upstream_preconnect_ratio: 2}")));
        Decoded decoded = Decoded.Read(text, yaml: true, limits: new DocumentSettings { Decoder = new DecoderSettings { Dialect = XdsDialect.Grpc } });
        decoded.AssertFindings("W preconnect_policy.per_upstream_preconnect_ratio: gRPC opens no connections ahead");
        Assert.Equal(1, decoded.Set.Clusters["c"].PreconnectRatio);
    }

    [Theory]
    [InlineData("{}", "W typed_extension_protocol_options[\"x\"]: '' is not supported: it has no effect")]
    [InlineData($"{{{Options}}}", $"E {At}: required: explicit_http_config, use_downstream_protocol_config or auto_config")]
    [InlineData($"{{{Options}, explicit_http_config: {{}}}}", $"E {At}.explicit_http_config: required: http_protocol_options or http2_protocol_options")]
    [InlineData($"{{{Options}, explicit_http_config: {{http3_protocol_options: {{}}}}}}", $"E {At}.explicit_http_config.http3_protocol_options: not supported")]
    [InlineData($"{{{Options}, auto_config: {{}}, http_filters: [{Xds.Router}]}}", $"E {At}.http_filters: not supported")]
    [InlineData($"{{{Options}, auto_config: {{}}, upstream_http_protocol_options: {{auto_sni: true, auto_san_validation: true}}}}",
        $"W {At}.upstream_http_protocol_options.auto_sni: read and checked", $"W {At}.upstream_http_protocol_options.auto_san_validation: read and checked")]
    [InlineData($"{{{Options}, auto_config: {{}}, common_http_protocol_options: {{idle_timeout: -1s}}}}",
        $"E {At}.common_http_protocol_options.idle_timeout: -1s is not allowed")]
    [InlineData($"{{{Options}, auto_config: {{}}, common_http_protocol_options: {{max_stream_duration: 1s}}}}",
        $"W {At}.common_http_protocol_options.max_stream_duration: known but not supported on a cluster")]
    [InlineData($"{{{Options}, auto_config: {{http2_protocol_options: {{max_concurrent_streams: 5}}}}}}",
        $"W {At}.auto_config.http2_protocol_options.max_concurrent_streams: known but not supported")]
    [InlineData("{'@type': type.googleapis.com/envoy.extensions.filters.network.redis_proxy.v3.RedisProtocolOptions}",
        $"W {At}: 'type.googleapis.com/envoy.extensions.filters.network.redis_proxy.v3.RedisProtocolOptions' is not supported: it has no effect")]
    public void OthersAreReported(string options, params string[] findings) => Read($"typed_extension_protocol_options: {{x: {options}}}").AssertFindings(findings);

    private static ClusterResource Accept(string fields) => Read(fields).AssertFindings().Set.Clusters["c"];

    private static Decoded Read(string fields) => Decoded.Yaml(Xds.Document(Xds.ClusterWith("c", fields.Length == 0 ? "" : $"{fields}, ", "127.0.0.1:1")));
}
