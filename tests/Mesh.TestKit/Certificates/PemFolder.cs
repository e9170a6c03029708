using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Mesh.TestKit.Certificates;

/// <summary>
/// A certificate as files: `cert.pem` (leaf and intermediates), `key.pem` (PKCS#8) and `ca.pem` (root). <see cref="Write"/>
/// replaces the three as one, the way Kubernetes mounts a secret: the names are links through `..data`, and one rename of
/// that link switches them all, so a reader sees either the old files or the new.
/// </summary>
public sealed partial class PemFolder
{
    private const string Current = "..data";
    private readonly string _path;
    private int _generation;

    /// <summary>Makes the folder if it is not there and writes the first certificate into it.</summary>
    public PemFolder(string path, IssuedCertificate certificate)
    {
        _path = Directory.CreateDirectory(path).FullName;
        Write(certificate);
        foreach (var file in new[] { CertificateFile, KeyFile, AuthorityFile })
            File.CreateSymbolicLink(file, Path.Combine(Current, Path.GetFileName(file)));
    }

    /// <summary>Full path of the certificate chain.</summary>
    public string CertificateFile => Path.Combine(_path, "cert.pem");

    /// <summary>Full path of the private key.</summary>
    public string KeyFile => Path.Combine(_path, "key.pem");

    /// <summary>Full path of the root to trust.</summary>
    public string AuthorityFile => Path.Combine(_path, "ca.pem");

    /// <summary>Replaces the three files in one step.</summary>
    public void Write(IssuedCertificate certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        var before = $"..{_generation++}";
        var now = $"..{_generation}";
        var folder = Directory.CreateDirectory(Path.Combine(_path, now)).FullName;
        File.WriteAllText(Path.Combine(folder, "cert.pem"), certificate.ChainPem);
        File.WriteAllText(Path.Combine(folder, "key.pem"), certificate.KeyPem);
        File.WriteAllText(Path.Combine(folder, "ca.pem"), certificate.RootPem);

        var link = Path.Combine(_path, Current);
        Directory.CreateSymbolicLink(link + ".new", now);
        // File.Move refuses a link to a folder.
        if (Rename(link + ".new", link) != 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError(), $"Renaming to {link} failed");

        if (Directory.Exists(Path.Combine(_path, before)))
            Directory.Delete(Path.Combine(_path, before), recursive: true);
    }

    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Rename(string from, string to);
}
