using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Mesh.TestKit.Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Mesh.TestKit.Servers;

/// <summary>The server's side of TLS handshakes. The certificate may be replaced; a handshake under way keeps the one it has.</summary>
internal sealed class TlsListener
{
    private readonly List<SslApplicationProtocol> _alpn = [];
    private readonly CertificateAuthority? _clientAuthority;
    private volatile SslStreamCertificateContext _certificate;

    public TlsListener(IssuedCertificate certificate, HttpProtocols protocols, CertificateAuthority? clientAuthority)
    {
        _clientAuthority = clientAuthority;
        if (protocols.HasFlag(HttpProtocols.Http2))
            _alpn.Add(SslApplicationProtocol.Http2);
        if (protocols.HasFlag(HttpProtocols.Http1))
            _alpn.Add(SslApplicationProtocol.Http11);
        _certificate = ContextOf(certificate);
    }

    public void Use(IssuedCertificate certificate) => _certificate = ContextOf(certificate);

    public SslServerAuthenticationOptions NextHandshake() => new()
    {
        ServerCertificateContext = _certificate,
        ApplicationProtocols = _alpn,
        ClientCertificateRequired = _clientAuthority is not null,
        CertificateChainPolicy = _clientAuthority?.TrustPolicy(),
    };

    // Offline: the chain is what was issued, and no network is asked to complete it.
    private static SslStreamCertificateContext ContextOf(IssuedCertificate certificate) =>
        SslStreamCertificateContext.Create(certificate.Certificate, certificate.Intermediates, offline: true);
}
