using Mesh.Resources;
using Mesh.Wire.Protos.Envoy.Extensions.TransportSockets.Tls.V3;
using OldInstance = Mesh.Wire.Protos.Envoy.Extensions.TransportSockets.Tls.V3.CommonTlsContext.Types.CertificateProviderInstance;
using ValidationCase = Mesh.Wire.Protos.Envoy.Extensions.TransportSockets.Tls.V3.CommonTlsContext.ValidationContextTypeOneofCase;

namespace Mesh.Wire.Decode;

/// <summary>
/// <c>CommonTlsContext</c> as gRPC reads it (gRFC A29, A82): certificates and roots come from the providers of the bootstrap, named in the
/// new fields or in the deprecated ones.
/// </summary>
internal static class GrpcTlsDecoder
{
    /// <summary>Reports what gRPC refuses.</summary>
    public static void Check(CommonTlsContext message, bool isServer, ErrorCollector errors)
    {
        if (message.TlsParams is not null)
            errors.Error("tls_params", "not allowed by gRPC (gRFC A29)");
        if (message.CustomHandshaker is not null)
            errors.Error("custom_handshaker", "not allowed by gRPC (gRFC A29)");
        CheckNames(message, errors);
        CertificateProviderResource? identity = Identity(message, out _), roots = Roots(message, out _);
        if (identity is null && message.TlsCertificates.Count > 0)
            errors.Error("tls_certificates", "not allowed by gRPC; tls_certificate_provider_instance is (gRFC A29)");
        if (identity is null && message.TlsCertificateSdsSecretConfigs.Count > 0)
            errors.Error("tls_certificate_sds_secret_configs", "not allowed by gRPC; tls_certificate_provider_instance is (gRFC A29)");
        if (identity is null && isServer)
            errors.Error("tls_certificate_provider_instance", "required of a server by gRPC (gRFC A29)");
        if (message.ValidationContextTypeCase is ValidationCase.ValidationContextSdsSecretConfig or ValidationCase.ValidationContextCertificateProvider)
            errors.Error("not allowed by gRPC: roots come from a certificate provider (gRFC A29)");

        CertificateValidationContext? validation = Validation(message);
        if (roots is null && (isServer ? message.ValidationContextTypeCase != ValidationCase.None : validation?.SystemRootCerts is null))
            errors.Error("validation_context.ca_certificate_provider_instance", isServer ? "required of a server that verifies its clients (gRFC A29, A82)" : "required by gRPC, or system_root_certs: {} (gRFC A29, A82)");
        if (isServer && validation?.MatchSubjectAltNames.Count > 0)
            errors.Error("validation_context.match_subject_alt_names", "not allowed of a server by gRPC (gRFC A29)");
    }

    /// <summary>The provider of the own certificate; null where none is named.</summary>
    public static CertificateProviderResource? Identity(CommonTlsContext message, out string field)
    {
        field = "tls_certificate_provider_instance";
        if (Provider(message.TlsCertificateProviderInstance) is { } provider)
            return provider;
        field = "tls_certificate_certificate_provider_instance";
        return Provider(message.TlsCertificateCertificateProviderInstance);
    }

    /// <summary>The provider of the roots; null where none is named.</summary>
    public static CertificateProviderResource? Roots(CommonTlsContext message, out string field)
    {
        switch (message.ValidationContextTypeCase)
        {
            case ValidationCase.ValidationContext:
                field = "validation_context.ca_certificate_provider_instance";
                return Provider(message.ValidationContext.CaCertificateProviderInstance);
            case ValidationCase.CombinedValidationContext:
                field = "combined_validation_context.default_validation_context.ca_certificate_provider_instance";
                if (Provider(message.CombinedValidationContext.DefaultValidationContext?.CaCertificateProviderInstance) is { } provider)
                    return provider;
                field = "combined_validation_context.validation_context_certificate_provider_instance";
                return Provider(message.CombinedValidationContext.ValidationContextCertificateProviderInstance);
            case ValidationCase.ValidationContextCertificateProviderInstance:
                field = "validation_context_certificate_provider_instance";
                return Provider(message.ValidationContextCertificateProviderInstance);
            default:
                field = "";
                return null;
        }
    }

    /// <summary>The validation context, wherever it stands.</summary>
    private static CertificateValidationContext? Validation(CommonTlsContext message) => message.ValidationContextTypeCase switch
    {
        ValidationCase.ValidationContext => message.ValidationContext,
        ValidationCase.CombinedValidationContext => message.CombinedValidationContext.DefaultValidationContext,
        _ => null,
    };

    /// <summary>Reports providers that have no name.</summary>
    public static void CheckNames(CommonTlsContext message, ErrorCollector errors)
    {
        if (message.TlsCertificateProviderInstance is { InstanceName: "" })
            errors.Error("tls_certificate_provider_instance.instance_name", "required, and must not be empty");
        if (message.TlsCertificateCertificateProviderInstance is { InstanceName: "" })
            errors.Error("tls_certificate_certificate_provider_instance.instance_name", "required, and must not be empty");
        if (message.ValidationContextCertificateProviderInstance is { InstanceName: "" })
            errors.Error("validation_context_certificate_provider_instance.instance_name", "required, and must not be empty");
        if (message.CombinedValidationContext?.ValidationContextCertificateProviderInstance is { InstanceName: "" })
            errors.Error("combined_validation_context.validation_context_certificate_provider_instance.instance_name", "required, and must not be empty");
        if (Validation(message)?.CaCertificateProviderInstance is { InstanceName: "" })
            errors.Error("validation_context.ca_certificate_provider_instance.instance_name", "required, and must not be empty");
    }

    private static CertificateProviderResource? Provider(CertificateProviderPluginInstance? message) =>
        message is { InstanceName.Length: > 0 } ? new CertificateProviderResource(message.InstanceName, message.CertificateName) : null;

    private static CertificateProviderResource? Provider(OldInstance? message) =>
        message is { InstanceName.Length: > 0 } ? new CertificateProviderResource(message.InstanceName, message.CertificateName) : null;
}
