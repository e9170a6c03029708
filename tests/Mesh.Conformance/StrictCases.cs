using System.Text.Json;
using Mesh.Tool.RouteTests;

namespace Mesh.Conformance;

/// <summary>The cases of a suite's folder, each of whose keys must be asked for.</summary>
internal static class StrictCases
{
    /// <summary>Some cases are about what stands deep within itself.</summary>
    public static readonly JsonDocumentOptions Deep = new() { MaxDepth = 1000 };

    public static IEnumerable<(string Name, StrictJson Case)> Read(string folder, string file = "cases.json")
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, file)), Deep);
        foreach (JsonElement element in document.RootElement.EnumerateArray())
        {
            string name = element.GetProperty("name").GetString()!;
            var each = new StrictJson(element, name);
            each.Find("name");
            each.Find("source");

            // Switches of grpc-go's environment: what they guard is always on here.
            each.Find("featureFlags");
            yield return (name, each);
        }
    }
}
