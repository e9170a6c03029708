using System.Security.Cryptography.X509Certificates;

namespace Mesh.TestKit.Certificates;

/// <summary>A leaf with its private key, and the intermediates up to but without the root.</summary>
public sealed class IssuedCertificate : IDisposable
{
    internal IssuedCertificate(X509Certificate2 certificate, X509Certificate2Collection intermediates, string keyPem, string rootPem)
    {
        Certificate = certificate;
        Intermediates = intermediates;
        KeyPem = keyPem;
        RootPem = rootPem;
    }

    /// <summary>Reads back what <see cref="PemFolder"/> wrote, without the root: <see cref="RootPem"/> is empty.</summary>
    public static IssuedCertificate FromPemFiles(string certificateFile, string keyFile)
    {
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(certificateFile);
        chain.RemoveAt(0);
        return new IssuedCertificate(X509Certificate2.CreateFromPemFile(certificateFile, keyFile), chain, File.ReadAllText(keyFile), "");
    }

    /// <summary>The leaf with its private key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>What a server sends after its leaf, nearest first; empty when the root issued it.</summary>
    public X509Certificate2Collection Intermediates { get; }

    /// <summary>The leaf and then the intermediates.</summary>
    public string ChainPem => string.Concat(new[] { Certificate }.Concat(Intermediates).Select(c => c.ExportCertificatePem() + "\n"));

    /// <summary>The private key as PKCS#8.</summary>
    public string KeyPem { get; }

    /// <summary>The root to trust.</summary>
    public string RootPem { get; }

    /// <inheritdoc/>
    public void Dispose() => Certificate.Dispose();
}
