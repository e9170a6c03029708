using System.Security.Cryptography;
using System.Text;
using Mesh.Resources;

namespace Mesh.Sources.Xds.Saved;

/// <summary>
/// The file of the last known good: a mark, the SHA-256 of the rest, then each resource. It is written beside itself and renamed, so that there is
/// an old one or a new one and never half of one; a file that is not whole is none.
/// </summary>
internal static class SavedFile
{
    /// <summary>Larger files are neither written nor read.</summary>
    public const int MaxBytes = 64 << 20;

    private static readonly byte[] Mark = "MESHLKG1"u8.ToArray();

    /// <summary>Reads a file; null, and why, when it cannot be used. One that is not there is empty.</summary>
    public static IReadOnlyList<SavedResource>? Read(string path, out string? error)
    {
        error = null;
        try
        {
            var info = new FileInfo(path);
            if (!info.Exists)
                return [];
            if (info.Length > MaxBytes)
            {
                error = $"it has {info.Length} bytes; at most {MaxBytes} are read";
                return null;
            }

            byte[] bytes = System.IO.File.ReadAllBytes(path);
            ReadOnlySpan<byte> body = bytes.AsSpan(Math.Min(bytes.Length, Mark.Length + SHA256.HashSizeInBytes));
            if (bytes.Length < Mark.Length + SHA256.HashSizeInBytes || !bytes.AsSpan(0, Mark.Length).SequenceEqual(Mark)
                || !bytes.AsSpan(Mark.Length, SHA256.HashSizeInBytes).SequenceEqual(SHA256.HashData(body)))
            {
                error = "it is damaged: its checksum does not fit";
                return null;
            }

            return Decode(bytes, Mark.Length + SHA256.HashSizeInBytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or ArgumentException)
        {
            error = e.Message;
            return null;
        }
    }

    /// <summary>Writes a file; why not, when it cannot be written.</summary>
    public static string? Write(string path, IReadOnlyList<SavedResource> resources)
    {
        string beside = $"{path}.{Environment.ProcessId}.tmp";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            byte[] body = Encode(resources);
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using (var file = new FileStream(beside, options))
            {
                file.Write(Mark);
                file.Write(SHA256.HashData(body));
                file.Write(body);
                file.Flush(flushToDisk: true);
            }

            System.IO.File.Move(beside, path, overwrite: true);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return e.Message;
        }
    }

    private static byte[] Encode(IReadOnlyList<SavedResource> resources)
    {
        using var buffer = new MemoryStream();
        using (var writer = new BinaryWriter(buffer, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(resources.Count);
            foreach (SavedResource resource in resources)
            {
                writer.Write((byte)resource.Type.Index);
                writer.Write(resource.Name);
                writer.Write(resource.Version);
                writer.Write(resource.UpdatedAt.UtcTicks);
                writer.Write(resource.Raw.Length);
                writer.Write(resource.Raw.Span);
            }
        }

        return buffer.ToArray();
    }

    private static List<SavedResource> Decode(byte[] bytes, int start)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes, start, bytes.Length - start, writable: false), Encoding.UTF8);
        int count = reader.ReadInt32();
        var resources = new List<SavedResource>(Math.Min(Math.Max(count, 0), 1024));
        for (int i = 0; i < count; i++)
        {
            int type = reader.ReadByte();
            string name = reader.ReadString(), version = reader.ReadString();
            var updatedAt = new DateTimeOffset(reader.ReadInt64(), TimeSpan.Zero);
            byte[] raw = reader.ReadBytes(reader.ReadInt32());
            if (type < ResourceType.All.Count)
                resources.Add(new SavedResource(ResourceType.All[type], name, version, updatedAt, raw));
        }

        return resources;
    }
}
