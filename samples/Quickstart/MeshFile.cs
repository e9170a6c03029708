using System.Text.RegularExpressions;

namespace Quickstart;

/// <summary>The shipped mesh.yaml in a temporary folder, with the servers' ports in place of its example ports.</summary>
internal sealed partial class MeshFile : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mesh-quickstart-");

    public MeshFile(IReadOnlyList<int> ports) => Write(ports);

    public string Path => System.IO.Path.Combine(_folder.FullName, "mesh.yaml");

    /// <summary>Writes the shipped file anew: 5001 becomes the first port, 5002 the second, and so on.</summary>
    public void Write(IReadOnlyList<int> ports)
    {
        string shipped = File.ReadAllText(System.IO.Path.Combine(AppContext.BaseDirectory, "mesh.yaml"));
        // In one pass, or a port written first, 50023 say, would be taken for an example port by the next.
        File.WriteAllText(Path, ExamplePort().Replace(shipped, match => $":{ports[match.ValueSpan[^1] - '1']}"));
    }

    /// <summary>Edits the split, as an editor would: the file is truncated and written.</summary>
    public void SetSplit(int v1, int v2) =>
        File.WriteAllText(Path, SplitWeights().Replace(File.ReadAllText(Path), $"v1: {v1}, v2: {v2}"));

    public void Dispose() => _folder.Delete(recursive: true);

    [GeneratedRegex(@":500\d\b")]
    private static partial Regex ExamplePort();

    [GeneratedRegex(@"v1: \d+, v2: \d+")]
    private static partial Regex SplitWeights();
}
