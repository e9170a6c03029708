using Mesh.Resources;
using Mesh.Snapshots;
using Xunit;

namespace Mesh.Client.Tests.Snapshots;

/// <summary>Secrets take the places of their names; a validation secret goes over the default as protobuf merges.</summary>
public sealed class TlsSecretsTests
{
    private static readonly DataSourceResource CaA = new("a.pem", null, null), CaB = new("b.pem", null, null);
    private static readonly TlsCertificateResource Certificate = new(CaA, CaB, null);
    private static readonly SanMatcherResource SanA = new(SanType.Dns, new(StringMatchKind.Exact, "a")), SanB = new(SanType.Dns, new(StringMatchKind.Exact, "b"));

    [Fact]
    public void WithoutNamesNothingChanges()
    {
        var context = new TlsContextResource { Sni = "x", Certificate = Certificate, Validation = new() { TrustedCa = CaA } };
        Assert.Equal(context, Resolve(context));
        Assert.Equal(new TlsContextResource(), Resolve(new TlsContextResource()));
    }

    [Fact]
    public void ACertificateTakesTheNamesPlace() =>
        Assert.Equal(new TlsContextResource { Certificate = Certificate }, Resolve(new() { CertificateSecret = "s" }, new SecretResource("s", Certificate, null)));

    [Fact]
    public void ValidationIsMergedOverTheDefault()
    {
        AssertMerged(null, new() { TrustedCa = CaA, SubjectAltNames = [SanA] }, new() { TrustedCa = CaA, SubjectAltNames = [SanA] });
        AssertMerged(new() { SubjectAltNames = [SanA] }, new() { TrustedCa = CaA, SubjectAltNames = [SanB] }, new() { TrustedCa = CaA, SubjectAltNames = [SanA, SanB] });
        AssertMerged(new() { TrustedCa = CaA }, new() { TrustedCa = CaB }, new() { TrustedCa = CaB });
        AssertMerged(new() { TrustedCa = CaA }, new() { SystemRoots = true }, new() { SystemRoots = true });
        AssertMerged(new() { SystemRoots = true }, new() { TrustedCa = CaA }, new() { TrustedCa = CaA });
    }

    [Fact]
    public void WhatIsMissingIsNamed()
    {
        AssertError("common_tls_context.tls_certificate_sds_secret_configs: no secret named 's' holds a tls_certificate", new() { CertificateSecret = "s" });
        AssertError(
            "common_tls_context.tls_certificate_sds_secret_configs: no secret named 's' holds a tls_certificate",
            new() { CertificateSecret = "s" },
            new SecretResource("s", null, new() { SystemRoots = true }));
        AssertError("common_tls_context.validation_context_sds_secret_config: no secret named 's' holds a validation_context", new() { ValidationSecret = "s" });
        AssertError(
            "common_tls_context.validation_context_sds_secret_config: no secret named 's' holds a validation_context",
            new() { ValidationSecret = "s" },
            new SecretResource("s", Certificate, null));
        AssertError("common_tls_context: neither the validation context nor its secret says whom to trust", new() { Validation = new() });
    }

    private static void AssertMerged(ValidationContextResource? defaults, ValidationContextResource secret, ValidationContextResource expected) => Assert.Equal(
        new TlsContextResource { Validation = expected },
        Resolve(new() { Validation = defaults, ValidationSecret = "s" }, new SecretResource("s", null, secret)));

    private static TlsContextResource? Resolve(TlsContextResource context, params SecretResource[] secrets)
    {
        var errors = new ErrorCollector();
        TlsContextResource? resolved = TlsSecrets.Resolve(context, secrets.ToDictionary(secret => secret.Name), errors);
        Assert.Empty(errors.Items);
        return resolved;
    }

    private static void AssertError(string expected, TlsContextResource context, params SecretResource[] secrets)
    {
        var errors = new ErrorCollector();
        Assert.Null(TlsSecrets.Resolve(context, secrets.ToDictionary(secret => secret.Name), errors));
        Assert.Equal(expected, Assert.Single(errors.Items).ToString());
    }
}
