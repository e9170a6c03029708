using Mesh.Resources;
using Mesh.Wire;
using Mesh.Wire.Decode;
using Xunit;

namespace Mesh.Client.Tests.Wire.Decode;

/// <summary><c>HealthCheck</c>, and what an endpoint says of its checks.</summary>
public sealed class HealthCheckDecoderTests
{
    private const string Needed = "timeout: 1s, interval: 2s, unhealthy_threshold: 3, healthy_threshold: 4";

    [Fact]
    public void WhatIsLeftOutIsEnvoys()
    {
        HealthCheckResource check = Accept($"{Needed}, http_health_check: {{path: /}}");
        TimeSpan second = TimeSpan.FromSeconds(1);
        Assert.Equal((second, 2 * second, 3u, 4u, true), (check.Timeout, check.Interval, check.UnhealthyThreshold, check.HealthyThreshold, check.ReuseConnection));
        Assert.Equal((60 * second, 60 * second), (check.NoTrafficInterval, check.NoTrafficHealthyInterval));
        Assert.Equal((2 * second, 2 * second, 2 * second), (check.UnhealthyInterval, check.UnhealthyEdgeInterval, check.HealthyEdgeInterval));
        var http = Assert.IsType<HttpHealthCheckResource>(check.Checker);
        Assert.Equal(("", "/", "GET", false, 1024UL), (http.Host, http.Path, http.Method, http.IsHttp2, http.ResponseBufferSize));
    }

    [Fact]
    public void IntervalsStandForThoseLeftOut()
    {
        HealthCheckResource check = Accept($"{Needed}, no_traffic_interval: 9s, unhealthy_interval: 8s, tcp_health_check: {{}}");
        Assert.Equal((9, 8, 2), (check.NoTrafficHealthyInterval.TotalSeconds, check.UnhealthyEdgeInterval.TotalSeconds, check.HealthyEdgeInterval.TotalSeconds));
    }

    [Theory]
    [InlineData("", "E health_checks[0].timeout: required", "E health_checks[0].interval: required", "E health_checks[0].unhealthy_threshold: required", "E health_checks[0].healthy_threshold: required",
        "E health_checks[0]: required: http_health_check, tcp_health_check or grpc_health_check")]
    [InlineData($"{Needed}, alt_port: 65536, tcp_health_check: {{}}", "E health_checks[0].alt_port: 65536 is not allowed; 1 to 65535 are")]
    [InlineData($"{Needed}, no_traffic_interval: 0s, tcp_health_check: {{}}", "E health_checks[0].no_traffic_interval: 0s is not allowed: it must be more than 0s")]
    [InlineData($"{Needed}, http_health_check: {{}}", "E health_checks[0].http_health_check.path: required, and must not be empty")]
    [InlineData($"{Needed}, http_health_check: {{path: 'a b'}}", "E health_checks[0].http_health_check.path: 'a b' is no path")]
    [InlineData($"{Needed}, http_health_check: {{path: /, host: 'a b'}}", "E health_checks[0].http_health_check.host: 'a b' is no host")]
    [InlineData($"{Needed}, http_health_check: {{path: /, method: CONNECT}}", "E health_checks[0].http_health_check.method: CONNECT is not allowed; GET, HEAD,")]
    [InlineData($"{Needed}, http_health_check: {{path: /, codec_client_type: HTTP3}}", "E health_checks[0].http_health_check.codec_client_type: HTTP3 is not supported; HTTP1 and HTTP2 are")]
    [InlineData($"{Needed}, http_health_check: {{path: /, expected_statuses: [{{start: 99, end: 200}}]}}", "E health_checks[0].http_health_check.expected_statuses[0]: [99, 200) is not allowed; start is from 100")]
    [InlineData($"{Needed}, http_health_check: {{path: /, retriable_statuses: [{{start: 500, end: 601}}]}}", "E health_checks[0].http_health_check.retriable_statuses[0]: [500, 601) is not allowed")]
    [InlineData($"{Needed}, http_health_check: {{path: /, expected_statuses: [{{start: 200, end: 200}}]}}", "E health_checks[0].http_health_check.expected_statuses[0]: [200, 200) is not allowed")]
    [InlineData($"{Needed}, http_health_check: {{path: /, receive: [{{text: abc}}]}}", "E health_checks[0].http_health_check.receive[0].text: 'abc' is not allowed; an even number of hexadecimal digits is")]
    [InlineData($"{Needed}, http_health_check: {{path: /, response_buffer_size: 1, receive: [{{text: '0102'}}]}}", "E health_checks[0].http_health_check.receive: 2 bytes are expected of the first 1")]
    [InlineData($"{Needed}, http_health_check: {{path: /, request_headers_to_add: [{{header: {{key: host, value: x}}}}]}}", "E health_checks[0].http_health_check.request_headers_to_add[0].header.key: 'host'")]
    [InlineData($"{Needed}, tcp_health_check: {{send: {{}}}}", "E health_checks[0].tcp_health_check.send: required: text or binary, not empty")]
    [InlineData($"{Needed}, tcp_health_check: {{receive: [{{text: xy}}]}}", "E health_checks[0].tcp_health_check.receive[0].text: 'xy' is not allowed")]
    [InlineData($"{Needed}, grpc_health_check: {{initial_metadata: [{{header: {{key: grpc-timeout, value: x}}}}]}}", "E health_checks[0].grpc_health_check.initial_metadata[0].header.key: metadata name 'grpc-timeout' is the protocol's own")]
    [InlineData($"{Needed}, tls_options: {{alpn_protocols: ['']}}, tcp_health_check: {{}}", "E health_checks[0].tls_options.alpn_protocols[0]: 1 to 255 bytes are allowed")]
    public void ErrorsRefuseTheCluster(string check, params string[] findings) =>
        Assert.Empty(Decoded.Resource(Xds.ClusterType, Cluster(check)).AssertFindings(findings).Set.Clusters);

