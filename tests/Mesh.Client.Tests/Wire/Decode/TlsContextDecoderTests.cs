using System.Security.Authentication;
using Mesh.Resources;
using Xunit;

namespace Mesh.Client.Tests.Wire.Decode;

/// <summary>The TLS transport socket of a cluster: what would weaken verification without being understood refuses the cluster.</summary>
public sealed class TlsContextDecoderTests
{
    private const string At = "transport_socket.typed_config";
    private static readonly DataSourceResource Ca = new("/etc/mesh/ca.pem", null, null);

    [Fact]
    public void EveryPartIsRead()
    {
        AssertTls("", new());
        AssertTls("sni: a", new() { Sni = "a" });
        AssertTls("common_tls_context: {}", new());
        AssertTls(
            "common_tls_context: {validation_context: {trusted_ca: {filename: ca.pem}}}",
            new() { Validation = new ValidationContextResource { TrustedCa = Ca } });
        AssertTls("common_tls_context: {validation_context_sds_secret_config: {name: v}}", new() { ValidationSecret = "v" });
        AssertTls(
            "common_tls_context: {combined_validation_context: {default_validation_context: {}, validation_context_sds_secret_config: {name: v}}}",
            new() { Validation = new ValidationContextResource(), ValidationSecret = "v" });
        AssertTls("common_tls_context: {tls_certificate_sds_secret_configs: [{name: c}]}", new() { CertificateSecret = "c" });
        AssertTls(
            "common_tls_context: {tls_certificates: [{certificate_chain: {filename: c.pem}, private_key: {filename: k.pem}}]}",
            new() { Certificate = new(new("/etc/mesh/c.pem", null, null), new("/etc/mesh/k.pem", null, null), null) });
    }

    [Theory]
    [InlineData("{}", SslProtocols.None)]
    [InlineData("{tls_minimum_protocol_version: TLSv1_2}", SslProtocols.Tls12 | SslProtocols.Tls13)]
    [InlineData("{tls_minimum_protocol_version: TLSv1_3}", SslProtocols.Tls13)]
    [InlineData("{tls_maximum_protocol_version: TLSv1_2}", SslProtocols.Tls12)]
    [InlineData("{tls_minimum_protocol_version: TLSv1_2, tls_maximum_protocol_version: TLSv1_3}", SslProtocols.Tls12 | SslProtocols.Tls13)]
    public void VersionsAreRead(string parameters, SslProtocols protocols) =>
        AssertTls($"common_tls_context: {{tls_params: {parameters}}}", new() { Protocols = protocols });

    [Theory]
    [InlineData("tls_params: {tls_minimum_protocol_version: TLSv1_0}", $"E {At}.common_tls_context.tls_params.tls_minimum_protocol_version: ")]
    [InlineData("tls_params: {tls_maximum_protocol_version: TLSv1_1}", $"E {At}.common_tls_context.tls_params.tls_maximum_protocol_version: ")]
    [InlineData("tls_params: {tls_minimum_protocol_version: TLSv1_3, tls_maximum_protocol_version: TLSv1_2}",
        $"E {At}.common_tls_context.tls_params.tls_minimum_protocol_version: ")]
    [InlineData("tls_certificate_sds_secret_configs: [{name: a}, {name: b}]", $"E {At}.common_tls_context.tls_certificates: a client has at most one certificate")]
    [InlineData("tls_certificate_sds_secret_configs: [{}]", $"E {At}.common_tls_context.tls_certificate_sds_secret_configs[0].name: required")]
    [InlineData("validation_context_sds_secret_config: {}", $"E {At}.common_tls_context.validation_context_sds_secret_config.name: required")]
    [InlineData("combined_validation_context: {}",
        $"E {At}.common_tls_context.combined_validation_context.default_validation_context: required",
        $"E {At}.common_tls_context.combined_validation_context.validation_context_sds_secret_config: required")]
    [InlineData("validation_context: {trust_chain_verification: ACCEPT_UNTRUSTED, trusted_ca: {filename: a}}",
        $"E {At}.common_tls_context.validation_context.trust_chain_verification: not supported")]
    [InlineData("custom_handshaker: {}", $"E {At}.common_tls_context.custom_handshaker: not supported")]
    [InlineData("tls_certificate_provider_instance: {}",
        $"W {At}.common_tls_context.tls_certificate_provider_instance: read and checked", $"E {At}.common_tls_context.tls_certificate_provider_instance.instance_name: required")]
    [InlineData("tls_certificate_provider_instance: {instance_name: a}",
        $"W {At}.common_tls_context.tls_certificate_provider_instance: read and checked", $"E {At}.common_tls_context.tls_certificate_provider_instance: certificate providers are not supported")]
    [InlineData("validation_context: {ca_certificate_provider_instance: {instance_name: a}}",
        $"W {At}.common_tls_context.validation_context.ca_certificate_provider_instance: read and checked",
        $"E {At}.common_tls_context.validation_context.ca_certificate_provider_instance: certificate providers are not supported")]
    public void ErrorsRefuseTheCluster(string common, params string[] findings) =>
        Assert.Empty(Read($"{{{Xds.Tls}, common_tls_context: {{{common}}}}}").AssertFindings(findings).Set.Clusters);

    [Theory]
    [InlineData("{}", "E transport_socket.typed_config: transport socket '' is not supported")]
    [InlineData("{'@type': type.googleapis.com/envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer}")]
    [InlineData("{'@type': type.googleapis.com/envoy.extensions.transport_sockets.quic.v3.QuicUpstreamTransport}",
        $"E {At}: transport socket 'envoy.extensions.transport_sockets.quic.v3.QuicUpstreamTransport' is not supported; ")]
    [InlineData($"{{{Xds.Tls}, auto_host_sni: true}}", $"W {At}.auto_host_sni: read and checked", $"E {At}.auto_host_sni: not supported")]
    [InlineData($"{{{Xds.Tls}, allow_renegotiation: true}}", $"W {At}.allow_renegotiation: known but not supported")]
    public void OtherSocketsAreReported(string config, params string[] findings)
    {
        Decoded decoded = Read(config);
        decoded.AssertFindings([.. findings.Select(f => f.Contains("is missing", StringComparison.Ordinal) ? f.Replace("E ", "E resources[0].", StringComparison.Ordinal) : f)]);
        Assert.Null(decoded.Set.Clusters.GetValueOrDefault("c")?.Tls?.Certificate);
    }

    [Fact]
    public void ASocketNeedsAConfiguration() =>
        Decoded.Yaml(Xds.Document(Xds.ClusterWith("c", "transport_socket: {name: tls}, ", "127.0.0.1:1"))).AssertFindings("E transport_socket.typed_config: required");

    [Theory]
    [InlineData(255, false)]
    [InlineData(256, true)]
    public void TheNameSentHasALimit(int length, bool refused) => Assert.Equal(refused, Read($"{{{Xds.Tls}, sni: {new string('a', length)}}}").HasErrors);

    private static void AssertTls(string body, TlsContextResource expected) =>
        Assert.Equal(expected, Read($"{{{Xds.Tls}{(body.Length == 0 ? "" : ", ")}{body}}}").AssertFindings().Set.Clusters["c"].Tls);

    private static Decoded Read(string config) => Decoded.Yaml(
        Xds.Document(Xds.ClusterWith("c", $"transport_socket: {{name: tls, typed_config: {config}}}, ", "127.0.0.1:1")), baseDirectory: "/etc/mesh");
}
