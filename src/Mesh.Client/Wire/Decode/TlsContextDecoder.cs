using System.Security.Authentication;
using Mesh.Resources;
using Mesh.Wire.Protos.Envoy.Extensions.TransportSockets.Tls.V3;
using TlsProtocol = Mesh.Wire.Protos.Envoy.Extensions.TransportSockets.Tls.V3.TlsParameters.Types.TlsProtocol;

namespace Mesh.Wire.Decode;

/// <summary><c>UpstreamTlsContext</c>. What would weaken verification without being understood is refused by the scan.</summary>
internal static class TlsContextDecoder
{
    public static TlsContextResource Decode(UpstreamTlsContext message, DecoderSettings settings, Unsupportable unsupported, ErrorCollector errors)
    {
        if (message.Sni.Length > 255)
            errors.Error("sni", $"{message.Sni.Length} characters; at most 255 are allowed");
        if (message.AutoHostSni)
            unsupported.Report("auto_host_sni", "not supported", errors, acceptedByGrpc: true);
        if (message.AutoSniSanValidation)
            unsupported.Report("auto_sni_san_validation", "not supported", errors, acceptedByGrpc: true);
        var context = new TlsContextResource { Sni = message.Sni, AutoHostSni = message.AutoHostSni, AutoSniSanValidation = message.AutoSniSanValidation };
        if (message.CommonTlsContext is null)
        {
            if (settings.Dialect == XdsDialect.Grpc)
                errors.Error("common_tls_context", "required by gRPC: without it nothing says whom to trust (gRFC A29)");
            return context;
        }

        using (errors.At("common_tls_context"))
        {
            if (settings.Dialect == XdsDialect.Grpc)
                GrpcTlsDecoder.Check(message.CommonTlsContext, isServer: false, errors);
            else
                GrpcTlsDecoder.CheckNames(message.CommonTlsContext, errors);
            return Decode(context, message.CommonTlsContext, settings, unsupported, errors);
        }
    }

    private static TlsContextResource Decode(TlsContextResource context, CommonTlsContext message, DecoderSettings settings, Unsupportable unsupported, ErrorCollector errors)
    {
        string baseDirectory = settings.BaseDirectory;
        context = context with { Protocols = DecodeVersions(message.TlsParams, errors) };
        if (GrpcTlsDecoder.Identity(message, out string identityField) is { } identity)
        {
            unsupported.Report(identityField, NoProviders, errors, acceptedByGrpc: true);
            context = context with { CertificateProvider = identity };
        }

        CertificateProviderResource? roots = GrpcTlsDecoder.Roots(message, out string rootsField);
        if (roots is not null)
        {
            unsupported.Report(rootsField, NoProviders, errors, acceptedByGrpc: true);
            context = context with { RootProvider = roots };
        }

        if (message.TlsCertificates.Count + message.TlsCertificateSdsSecretConfigs.Count > 1)
            errors.Error("tls_certificates", "a client has at most one certificate, given here or as a secret");
        else if (message.TlsCertificates.Count == 1)
        {
            using (errors.At("tls_certificates", 0))
                context = context with { Certificate = SecretDecoder.Decode(message.TlsCertificates[0], baseDirectory, errors) };
        }
        else if (message.TlsCertificateSdsSecretConfigs.Count == 1)
        {
            using (errors.At("tls_certificate_sds_secret_configs", 0))
                context = context with { CertificateSecret = SecretName(message.TlsCertificateSdsSecretConfigs[0], errors) };
        }

        switch (message.ValidationContextTypeCase)
        {
            case CommonTlsContext.ValidationContextTypeOneofCase.ValidationContext:
                using (errors.At("validation_context"))
                    return context with { Validation = SecretDecoder.Decode(message.ValidationContext, complete: roots is null, baseDirectory, errors) };
            case CommonTlsContext.ValidationContextTypeOneofCase.ValidationContextSdsSecretConfig:
                using (errors.At("validation_context_sds_secret_config"))
                    return context with { ValidationSecret = SecretName(message.ValidationContextSdsSecretConfig, errors) };
            case CommonTlsContext.ValidationContextTypeOneofCase.CombinedValidationContext:
                using (errors.At("combined_validation_context"))
                    return Decode(context, message.CombinedValidationContext, needsBoth: roots is null && settings.Dialect == XdsDialect.Envoy, baseDirectory, errors);
            default:
                return context;
        }
    }

    private const string NoProviders = "certificate providers are not supported";

    private static TlsContextResource Decode(
        TlsContextResource context,
        CommonTlsContext.Types.CombinedCertificateValidationContext message,
        bool needsBoth,
        string baseDirectory,
        ErrorCollector errors)
    {
        // Roots that come from a provider, or from the system as gRPC has it, need neither of the two (gRFC A29, A82).
        if (message.DefaultValidationContext is not null || needsBoth)
        {
            if (message.DefaultValidationContext.Require("default_validation_context", errors))
            {
                using (errors.At("default_validation_context"))
                    context = context with { Validation = SecretDecoder.Decode(message.DefaultValidationContext, complete: false, baseDirectory, errors) };
            }
        }

        if (message.ValidationContextSdsSecretConfig is not null || needsBoth)
        {
            if (message.ValidationContextSdsSecretConfig.Require("validation_context_sds_secret_config", errors))
            {
                using (errors.At("validation_context_sds_secret_config"))
                    context = context with { ValidationSecret = SecretName(message.ValidationContextSdsSecretConfig, errors) };
            }
        }

        return context;
    }

    private static string SecretName(SdsSecretConfig message, ErrorCollector errors)
    {
        message.Name.Require("name", errors);
        return message.Name;
    }

    private static SslProtocols DecodeVersions(TlsParameters? parameters, ErrorCollector errors)
    {
        if (parameters is null)
            return SslProtocols.None;
        using ErrorCollector.Scope scope = errors.At("tls_params");
        TlsProtocol min = parameters.TlsMinimumProtocolVersion, max = parameters.TlsMaximumProtocolVersion;
        if (min == TlsProtocol.TlsAuto && max == TlsProtocol.TlsAuto)
            return SslProtocols.None;

        // Envoy's client speaks TLS 1.2 at least unless told otherwise, and 1.3 at most.
        if (min is not (TlsProtocol.TlsAuto or TlsProtocol.Tlsv12 or TlsProtocol.Tlsv13))
            errors.Error("tls_minimum_protocol_version", $"{Name(min)} is not supported; TLSv1_2 and TLSv1_3 are");
        if (max is not (TlsProtocol.TlsAuto or TlsProtocol.Tlsv12 or TlsProtocol.Tlsv13))
            errors.Error("tls_maximum_protocol_version", $"{Name(max)} is not supported; TLSv1_2 and TLSv1_3 are");
        if (min == TlsProtocol.Tlsv13 && max == TlsProtocol.Tlsv12)
            errors.Error("tls_minimum_protocol_version", $"{Name(min)} is more than tls_maximum_protocol_version, {Name(max)}");
        return min == TlsProtocol.Tlsv13 ? SslProtocols.Tls13
            : max == TlsProtocol.Tlsv12 ? SslProtocols.Tls12
            : SslProtocols.Tls12 | SslProtocols.Tls13;
    }

    private static string Name(TlsProtocol version) => version switch
    {
        TlsProtocol.Tlsv10 => "TLSv1_0",
        TlsProtocol.Tlsv11 => "TLSv1_1",
        TlsProtocol.Tlsv12 => "TLSv1_2",
        TlsProtocol.Tlsv13 => "TLSv1_3",
        _ => version.ProtoName(),
    };
}
