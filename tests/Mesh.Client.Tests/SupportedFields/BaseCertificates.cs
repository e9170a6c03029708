using System.Security.Cryptography;
using Google.Protobuf;
using Mesh.TestKit;
using Mesh.TestKit.Certificates;

namespace Mesh.Client.Tests.SupportedFields;

/// <summary>
/// The files, variables and texts of certificates that the base configuration names, and others to name instead. The variables are the
/// process's: tests that use them are one collection, so that none removes them under another.
/// </summary>
internal sealed class BaseCertificates : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Dictionary<string, string> _others = new(StringComparer.Ordinal);

    public BaseCertificates()
    {
        using CertificateAuthority root = CertificateAuthority.Create("one"), other = CertificateAuthority.Create("two"), below = root.CreateIntermediate();
        using IssuedCertificate leaf = below.IssueClient("leaf"), alien = other.IssueClient("alien");
        using var key = ECDsa.Create();
        key.ImportFromPem(leaf.KeyPem);
        var encryption = new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000);
        Write("ca.pem", leaf.RootPem);
        Write("chain.pem", leaf.Certificate.ExportCertificatePem());
        Write("key.pem", key.ExportEncryptedPkcs8PrivateKeyPem("secret", encryption));
        Write("alien.pem", alien.ChainPem);
        Write("alien-key.pem", alien.KeyPem);

        // Bodies of direct responses, at most five bytes.
        Write("body.txt", "file");
        Write("other.txt", "other");
        Environment.SetEnvironmentVariable("MESH_TEST_BODY", "env");
        Environment.SetEnvironmentVariable("MESH_TEST_OTHER", "other");

        // The same leaf with what lies between it and the root: it fits the key, and it is seen.
        _others["certificate_chain"] = leaf.ChainPem;
        _others["trusted_ca"] = alien.RootPem;
        _others["private_key"] = alien.KeyPem;
        _others["password"] = "wrong";
        foreach (var (name, text) in _others)
        {
            Write($"other-{name}", text);
            Environment.SetEnvironmentVariable(Variable(name), text);
        }
    }

    public string Folder => _folder.Path;

    /// <summary>Another source of the same kind of thing for a field of a DataSource; null for other fields.</summary>
    public object? Other(string shape)
    {
        string[] names = shape.Split('.');
        return names.Length < 2 || !_others.TryGetValue(names[^2], out string? text) ? null : names[^1] switch
        {
            "filename" => $"other-{names[^2]}",
            "inline_string" => text,
            "inline_bytes" => ByteString.CopyFromUtf8(text),
            "environment_variable" => Variable(names[^2]),
            _ => null,
        };
    }

    public void Dispose()
    {
        foreach (string name in _others.Keys)
            Environment.SetEnvironmentVariable(Variable(name), null);
        _folder.Dispose();
    }

    private static string Variable(string name) => $"MESH_SUPPORTED_FIELDS_{name.ToUpperInvariant()}";

    private void Write(string name, string text) => File.WriteAllText(_folder[name], text);
}
