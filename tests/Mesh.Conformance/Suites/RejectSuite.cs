using System.Text.Json.Nodes;

namespace Mesh.Conformance.Suites;

/// <summary>Configurations that Envoy refuses.</summary>
internal static class RejectSuite
{
    public static IEnumerable<CaseResult> Run(string folder)
    {
        int i = 0;
        foreach (JsonObject each in CaseFile.Read(folder))
        {
            string name = $"{(string?)each["name"]}#{i++}";
            IReadOnlyList<string>? known = (bool?)each["validateClusters"] != true ? null
                : each["knownClusters"] is JsonArray clusters ? [.. clusters.Select(cluster => (string)cluster!)]
                : [];
            yield return CaseResult.Of(name, RouteTables.Load((JsonObject)each["config"]!, known).Table is null, $"expected to be refused ({(string?)each["message"]}), was accepted");
        }
    }
}
