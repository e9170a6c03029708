using System.Text.Json;
using Mesh.Resources;
using Mesh.Sources.Xds.Bootstrap;
using Mesh.Sources.Xds.Bootstrap.Platform;

namespace Mesh.Client.Tests.Sources.Xds.Bootstrap.Platform;

/// <summary>A platform made of variables and a folder.</summary>
internal sealed class PlatformUnderTest : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("mesh-platform").FullName;
    private readonly Dictionary<string, string?> _variables = [];
    private readonly ErrorCollector _errors = new();

    /// <summary>What the metadata endpoint answers.</summary>
    public FetchText? Fetch { get; set; }

    public IEnumerable<string> Warnings => _errors.Items.Select(item => item.ToString());

    public bool HasErrors => _errors.HasErrors;

    public PlatformUnderTest Set(params ReadOnlySpan<(string Name, string Value)> variables)
    {
        foreach (var (name, value) in variables)
            _variables[name] = value;
        return this;
    }

    public PlatformUnderTest File(string path, string text)
    {
        string file = Path.Combine(_root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        System.IO.File.WriteAllText(file, text);
        return this;
    }

    public Task<CompletedNode> CompleteAsync(XdsNode? node = null, CancellationToken cancellation = default) =>
        new PlatformNode(_variables.GetValueOrDefault, _root, Fetch).CompleteAsync(node ?? XdsNode.Empty, _errors, cancellation);

    public void Dispose() => Directory.Delete(_root, recursive: true);

    public static JsonElement Json(string text)
    {
        using JsonDocument document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }
}
