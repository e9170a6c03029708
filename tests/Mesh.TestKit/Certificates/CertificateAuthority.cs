using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Mesh.TestKit.Certificates;

/// <summary>A certificate authority that lives in the test: ECDSA P-256, a root and as many intermediates below it as wanted.</summary>
public sealed class CertificateAuthority : IDisposable
{
    private const string ServerAuth = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuth = "1.3.6.1.5.5.7.3.2";
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private readonly CertificateAuthority? _issuer;

    private CertificateAuthority(X509Certificate2 certificate, CertificateAuthority? issuer)
    {
        Certificate = certificate;
        _issuer = issuer;
    }

    /// <summary>This authority's own certificate, with its key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>The root's certificate without its key: what a peer trusts.</summary>
    public X509Certificate2 Root => _issuer?.Root ?? X509CertificateLoader.LoadCertificate(Certificate.RawData);

    /// <summary>Makes a root. It is valid from ten years ago, so that a leaf may have expired long since.</summary>
    public static CertificateAuthority Create(string name = "Mesh Test Root")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = NewAuthorityRequest(name, key);
        var now = TimeProvider.System.GetUtcNow();
        return new CertificateAuthority(request.CreateSelfSigned(now - (3650 * Day), now + (3650 * Day)), null);
    }

    /// <summary>Makes an authority below this one.</summary>
    public CertificateAuthority CreateIntermediate(string name = "Mesh Test Intermediate")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = NewAuthorityRequest(name, key);
        using var certificate = Sign(request, Certificate.NotBefore, Certificate.NotAfter);
        return new CertificateAuthority(certificate.CopyWithPrivateKey(key), this);
    }

    /// <summary>Issues a server certificate for these names; none: localhost and both loopback addresses.</summary>
    public IssuedCertificate IssueServer(params string[] names) => Issue(new LeafRequest
    {
        CommonName = "server",
        Names = names.Length > 0 ? names : ["localhost", "127.0.0.1", "::1"],
        Client = false,
    });

    /// <summary>Issues a client certificate with this common name and these alternative names.</summary>
    public IssuedCertificate IssueClient(string commonName, params string[] names) =>
        Issue(new LeafRequest { CommonName = commonName, Names = names, Server = false });

    /// <summary>Issues a leaf.</summary>
    public IssuedCertificate Issue(LeafRequest leaf)
    {
        ArgumentNullException.ThrowIfNull(leaf);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = NewRequest(leaf.CommonName, key);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(ExtendedKeyUsage(leaf));
        if (leaf.Names.Count > 0)
            request.CertificateExtensions.Add(AlternativeNames(leaf.Names));

        var now = TimeProvider.System.GetUtcNow();
        using var certificate = Sign(request, leaf.NotBefore ?? now - Day, leaf.NotAfter ?? now + (365 * Day));
        return new IssuedCertificate(
            certificate.CopyWithPrivateKey(key), Intermediates(), key.ExportPkcs8PrivateKeyPem(), Root.ExportCertificatePem());
    }

    /// <summary>A policy that trusts this authority's root and nothing of the machine's.</summary>
    public X509ChainPolicy TrustPolicy()
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.Add(Root);
        return policy;
    }

    /// <inheritdoc/>
    public void Dispose() => Certificate.Dispose();

    private static CertificateRequest NewAuthorityRequest(string name, ECDsa key)
    {
        var request = NewRequest(name, key);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, critical: true));
        var usage = X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign;
        request.CertificateExtensions.Add(new X509KeyUsageExtension(usage, critical: true));
        return request;
    }

    private static CertificateRequest NewRequest(string name, ECDsa key)
    {
        var subject = new X500DistinguishedNameBuilder();
        subject.AddCommonName(name);
        var request = new CertificateRequest(subject.Build(), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return request;
    }

    private static X509EnhancedKeyUsageExtension ExtendedKeyUsage(LeafRequest leaf)
    {
        var usages = new OidCollection();
        if (leaf.Server)
            usages.Add(new Oid(ServerAuth));
        if (leaf.Client)
            usages.Add(new Oid(ClientAuth));
        return new X509EnhancedKeyUsageExtension(usages, critical: false);
    }

    private static X509Extension AlternativeNames(IEnumerable<string> names)
    {
        var builder = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            if (IPAddress.TryParse(name, out var address))
                builder.AddIpAddress(address);
            else if (name.Contains("://", StringComparison.Ordinal))
                builder.AddUri(new Uri(name));
            else
                builder.AddDnsName(name);
        }

        return builder.Build();
    }

    private X509Certificate2 Sign(CertificateRequest request, DateTimeOffset notBefore, DateTimeOffset notAfter)
    {
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(Certificate, true, false));
        return request.Create(Certificate, notBefore, notAfter, RandomNumberGenerator.GetBytes(16));
    }

    private X509Certificate2Collection Intermediates()
    {
        var chain = new X509Certificate2Collection();
        for (var authority = this; authority._issuer is not null; authority = authority._issuer)
            chain.Add(X509CertificateLoader.LoadCertificate(authority.Certificate.RawData));
        return chain;
    }
}
