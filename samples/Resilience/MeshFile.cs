using System.Text.RegularExpressions;

namespace Resilience;

/// <summary>The shipped mesh.yaml in a temporary folder, with the servers' ports in place of its example ports.</summary>
internal sealed partial class MeshFile : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mesh-resilience-");

    public MeshFile(ServerGroup servers)
    {
        string shipped = File.ReadAllText(System.IO.Path.Combine(AppContext.BaseDirectory, "mesh.yaml"));
        File.WriteAllText(Path, ExamplePort().Replace(shipped, match => $"{servers.Ports[match.ValueSpan[^1] - '1']}"));
    }

    public string Path => System.IO.Path.Combine(_folder.FullName, "mesh.yaml");

    public void Dispose() => _folder.Delete(recursive: true);

    [GeneratedRegex(@"\b500\d\b")]
    private static partial Regex ExamplePort();
}
