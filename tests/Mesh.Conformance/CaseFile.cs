using System.Text.Json.Nodes;

namespace Mesh.Conformance;

/// <summary>The cases of a suite's folder.</summary>
internal static class CaseFile
{
    public static IEnumerable<JsonObject> Read(string folder) =>
        ((JsonArray)JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "cases.json")))!).Select(each => (JsonObject)each!);
}
