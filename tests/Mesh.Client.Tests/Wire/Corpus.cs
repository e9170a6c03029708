using System.Runtime.CompilerServices;
using Xunit;

namespace Mesh.Client.Tests.Wire;

/// <summary>The acceptance data beside the checkout: the folder named by MESH_CORPUS, or shared/corpus above the tests.</summary>
internal static class Corpus
{
    public static string? Folder { get; } = Find();

    public static IEnumerable<string> Files(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Folder!, folder)).Order(StringComparer.Ordinal);

    /// <summary>The rows of a table under its header.</summary>
    public static IEnumerable<string[]> Rows(string file) =>
        File.ReadLines(Path.Combine(Folder!, file)).Skip(1).Select(line => line.Split('\t'));

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("MESH_CORPUS") is { Length: > 0 } named)
            return named;

        // The tests' own source tells where the checkout is; their binaries may lie anywhere.
        foreach (string start in new[] { AppContext.BaseDirectory, SourceFolder() })
        {
            for (DirectoryInfo? folder = new(start); folder is not null; folder = folder.Parent)
            {
                string candidate = Path.Combine(folder.FullName, "shared", "corpus");
                if (Directory.Exists(candidate))
                    return candidate;
            }
        }

        return null;
    }

    private static string SourceFolder([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}

/// <summary>A fact about the corpus; skipped, with the reason, where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class CorpusFactAttribute : FactAttribute
{
    public CorpusFactAttribute()
    {
        if (Corpus.Folder is null)
            Skip = "no corpus: MESH_CORPUS is not set and there is no shared/corpus above the tests";
    }
}
