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

            // Where no clusters are named, that one is unknown is not the reason to refuse, unless the message says so or there is none.
            IReadOnlyList<string>? known = (bool?)each["validateClusters"] == true && each["knownClusters"] is JsonArray clusters
                ? [.. clusters.Select(cluster => (string)cluster!)]
                : null;
            bool refused = RouteTables.Load((JsonObject)each["config"]!, known).Table is null;
            if (!refused && known is null && (bool?)each["validateClusters"] == true && ((string?)each["message"])?.Contains("unknown cluster", StringComparison.Ordinal) != false)
                refused = RouteTables.Load((JsonObject)each["config"]!, []).Table is null;
            yield return CaseResult.Of(name, refused, $"expected to be refused ({(string?)each["message"]}), was accepted");
        }
    }
}
