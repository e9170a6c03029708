using System.Text.Json;
using Mesh.Resources;

namespace Mesh.Sources.Xds.Bootstrap;

/// <summary>Reads the files of <c>tls</c> credentials (A65) and of the <c>file_watcher</c> provider (A29), which are the same but for one rule.</summary>
internal static class PemFilesReader
{
    /// <summary>Reads a <c>config</c>; what it gives is of use only when nothing was reported.</summary>
    /// <param name="config">The object.</param>
    /// <param name="mayBeEmpty">Whether no file at all is good: for <c>tls</c>, which then has the system's roots.</param>
    /// <param name="errors">Where findings go.</param>
    public static PemFiles Read(JsonElement config, bool mayBeEmpty, ErrorCollector errors)
    {
        if (BootstrapObject.Read(config, errors) is not { } entry)
            return new PemFiles();
        var files = new PemFiles
        {
            CertificateFile = entry.File("certificate_file"),
            PrivateKeyFile = entry.File("private_key_file"),
            CaCertificateFile = entry.File("ca_certificate_file"),
            RefreshInterval = Refresh(entry, errors),
        };
        entry.NotSupported("spiffe_trust_bundle_map_file", "gRFC A87");
        entry.ReportUnknown();
        Validate(files, mayBeEmpty, errors);
        return files;
    }

    private static TimeSpan Refresh(BootstrapObject entry, ErrorCollector errors)
    {
        TimeSpan interval = entry.Duration("refresh_interval") ?? default;
        if (interval < TimeSpan.Zero)
            errors.Error("refresh_interval", "must not be negative");

        // grpc-go takes zero for unset.
        return interval > TimeSpan.Zero ? interval : PemFiles.DefaultRefreshInterval;
    }

    private static void Validate(PemFiles files, bool mayBeEmpty, ErrorCollector errors)
    {
        if (files is { CertificateFile: null, PrivateKeyFile: null, CaCertificateFile: null })
        {
            if (!mayBeEmpty)
                errors.Error("names no file; certificate_file with private_key_file, or ca_certificate_file, or all three are needed");
            return;
        }

        if (files.CertificateFile is null != files.PrivateKeyFile is null)
        {
            var (given, missing) = files.PrivateKeyFile is null ? ("certificate_file", "private_key_file") : ("private_key_file", "certificate_file");
            errors.Error(missing, $"is missing; it comes together with {given}");
        }
        else if (files is { CertificateFile: { } certificate, PrivateKeyFile: { } key } && Directory(certificate) != Directory(key))
        {
            // A key and its certificate are changed together by switching a link to their directory (A29).
            errors.Error("private_key_file", $"{Quoted.Name(key)} must lie in the directory of certificate_file {Quoted.Name(certificate)}");
        }
    }

    private static string? Directory(string file) => Path.GetDirectoryName(Path.GetFullPath(file));
}
