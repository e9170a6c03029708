using System.Text.Json.Nodes;

namespace Mesh.Conformance.Suites;

/// <summary>Configurations that Envoy refuses.</summary>
internal static class RejectSuite
{
    public static IEnumerable<CaseResult> Run(string folder)
    {
        int i = 0;
        foreach (JsonNode? each in (JsonArray)JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "cases.json")))!)
        {
            string name = $"{(string?)each!["name"]}#{i++}";
            IReadOnlyList<string>? known = (bool?)each["validateClusters"] != true ? null
                : each["knownClusters"] is JsonArray clusters ? [.. clusters.Select(cluster => (string)cluster!)]
                : [];
            yield return CaseResult.Of(name, RouteTables.Load((JsonObject)each["config"]!, known).Table is null, $"expected to be refused ({(string?)each["message"]}), was accepted");
        }
    }
}
