using System.Security.Authentication;
using Mesh.Primitives;

namespace Mesh.Resources;

/// <summary><c>envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext</c>.</summary>
internal sealed record TlsContextResource
{
    /// <summary>The name sent in the handshake; empty for none.</summary>
    public string Sni { get; init; } = "";

    /// <summary>The versions allowed; <see cref="SslProtocols.None"/> is the platform's choice.</summary>
    public SslProtocols Protocols { get; init; }

    /// <summary>The client certificate; null for none.</summary>
    public TlsCertificateResource? Certificate { get; init; }

    /// <summary>The name of the secret that holds the client certificate; null for none.</summary>
    public string? CertificateSecret { get; init; }

    /// <summary>How the peer is verified; null with no <see cref="ValidationSecret"/> is the system's roots and the name sent.</summary>
    public ValidationContextResource? Validation { get; init; }

    /// <summary>The name of the secret that holds the validation context, merged over <see cref="Validation"/>; null for none.</summary>
    public string? ValidationSecret { get; init; }

    /// <summary>The provider of the client certificate, of those in the bootstrap (gRFC A29); null for none.</summary>
    public CertificateProviderResource? CertificateProvider { get; init; }

    /// <summary>The provider of the roots, of those in the bootstrap; null for none.</summary>
    public CertificateProviderResource? RootProvider { get; init; }

    /// <summary>Send the endpoint's host name as the name in the handshake (<c>auto_host_sni</c>, gRFC A101).</summary>
    public bool AutoHostSni { get; init; }

    /// <summary>Ask the peer for the name sent (<c>auto_sni_san_validation</c>, gRFC A101).</summary>
    public bool AutoSniSanValidation { get; init; }
}

/// <summary><c>tls.v3.CertificateProviderPluginInstance</c>.</summary>
internal sealed record CertificateProviderResource(string Instance, string Certificate);

/// <summary><c>tls.v3.TlsCertificate</c>. Its text says nothing of its key.</summary>
internal sealed record TlsCertificateResource(DataSourceResource Chain, DataSourceResource PrivateKey, DataSourceResource? Password)
{
    public override string ToString() => $"TlsCertificate {{ Chain = {Chain} }}";
}

/// <summary><c>tls.v3.CertificateValidationContext</c>.</summary>
internal sealed record ValidationContextResource
{
    /// <summary>The roots; null with <see cref="SystemRoots"/> unset means none was given.</summary>
    public DataSourceResource? TrustedCa { get; init; }

    public bool SystemRoots { get; init; }

    /// <summary>One must match a subject alternative name of the peer; empty accepts every name of a trusted chain.</summary>
    public ValueList<SanMatcherResource> SubjectAltNames { get; init; }
}

/// <summary><c>tls.v3.SubjectAltNameMatcher</c>; a null <see cref="Type"/> is the deprecated untyped form, which any kind of name may match.</summary>
internal sealed record SanMatcherResource(SanType? Type, StringMatcherResource Matcher);

/// <summary><c>SubjectAltNameMatcher.SanType</c>.</summary>
internal enum SanType
{
    Email,
    Dns,
    Uri,
    IpAddress,
}

/// <summary><c>tls.v3.Secret</c>: one of the two is set.</summary>
internal sealed record SecretResource(string Name, TlsCertificateResource? Certificate, ValidationContextResource? Validation)
{
    public override string ToString() => $"Secret {{ Name = {Name} }}";
}

/// <summary><c>envoy.config.core.v3.DataSource</c>: exactly one is set. Its text never shows inline content.</summary>
internal sealed record DataSourceResource(string? FileName, ValueList<byte>? Inline, string? EnvironmentVariable)
{
    public override string ToString() =>
        FileName is not null ? $"file {FileName}" : EnvironmentVariable is not null ? $"environment {EnvironmentVariable}" : "inline";
}
