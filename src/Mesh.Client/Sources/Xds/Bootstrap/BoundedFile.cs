using System.Security;

namespace Mesh.Sources.Xds.Bootstrap;

/// <summary>Reads a file that somebody else names, with a bound and without throwing.</summary>
internal static class BoundedFile
{
    /// <summary>The bytes, or why there are none.</summary>
    public static (byte[]? Bytes, string? Error) Read(string path, int maxBytes)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

            // Devices and the files of /proc and /sys tell no length, so it is counted.
            using var bytes = new MemoryStream();
            byte[] part = new byte[16 << 10];
            for (int read = file.Read(part); read > 0; read = file.Read(part))
            {
                if (bytes.Length + read > maxBytes)
                    return (null, $"is larger than the {maxBytes} bytes allowed");
                bytes.Write(part, 0, read);
            }

            return (bytes.ToArray(), null);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return (null, "does not exist");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException or SecurityException)
        {
            return (null, $"cannot be read: {e.Message}");
        }
    }
}
