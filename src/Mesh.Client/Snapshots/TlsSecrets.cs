using Mesh.Resources;

namespace Mesh.Snapshots;

/// <summary>Puts secrets in place of their names in a TLS context.</summary>
internal static class TlsSecrets
{
    /// <summary>The context with its secrets; null after reporting what is missing.</summary>
    public static TlsContextResource? Resolve(TlsContextResource context, Dictionary<string, SecretResource> secrets, ErrorCollector errors)
    {
        if (context.CertificateSecret is { } certificate)
        {
            if (!secrets.TryGetValue(certificate, out SecretResource? secret) || secret.Certificate is null)
            {
                errors.Error("common_tls_context.tls_certificate_sds_secret_configs", $"no secret named '{certificate}' holds a tls_certificate");
                return null;
            }

            context = context with { Certificate = secret.Certificate, CertificateSecret = null };
        }

        if (context.ValidationSecret is { } validation)
        {
            if (!secrets.TryGetValue(validation, out SecretResource? secret) || secret.Validation is null)
            {
                errors.Error("common_tls_context.validation_context_sds_secret_config", $"no secret named '{validation}' holds a validation_context");
                return null;
            }

            context = context with { Validation = Merge(context.Validation, secret.Validation), ValidationSecret = null };
        }

        if (context.Validation is { TrustedCa: null, SystemRoots: false })
        {
            errors.Error("common_tls_context", "neither the validation context nor its secret says whom to trust");
            return null;
        }

        return context;
    }

    /// <summary>The secret over the default, as protobuf merges: single fields replaced, lists joined.</summary>
    private static ValidationContextResource Merge(ValidationContextResource? defaults, ValidationContextResource secret) =>
        defaults is null ? secret : new ValidationContextResource
        {
            TrustedCa = secret.TrustedCa ?? (secret.SystemRoots ? null : defaults.TrustedCa),
            SystemRoots = secret.SystemRoots || (secret.TrustedCa is null && defaults.SystemRoots),
            SubjectAltNames = [.. defaults.SubjectAltNames.Span, .. secret.SubjectAltNames.Span],
        };
}
