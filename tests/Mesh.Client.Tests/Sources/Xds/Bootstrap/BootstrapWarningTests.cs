using Mesh.Sources.Xds.Bootstrap;
using Xunit;

namespace Mesh.Client.Tests.Sources.Xds.Bootstrap;

/// <summary>gRPC ignores what it does not know without a word; here it is ignored with one.</summary>
public sealed class BootstrapWarningTests
{
    [Theory]
    [InlineData("""  "unknownField":"foobar" """, "unknownField: unknown, so it has no effect")]
    [InlineData("""  "nodes":{} """, "nodes: unknown, so it has no effect; did you mean 'node'?")]
    [InlineData("""  "node":{"user_agent_name":"x"}""", "node.user_agent_name: unknown, so it has no effect")]
    [InlineData("""  "node":{"locality":{"subzone":"x"}}""", "node.locality.subzone: unknown, so it has no effect; did you mean 'sub_zone'?")]
    [InlineData("""  "node":{"id":"a","id":"b"}""", "node.id: stands twice; the last one counts")]
    [InlineData("""  "certificate_providers":{"a":{"plugin_name":"foo","config":7}}""", "certificate_providers[\"a\"].plugin_name: 'foo' is not known, so the provider has no effect; known is file_watcher")]
    [InlineData("""  "certificate_providers":{"a":{"plugin_name":"file_watcher","x":1,"config":{"ca_certificate_file":"r"}}}""", "certificate_providers[\"a\"].x: unknown, so it has no effect")]
    [InlineData("""  "certificate_providers":{"a":{"plugin_name":"file_watcher","config":{"ca_certificate_file":"r","spiffe_trust_bundle_map_file":"s"}}}""", "certificate_providers[\"a\"].config.spiffe_trust_bundle_map_file: known (gRFC A87) but not supported: it has no effect")]
    [InlineData("""  "authorities":{"a":{"fallback_on_reachability_only":true}}""", "authorities[\"a\"].fallback_on_reachability_only: known (gRFC A95) but not supported: it has no effect")]
    [InlineData("""  "allowed_grpc_services":{"a":{"channel_creds":[{"type":"insecure"}],"x":1}}""", "allowed_grpc_services[\"a\"].x: unknown, so it has no effect")]
    public void OfTheTop(string members, string warning) => Assert.Equal([warning], BootstrapText.Warnings(BootstrapText.With(members)));

    [Theory]
    [InlineData("""  "x":1""", "x: unknown, so it has no effect")]
    [InlineData("""  "max_xds_message_size":1""", "max_xds_message_size: known (gRFC A70) but not supported: it has no effect")]
    [InlineData("""  "server_features":["foo"]""", "server_features[0]: \"foo\" is not known, so it has no effect; known are xds_v3, ignore_resource_deletion, fail_on_data_errors, resource_timer_is_transient_error, trusted_xds_server")]
    [InlineData("""  "server_features":["xds_v3",7]""", "server_features[1]: 7 is not known, so it has no effect; known are xds_v3, ignore_resource_deletion, fail_on_data_errors, resource_timer_is_transient_error, trusted_xds_server")]
    [InlineData("""  "call_creds":[{"type":"x","config":3}]""", "call_creds[0].type: 'x' is not known, so it has no effect; known is jwt_token_file")]
    [InlineData("""  "call_creds":[{"type":"jwt_token_file","config":{"jwt_token_file":"/t","x":1}}]""", "call_creds[0].config.x: unknown, so it has no effect")]
    public void OfAServer(string members, string warning) =>
        Assert.Equal([$"xds_servers[0].{warning}"], BootstrapText.Warnings(BootstrapText.Server($"\"channel_creds\":{BootstrapText.Insecure},{members}")));

    [Theory]
    [InlineData("""[{"type":"x"},{"type":"insecure"}]""", "[0].type: 'x' is not known, so it is passed over; supported are insecure and tls")]
    [InlineData("""[{"type":"google_default"},{"type":"insecure"}]""", "[0].type: google_default is known but not supported, so it is passed over; supported are insecure and tls")]
    [InlineData("""[{"type":"insecure","config":{"a":1}}]""", "[0].config: insecure takes none, so it has no effect")]
    [InlineData("""[{"type":"tls","config":{"x":1}}]""", "[0].config.x: unknown, so it has no effect")]
    public void OfCredentials(string credentials, string warning) =>
        Assert.Equal([$"xds_servers[0].channel_creds{warning}"], BootstrapText.Warnings(BootstrapText.Server($"\"channel_creds\":{credentials}")));

    /// <summary>gRPC stops at the first it can use: what follows is for clients that cannot, and may be whatever they understand.</summary>
    [Fact]
    public void WhatFollowsTheChosenCredentialsIsForOthers() =>
        Assert.Empty(BootstrapText.Warnings(BootstrapText.Server("""  "channel_creds":[{"type":"insecure","config":{}},{"type":"tls","config":7},{"type":"x"}]""")));

    /// <summary>Such a bootstrap is good for gRPC; only the server cannot be used, and says why.</summary>
    [Theory]
    [InlineData("""[{"type":"google_default"}]""", "its channel_creds offer 'google_default'; supported are insecure and tls")]
    [InlineData("""[{"type":"x"},{"type":"google_default","config":{}}]""", "its channel_creds offer 'x', 'google_default'; supported are insecure and tls")]
    public void AServerOfCredentialsThatOnlyGrpcHasIsKept(string credentials, string reason)
    {
        XdsServer server = Assert.Single(BootstrapText.Good(BootstrapText.Server($"\"channel_creds\":{credentials}")).Servers);
        Assert.Equal(reason, Assert.IsType<ChannelCredentials.Unsupported>(server.Credentials).Reason);
    }

    [Fact]
    public void PlacesAreThoseOfTheText() =>
        Assert.Equal("b.json:2:3: V: x: unknown, so it has no effect", Assert.Single(BootstrapReader.Read(System.Text.Encoding.UTF8.GetBytes($"{BootstrapText.Servers},\n  \"x\": 1}}"), "V", "b.json").Findings).ToString());
}
