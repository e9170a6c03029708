using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Mesh.Identity;

/// <summary>
/// Makes a stream to a peer a verified TLS stream. The peer's chain must end in the trusted roots; then its names are checked:
/// against the SAN matchers where there are some, else against the name sent.
/// </summary>
internal static class TlsConnector
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    /// <param name="stream">The connected stream; disposed on failure.</param>
    /// <param name="identity">Who we are and whom we trust.</param>
    /// <param name="host">The endpoint's own host, sent and checked where the identity names no other.</param>
    /// <param name="protocols">What ALPN offers.</param>
    /// <param name="cancellationToken">Ends the handshake.</param>
    /// <exception cref="AuthenticationException">The peer was not verified, or it refused us; the message says why.</exception>
    public static async ValueTask<SslStream> ConnectAsync(
        Stream stream, TlsIdentity identity, string host, List<SslApplicationProtocol> protocols, CancellationToken cancellationToken)
    {
        var tls = new SslStream(stream, leaveInnerStreamOpen: false);
        string? refusal = null;
        bool namesMatter = identity.SubjectAltNames is null;
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = identity.Sni.Length > 0 ? identity.Sni : namesMatter ? host : "",
            ApplicationProtocols = protocols,
            EnabledSslProtocols = identity.Protocols,
            ClientCertificateContext = identity.Certificate,
            AllowRenegotiation = false,
            CertificateChainPolicy = ChainPolicy(identity.Roots),
            RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
            {
                refusal = WhyNot(identity, certificate, chain, errors);
                return refusal is null;
            },
        };
        try
        {
            await tls.AuthenticateAsClientAsync(options, cancellationToken).ConfigureAwait(false);
            return tls;
        }
        catch (Exception e)
        {
            await tls.DisposeAsync().ConfigureAwait(false);
            if (refusal is not null && e is AuthenticationException)
                throw new AuthenticationException($"The peer's certificate was refused: {refusal}", e);
            if (e is AuthenticationException or IOException)
                throw new AuthenticationException($"The TLS handshake failed (ALPN offered {(protocols.Count == 0 ? "nothing" : string.Join(", ", protocols))}): {e.GetBaseException().Message}", e);
            throw;
        }
    }

    private static X509ChainPolicy ChainPolicy(X509Certificate2Collection? roots)
    {
        var policy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        policy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        if (roots is not null)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.AddRange(roots);
        }

        return policy;
    }

    private static string? WhyNot(TlsIdentity identity, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is not X509Certificate2 peer)
            return "it sent none";
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors))
        {
            IEnumerable<string> status = chain?.ChainStatus.Select(s => s.StatusInformation.Trim()).Distinct(StringComparer.Ordinal) ?? [];
            return $"its chain is not trusted ({string.Join("; ", status)})";
        }

        if (identity.SubjectAltNames is null)
            return errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) ? $"its names [{Names(peer)}] do not hold the name asked for" : null;
        if (identity.SubjectAltNames.Length == 0)
            return null;
        List<SubjectAltName> names = SubjectAltName.Of(peer);
        foreach (SanMatcher matcher in identity.SubjectAltNames)
        {
            if (names.Exists(matcher.Matches))
                return null;
        }

        return $"its names [{Names(peer)}] match none of [{string.Join<SanMatcher>(", ", identity.SubjectAltNames)}]";
    }

    private static string Names(X509Certificate2 certificate) => string.Join(", ", SubjectAltName.Of(certificate));
}
