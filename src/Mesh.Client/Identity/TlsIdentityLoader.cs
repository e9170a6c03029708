using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Mesh.Resources;

namespace Mesh.Identity;

/// <summary>
/// Loads what a TLS context names from files, variables and inline text. What is loaded is kept by its bytes: the same bytes give
/// the same <see cref="TlsIdentity"/>, so that a file rewritten unchanged changes nothing. Runs on the control loop.
/// </summary>
internal sealed class TlsIdentityLoader
{
    /// <summary>A certificate file larger than this is a mistake.</summary>
    private const int MaxFileBytes = 1 << 20;

    private readonly Dictionary<TlsContextResource, (string Fingerprint, TlsIdentity Identity)> _loaded = [];

    /// <summary>Loads a context; null after reporting why not.</summary>
    /// <param name="context">The context, with secrets already put in place of their names.</param>
    /// <param name="errors">Where findings go.</param>
    public TlsIdentity? Load(TlsContextResource context, ErrorCollector errors)
    {
        int before = errors.ErrorCount;
        byte[]? chain = Read(context.Certificate?.Chain, "certificate_chain", errors);
        byte[]? key = Read(context.Certificate?.PrivateKey, "private_key", errors);
        byte[]? password = Read(context.Certificate?.Password, "password", errors);
        byte[]? roots = Read(context.Validation?.TrustedCa, "trusted_ca", errors);
        if (errors.ErrorCount > before)
            return null;

        string fingerprint = Fingerprint(chain, key, password, roots);
        if (_loaded.TryGetValue(context, out var known) && known.Fingerprint == fingerprint)
            return known.Identity;

        SslStreamCertificateContext? certificate = chain is null ? null : LoadCertificate(chain, key!, password, errors);
        X509Certificate2Collection? trusted = roots is null ? null : LoadRoots(roots, errors);
        if (errors.ErrorCount > before)
            return null;
        var identity = new TlsIdentity
        {
            Sni = context.Sni,
            Protocols = context.Protocols,
            Certificate = certificate,
            Roots = trusted,
            SubjectAltNames = context.Validation is { } validation ? [.. validation.SubjectAltNames.Select(san => new SanMatcher(san))] : null,
        };
        _loaded[context] = (fingerprint, identity);
        return identity;
    }

    /// <summary>Forgets every context that is not in use any more.</summary>
    public void Keep(IReadOnlySet<TlsContextResource> inUse)
    {
        foreach (TlsContextResource context in _loaded.Keys.Where(context => !inUse.Contains(context)).ToList())
            _loaded.Remove(context);
    }

    /// <summary>The files a context names.</summary>
    public static IEnumerable<string> Files(TlsContextResource context) =>
        new[] { context.Certificate?.Chain, context.Certificate?.PrivateKey, context.Certificate?.Password, context.Validation?.TrustedCa }
            .Select(source => source?.FileName)
            .OfType<string>();

    private static byte[]? Read(DataSourceResource? source, string field, ErrorCollector errors)
    {
        if (source is null)
            return null;
        if (source.Inline is { } inline)
            return inline.Span.ToArray();
        if (source.EnvironmentVariable is { } variable)
        {
            if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value)
                return Encoding.UTF8.GetBytes(value);
            errors.Error(field, $"the environment variable {variable} is not set");
            return null;
        }

        try
        {
            var file = new FileInfo(source.FileName!);
            if (file.Length <= MaxFileBytes)
                return File.ReadAllBytes(source.FileName!);
            errors.Error(field, $"{source.FileName} has {file.Length} bytes; at most {MaxFileBytes} are allowed");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            errors.Error(field, $"{source.FileName} cannot be read: {e.Message}");
        }

        return null;
    }

    private static SslStreamCertificateContext? LoadCertificate(byte[] chain, byte[] key, byte[]? password, ErrorCollector errors)
    {
        try
        {
            var certificates = new X509Certificate2Collection();
            string chainText = Encoding.UTF8.GetString(chain), keyText = Encoding.UTF8.GetString(key);
            certificates.ImportFromPem(chainText);
            X509Certificate2 leaf = password is null
                ? X509Certificate2.CreateFromPem(chainText, keyText)
                : X509Certificate2.CreateFromEncryptedPem(chainText, keyText, Encoding.UTF8.GetString(password).TrimEnd('\r', '\n'));
            certificates.RemoveAt(0);
            return SslStreamCertificateContext.Create(leaf, certificates, offline: true);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            errors.Error("certificate_chain", $"no usable certificate and key: {e.Message}");
            return null;
        }
    }

    private static X509Certificate2Collection? LoadRoots(byte[] roots, ErrorCollector errors)
    {
        try
        {
            var certificates = new X509Certificate2Collection();
            certificates.ImportFromPem(Encoding.UTF8.GetString(roots));
            if (certificates.Count > 0)
                return certificates;
            errors.Error("trusted_ca", "holds no PEM certificate");
        }
        catch (CryptographicException e)
        {
            errors.Error("trusted_ca", $"no usable certificates: {e.Message}");
        }

        return null;
    }

    private static string Fingerprint(params ReadOnlySpan<byte[]?> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (byte[]? part in parts)
        {
            hash.AppendData(BitConverter.GetBytes(part?.Length ?? -1));
            hash.AppendData(part ?? []);
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
