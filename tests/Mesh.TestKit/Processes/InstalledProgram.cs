namespace Mesh.TestKit.Processes;

/// <summary>Finds programs of this machine, for peers that are not always installed.</summary>
internal static class InstalledProgram
{
    // Debian keeps servers in sbin, which an ordinary user's PATH leaves out.
    private static readonly string[] ServerFolders = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

    /// <summary>The full path of the program, or null when neither PATH nor the folders for servers hold it.</summary>
    public static string? Find(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Concat(ServerFolders)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);
}
