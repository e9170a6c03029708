using System.Reflection;

namespace Mesh.Architecture.Tests;

/// <summary>The source tree these tests were built from, and the assemblies built from it.</summary>
internal static class Repository
{
    private static readonly string[] SourceFolders = ["src", "tests", "samples"];
    private static readonly string[] NotOurs = ["bin", "obj", "node_modules", "artifacts", "TestResults", ".git", ".vs", ".idea"];

    public static string Folder { get; } = typeof(Repository).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(a => a.Key == "RepositoryFolder").Value!;

    /// <summary>Every assembly built from <c>src</c>.</summary>
    public static IReadOnlyList<Assembly> Assemblies { get; } = [.. ProjectFolders.Select(folder => Assembly.Load(Path.GetFileName(folder)))];

    /// <summary>The folder of every project under <c>src</c>.</summary>
    public static IEnumerable<string> ProjectFolders =>
        Directory.EnumerateFiles(PathOf("src"), "*.csproj", SearchOption.AllDirectories).Select(file => Path.GetDirectoryName(file)!).Order(StringComparer.Ordinal);

    /// <summary>Every C# file somebody wrote.</summary>
    public static IEnumerable<string> SourceFiles => SourceFolders.SelectMany(folder => Files(folder, "*.cs"));

    public static string PathOf(string relative) => Path.Combine(Folder, relative);

    /// <summary>A path as it is written in a message: from the root of the tree, with slashes.</summary>
    public static string Name(string path) => Path.GetRelativePath(Folder, path).Replace('\\', '/');

    /// <summary>All files under a folder but build output and foreign packages; none when the folder is not there.</summary>
    public static IEnumerable<string> Files(string relative, string pattern = "*")
    {
        string folder = PathOf(relative);
        return Directory.Exists(folder) ? FilesIn(folder, pattern) : [];
    }

    private static IEnumerable<string> FilesIn(string folder, string pattern) =>
        Directory.EnumerateFiles(folder, pattern)
            .Concat(Directory.EnumerateDirectories(folder)
                .Where(child => !NotOurs.Contains(Path.GetFileName(child), StringComparer.Ordinal))
                .SelectMany(child => FilesIn(child, pattern)));
}
