using System.Text.Json.Nodes;

namespace Mesh.Conformance.Suites;

/// <summary>Writes the values that a test gives runtime keys into the configuration, where the keys' defaults stand.</summary>
internal static class RuntimeKeys
{
    public static void Apply(JsonNode? node, IReadOnlyDictionary<string, long> values)
    {
        switch (node)
        {
            case JsonArray list:
                foreach (JsonNode? item in list)
                    Apply(item, values);
                break;
            case JsonObject entry:
                if ((string?)entry["runtimeKey"] is { } key && entry.ContainsKey("defaultValue") && values.TryGetValue(key, out long percent))
                    entry["defaultValue"] = new JsonObject { ["numerator"] = percent, ["denominator"] = "HUNDRED" };
                if ((string?)entry["runtimeKeyPrefix"] is { } prefix && entry["clusters"] is JsonArray clusters)
                    ApplyWeights(clusters, prefix, values);
                if (entry["routes"] is JsonArray routes)
                    DropUnweighted(routes, values);
                foreach (var (_, value) in entry.ToList())
                    Apply(value, values);
                break;
        }
    }

    /// <summary>A route whose weights the keys make zero matches nothing in Envoy; as configuration it would be refused.</summary>
    private static void DropUnweighted(JsonArray routes, IReadOnlyDictionary<string, long> values)
    {
        foreach (JsonNode? route in routes.ToList())
        {
            if (route?["route"]?["weightedClusters"] is not JsonObject weighted || (string?)weighted["runtimeKeyPrefix"] is not { } prefix || weighted["clusters"] is not JsonArray clusters)
                continue;
            if (clusters.Sum(cluster => values.TryGetValue($"{prefix}.{(string?)cluster?["name"]}", out long weight) ? weight : (long)cluster!["weight"]!) == 0)
                routes.Remove(route);
        }
    }

    private static void ApplyWeights(JsonArray clusters, string prefix, IReadOnlyDictionary<string, long> values)
    {
        foreach (JsonNode? cluster in clusters)
        {
            if (cluster is JsonObject weighted && values.TryGetValue($"{prefix}.{(string?)weighted["name"]}", out long weight))
                weighted["weight"] = weight;
        }
    }
}
