using System.Net;
using Mesh.Primitives;
using Mesh.Resources;
using Mesh.Wire.Protos.Envoy.Config.Core.V3;
using Mesh.Wire.Protos.Envoy.Extensions.TransportSockets.Tls.V3;

namespace Mesh.Wire.Decode;

/// <summary><c>Secret</c> and what it may hold. Messages about it never show a key.</summary>
internal static class SecretDecoder
{
    public static SecretResource Decode(Secret message, string baseDirectory, ErrorCollector errors)
    {
        message.Name.Require("name", errors);
        switch (message.TypeCase)
        {
            case Secret.TypeOneofCase.TlsCertificate:
                using (errors.At("tls_certificate"))
                    return new SecretResource(message.Name, Decode(message.TlsCertificate, baseDirectory, errors), null);
            case Secret.TypeOneofCase.ValidationContext:
                using (errors.At("validation_context"))
                {
                    // Roots of the bootstrap's providers are gRPC's, and gRPC has no secrets.
                    if (message.ValidationContext.CaCertificateProviderInstance is not null)
                        errors.Error("ca_certificate_provider_instance", "not supported in a secret");
                    return new SecretResource(message.Name, null, Decode(message.ValidationContext, complete: false, baseDirectory, errors));
                }

            default:
                errors.Error("required: tls_certificate or validation_context; other secrets are not supported");
                return new SecretResource(message.Name, null, null);
        }
    }

    public static TlsCertificateResource? Decode(TlsCertificate message, string baseDirectory, ErrorCollector errors)
    {
        DataSourceResource? chain = null, key = null;
        if (message.CertificateChain.Require("certificate_chain", errors))
        {
            using (errors.At("certificate_chain"))
                chain = Decode(message.CertificateChain, baseDirectory, errors);
        }

        if (message.PrivateKey.Require("private_key", errors))
        {
            using (errors.At("private_key"))
                key = Decode(message.PrivateKey, baseDirectory, errors);
        }

        DataSourceResource? password = null;
        if (message.Password is not null)
        {
            using (errors.At("password"))
                password = Decode(message.Password, baseDirectory, errors);
        }

        return chain is null || key is null ? null : new TlsCertificateResource(chain, key, password);
    }

    /// <param name="message">The context.</param>
    /// <param name="complete">Whether nothing is merged with it, so that it must say whom to trust by itself.</param>
    /// <param name="baseDirectory">What relative file names are relative to.</param>
    /// <param name="errors">Where findings go.</param>
    public static ValidationContextResource Decode(CertificateValidationContext message, bool complete, string baseDirectory, ErrorCollector errors)
    {
        DataSourceResource? trustedCa = null;
        if (message.TrustedCa is not null)
        {
            using (errors.At("trusted_ca"))
                trustedCa = Decode(message.TrustedCa, baseDirectory, errors);
        }

        bool systemRoots = message.SystemRootCerts is not null;
        if (complete && message.TrustedCa is null && !systemRoots)
            errors.Error("trusted_ca", "required, or system_root_certs: {} for the system's roots; an unverified peer is never accepted");
        if (message.TrustedCa is not null && systemRoots)
            errors.Error("system_root_certs", "set beside trusted_ca; only one of them may be set");

        var sans = new List<SanMatcherResource>();
        for (int i = 0; i < message.MatchTypedSubjectAltNames.Count; i++)
        {
            using (errors.At("match_typed_subject_alt_names", i))
            {
                if (Decode(message.MatchTypedSubjectAltNames[i], errors) is { } san)
                    sans.Add(san);
            }
        }

        for (int i = 0; i < message.MatchSubjectAltNames.Count; i++)
        {
            // Envoy does not read the deprecated list beside the typed one.
            using (errors.At("match_subject_alt_names", i))
            {
                if (message.MatchTypedSubjectAltNames.Count > 0)
                    errors.Error("set beside match_typed_subject_alt_names; only one of them may be set");
                else if (HeaderMatcherDecoder.Decode(message.MatchSubjectAltNames[i], errors) is { } matcher)
                    sans.Add(new SanMatcherResource(null, matcher));
            }
        }

        return new ValidationContextResource { TrustedCa = trustedCa, SystemRoots = systemRoots, SubjectAltNames = sans.ToValueList() };
    }

    private static SanMatcherResource? Decode(SubjectAltNameMatcher message, ErrorCollector errors)
    {
        SanType? type = message.SanType switch
        {
            SubjectAltNameMatcher.Types.SanType.Email => SanType.Email,
            SubjectAltNameMatcher.Types.SanType.Dns => SanType.Dns,
            SubjectAltNameMatcher.Types.SanType.Uri => SanType.Uri,
            SubjectAltNameMatcher.Types.SanType.IpAddress => SanType.IpAddress,
            _ => null,
        };
        if (type is null)
            errors.Error("san_type", $"{message.SanType.ProtoName()} is not supported; EMAIL, DNS, URI and IP_ADDRESS are");
        if (!message.Matcher.Require("matcher", errors))
            return null;
        using (errors.At("matcher"))
        {
            StringMatcherResource? matcher = HeaderMatcherDecoder.Decode(message.Matcher, errors);
            if (type == SanType.IpAddress && matcher is { Kind: StringMatchKind.Exact } && !IPAddress.TryParse(matcher.Value, out _))
                errors.Error("exact", $"'{matcher.Value}' is no IP address");
            return type is null || matcher is null ? null : new SanMatcherResource(type, matcher);
        }
    }

    private static DataSourceResource? Decode(DataSource message, string baseDirectory, ErrorCollector errors)
    {
        switch (message.SpecifierCase)
        {
            case DataSource.SpecifierOneofCase.Filename when message.Filename.Require("filename", errors):
                return new DataSourceResource(Path.Combine(baseDirectory, message.Filename), null, null);
            case DataSource.SpecifierOneofCase.EnvironmentVariable when message.EnvironmentVariable.Require("environment_variable", errors):
                return new DataSourceResource(null, null, message.EnvironmentVariable);
            case DataSource.SpecifierOneofCase.InlineString when message.InlineString.Require("inline_string", errors):
                return new DataSourceResource(null, new ValueList<byte>(System.Text.Encoding.UTF8.GetBytes(message.InlineString)), null);
            case DataSource.SpecifierOneofCase.InlineBytes:
                if (message.InlineBytes.IsEmpty)
                    errors.Error("inline_bytes", "required, and must not be empty");
                return new DataSourceResource(null, new ValueList<byte>(message.InlineBytes.ToByteArray()), null);
            case DataSource.SpecifierOneofCase.None:
                errors.Error("required: filename, inline_bytes, inline_string or environment_variable");
                return null;
            default:
                return null;
        }
    }
}
