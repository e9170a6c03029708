using System.Text;
using Mesh.Resources;
using Xunit;

namespace Mesh.Client.Tests.Wire.Decode;

/// <summary>Secrets: certificates and whom to trust. Nothing said about one shows a key.</summary>
public sealed class SecretDecoderTests
{
    private static readonly DataSourceResource Ca = new("/etc/mesh/ca.pem", null, null);

    [Theory]
    [InlineData("{filename: ca.pem}", "/etc/mesh/ca.pem", null, null)]
    [InlineData("{filename: /abs/ca.pem}", "/abs/ca.pem", null, null)]
    [InlineData("{inline_string: abc}", null, "abc", null)]
    [InlineData("{inline_bytes: YWJj}", null, "abc", null)]
    [InlineData("{environment_variable: CA}", null, null, "CA")]
    public void ADataSourceIsAFileAVariableOrInline(string source, string? file, string? inline, string? variable)
    {
        SecretResource secret = Accept($"name: s, validation_context: {{trusted_ca: {source}}}");
        Assert.Equal(
            new DataSourceResource(file, inline is null ? null : new([.. Encoding.UTF8.GetBytes(inline)]), variable), secret.Validation?.TrustedCa);
    }

    [Fact]
    public void ACertificateHasAChainAKeyAndMaybeAPassword() => Assert.Equal(
        new TlsCertificateResource(new("/etc/mesh/c.pem", null, null), new("/etc/mesh/k.pem", null, null), new(null, null, "PW")),
        Accept("name: s, tls_certificate: {certificate_chain: {filename: c.pem}, private_key: {filename: k.pem}, password: {environment_variable: PW}}").Certificate);

    [Fact]
    public void AValidationContextHasRootsAndNames()
    {
        Assert.Equal(
            new ValidationContextResource
            {
                TrustedCa = Ca,
                SubjectAltNames =
                [
                    new(SanType.Dns, new(StringMatchKind.Exact, "a")),
                    new(SanType.Uri, new(StringMatchKind.Prefix, "spiffe://t/", IgnoreCase: true)),
                    new(SanType.IpAddress, new(StringMatchKind.Exact, "::1")),
                    new(SanType.Email, new(StringMatchKind.Suffix, "@t")),
                ],
            },
            Accept(
                """
                name: s, validation_context: {trusted_ca: {filename: ca.pem}, match_typed_subject_alt_names: [{san_type: DNS, matcher: {exact: a}},
                  {san_type: URI, matcher: {prefix: 'spiffe://t/', ignore_case: true}}, {san_type: IP_ADDRESS, matcher: {exact: '::1'}},
                  {san_type: EMAIL, matcher: {suffix: '@t'}}]}
                """).Validation);
        Assert.Equal(
            new ValidationContextResource { SystemRoots = true, SubjectAltNames = [new(null, new(StringMatchKind.Contains, "a"))] },
            Accept("name: s, validation_context: {system_root_certs: {}, match_subject_alt_names: [{contains: a}]}").Validation);
    }

