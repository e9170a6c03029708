namespace Mesh.Control;

/// <summary>
/// What tells one state of a file from another without reading it: the length and write time of what a path leads to in the end,
/// symbolic links followed, so that a swapped link shows too.
/// </summary>
internal readonly record struct FileSignature(bool Exists, long Length, DateTime LastWriteUtc, string Target)
{
    public static FileSignature Of(string path)
    {
        try
        {
            using Microsoft.Win32.SafeHandles.SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return new FileSignature(true, RandomAccess.GetLength(file), File.GetLastWriteTimeUtc(file), TargetOf(file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            return default;
        }
    }

    /// <summary>Where the path really leads, so that a link swapped to a file of equal length and time shows; empty where that cannot be told.</summary>
    private static string TargetOf(Microsoft.Win32.SafeHandles.SafeFileHandle file) =>
        OperatingSystem.IsLinux() ? new FileInfo($"/proc/self/fd/{file.DangerousGetHandle()}").LinkTarget ?? "" : "";
}
