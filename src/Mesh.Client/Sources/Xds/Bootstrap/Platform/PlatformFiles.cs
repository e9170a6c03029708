using System.Text;
using Mesh.Resources;

namespace Mesh.Sources.Xds.Bootstrap.Platform;

/// <summary>The small files of a platform, below a root that a test may choose.</summary>
/// <param name="root">What stands for <c>/</c>.</param>
internal sealed class PlatformFiles(string root)
{
    private const int MaxBytes = 1 << 20;

    /// <summary>The text of a file; null when it is not there, or after reporting that it cannot be read.</summary>
    /// <param name="path">From the root, without a slash at its start.</param>
    /// <param name="errors">Where findings go.</param>
    public string? Read(string path, ErrorCollector errors)
    {
        string file = Path.Combine(root, path);
        if (!System.IO.File.Exists(file))
            return null;
        var (bytes, error) = BoundedFile.Read(file, MaxBytes);
        if (bytes is not null)
            return Encoding.UTF8.GetString(bytes);
        errors.Warning($"the file {file} {error}");
        return null;
    }
}