    [Theory]
    [InlineData("", "E required: tls_certificate or validation_context; other secrets are not supported")]
    [InlineData("generic_secret: {}", "W generic_secret: known but not supported", "E required: tls_certificate or validation_context")]
    [InlineData("session_ticket_keys: {}", "W session_ticket_keys: known but not supported", "E required: tls_certificate or validation_context")]
    [InlineData("tls_certificate: {}", "E tls_certificate.certificate_chain: required", "E tls_certificate.private_key: required")]
    [InlineData("tls_certificate: {certificate_chain: {}, private_key: {filename: ''}}",
        "E tls_certificate.certificate_chain: required: filename, inline_bytes, inline_string or environment_variable",
        "E tls_certificate.private_key.filename: required, and must not be empty")]
    [InlineData("tls_certificate: {certificate_chain: {inline_string: ''}, private_key: {inline_bytes: ''}, password: {environment_variable: ''}}",
        "E tls_certificate.certificate_chain.inline_string: required", "E tls_certificate.private_key.inline_bytes: required",
        "E tls_certificate.password.environment_variable: required")]
    [InlineData("validation_context: {trusted_ca: {filename: a}, system_root_certs: {}}", "E validation_context.system_root_certs: set beside trusted_ca")]
    [InlineData("validation_context: {trusted_ca: {filename: a}, match_typed_subject_alt_names: [{matcher: {exact: a}}, {san_type: OTHER_NAME}]}",
        "E validation_context.match_typed_subject_alt_names[0].san_type: ", "E validation_context.match_typed_subject_alt_names[1].san_type: ",
        "E validation_context.match_typed_subject_alt_names[1].matcher: required")]
    [InlineData("validation_context: {trusted_ca: {filename: a}, match_typed_subject_alt_names: [{san_type: IP_ADDRESS, matcher: {exact: a}}]}",
        "E validation_context.match_typed_subject_alt_names[0].matcher.exact: 'a' is no IP address")]
    [InlineData("validation_context: {trusted_ca: {filename: a}, match_typed_subject_alt_names: [{san_type: DNS, matcher: {safe_regex: {}}}]}",
        "E validation_context.match_typed_subject_alt_names[0].matcher.safe_regex.regex: required")]
    [InlineData("validation_context: {trusted_ca: {filename: a}, match_typed_subject_alt_names: [{san_type: DNS, matcher: {exact: a}}], match_subject_alt_names: [{exact: a}]}",
        "E validation_context.match_subject_alt_names[0]: set beside match_typed_subject_alt_names")]
    [InlineData("validation_context: {trusted_ca: {filename: a}, crl: {filename: b}, verify_certificate_hash: [x], allow_expired_certificate: true}",
        "E validation_context.crl: not supported", "E validation_context.verify_certificate_hash: not supported",
        "E validation_context.allow_expired_certificate: not supported")]
    public void ErrorsRefuseTheSecret(string body, params string[] findings) =>
        Assert.Empty(Decoded.Resource(Xds.SecretType, $"name: s{(body.Length == 0 ? "" : ", ")}{body}").AssertFindings(findings).Set.Secrets);

    /// <summary>It may be merged over a default that has the roots; whether anything says whom to trust shows when it is used.</summary>
    [Theory]
    [InlineData("{}")]
    [InlineData("{match_typed_subject_alt_names: [{san_type: DNS, matcher: {exact: a}}]}")]
    public void ASecretMayLeaveTheRootsToItsDefault(string context) => Assert.Null(Accept($"name: s, validation_context: {context}").Validation?.TrustedCa);

    /// <summary>A limit on the chain narrows whom the peer may be; without it more peers are trusted than asked for.</summary>
    [Fact]
    public void ALimitOnTheChainIsNeverIgnored() =>
        Assert.True(Decoded.Resource(Xds.SecretType, "name: s, validation_context: {trusted_ca: {filename: a}, max_verify_depth: 1}").HasErrors);

    [Fact]
    public void ItsTextShowsNoKey()
    {
        SecretResource secret = Accept("name: s, tls_certificate: {certificate_chain: {inline_string: chain-text}, private_key: {inline_string: key-text}}");
        string text = $"{secret} {secret.Certificate} {secret.Certificate?.PrivateKey} {new TlsContextResource { Certificate = secret.Certificate }}";
        Assert.DoesNotContain("key-text", text, StringComparison.Ordinal);
        Assert.DoesNotContain("107", text, StringComparison.Ordinal);
    }

    [Fact]
    public void AnErrorShowsNoKey() =>
        Assert.DoesNotContain(
            Decoded.Resource(Xds.SecretType, "name: s, tls_certificate: {private_key: {inline_string: key-text}, certificate_chain: {inline_string: key-text, filename: a}}").Findings,
            finding => finding.ToString().Contains("key-text", StringComparison.Ordinal));

    private static SecretResource Accept(string body) => Decoded.Resource(Xds.SecretType, body, "/etc/mesh").AssertFindings().Set.Secrets["s"];
}