    /// <summary>A check that cannot be made is none; the others are.</summary>
    [Fact]
    public void ACustomCheckIsReportedAndLeftOut()
    {
        string custom = $"{Needed}, custom_health_check: {{name: envoy.health_checkers.redis}}";
        Decoded decoded = Decoded.Resource(Xds.ClusterType, Cluster(custom)).AssertFindings("W health_checks[0].custom_health_check: known but not supported");
        Assert.Empty(decoded.Set.Clusters["c"].HealthChecks);
    }

    [Fact]
    public void GrpcMakesNone()
    {
        byte[] text = System.Text.Encoding.UTF8.GetBytes(Xds.Document(Xds.Resource(Xds.ClusterType, Cluster($"{Needed}, tcp_health_check: {{}}"))));
        Decoded decoded = Decoded.Read(text, yaml: true, limits: new DocumentSettings { Decoder = new DecoderSettings { Dialect = XdsDialect.Grpc } });
        decoded.AssertFindings("W health_checks: gRPC makes no active health checks: it has no effect");
        Assert.Empty(decoded.Set.Clusters["c"].HealthChecks);
    }

    [Theory]
    [InlineData("port_value: 9", "", 9)]
    [InlineData("address: {socket_address: {address: 10.0.0.9, port_value: 8}}", "10.0.0.9", 8)]
    [InlineData("port_value: 9, address: {socket_address: {address: 10.0.0.9, port_value: 8}}", "10.0.0.9", 9)]
    [InlineData("address: {pipe: {path: /run/x}}", "/run/x", EndpointResource.UnixSocket)]
    [InlineData("hostname: h", "", 0)]
    public void AnEndpointMayBeCheckedElsewhere(string config, string host, int port)
    {
        EndpointResource endpoint = Decoded.Resource(Xds.AssignmentType, Assignment(config)).AssertFindings().Set.Endpoints["e"].Localities[0].Endpoints[0];
        Assert.Equal((host, port), (endpoint.HealthCheck!.Host, endpoint.HealthCheck.Port));
    }

    [Theory]
    [InlineData("port_value: 65536", "port_value: 65536 is more than 65535")]
    [InlineData("hostname: 'a b'", "hostname: 'a b' is no host")]
    [InlineData("address: {}", "address: required: socket_address or pipe")]
    [InlineData("address: {socket_address: {address: name, port_value: 8}}", "address.socket_address.address: 'name' is no IP address")]
    public void WhatAnEndpointSaysIsChecked(string config, string finding) =>
        Decoded.Resource(Xds.AssignmentType, Assignment(config)).AssertFindings($"E endpoints[0].lb_endpoints[0].endpoint.health_check_config.{finding}");

    private static string Cluster(string check) => $"name: c, health_checks: [{{{check}}}], load_assignment: {{cluster_name: c}}";

    private static string Assignment(string config) =>
        $"cluster_name: e, endpoints: [{{lb_endpoints: [{{endpoint: {{address: {{socket_address: {{address: 127.0.0.1, port_value: 1}}}}, health_check_config: {{{config}}}}}}}]}}]";

    private static HealthCheckResource Accept(string check) => Decoded.Resource(Xds.ClusterType, Cluster(check)).AssertFindings().Set.Clusters["c"].HealthChecks[0];
}
