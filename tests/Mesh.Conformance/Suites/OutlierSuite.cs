using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Mesh.Resources;
using Mesh.Tool.RouteTests;
using Mesh.Wire;
using Mesh.Wire.ShortForm;

namespace Mesh.Conformance.Suites;

/// <summary>Sequences of results, sweeps and changes of one cluster, played to the library's own detector.</summary>
internal static class OutlierSuite
{
    public static IEnumerable<CaseResult> Run(string folder)
    {
        foreach (var (name, each) in StrictCases.Read(folder))
        {
            OutlierDetectionResource config = Read(each.Find("config")!.Value, name);
            foreach (JsonProperty field in each.Find("runtimeOverrides") is { } overrides ? overrides.EnumerateObject().ToList() : [])
                config = OutlierOverrides.Apply(config, field.Name, field.Value.GetUInt32(), name);
            var play = new OutlierPlay(config, each.Find("hosts")!.Value.GetInt32());
            var failures = new List<string>();
            foreach (StrictJson step in each.Objects("events"))
            {
                string line = step.Find("line")?.GetRawText() ?? "?";
                if (play.Step(step, name) is { } failure)
                    failures.Add($"line {line}: {failure}");
                step.Complete();
            }

            each.Complete();
            yield return CaseResult.Of(name, failures);
        }
    }

    /// <summary>Reads a configuration as the library reads that of a user's file.</summary>
    private static OutlierDetectionResource Read(JsonElement config, string where)
    {
        var cluster = new JsonObject
        {
            ["@type"] = "type.googleapis.com/envoy.config.cluster.v3.Cluster",
            ["name"] = "c",
            ["loadAssignment"] = new JsonObject { ["clusterName"] = "c" },
            ["outlierDetection"] = JsonNode.Parse(config.GetRawText()),
        };
        var set = new ResourceSet();
        string text = new JsonObject { ["resources"] = new JsonArray(cluster) }.ToJsonString();
        IReadOnlyList<ResourceError> findings = new ConfigurationDocument(set, new ShortFormServices(), new DocumentSettings())
            .Read(Encoding.UTF8.GetBytes(text), yaml: false, file: null, Path.GetTempPath());
        OutlierDetectionResource? read = set.Clusters.GetValueOrDefault("c")?.OutlierDetection;
        if (read is null)
            throw new CaseFormatException($"{where}: the configuration is refused: {string.Join("; ", findings)}");

        // The default of the longest time follows what is configured, not what runtime lays over it.
        TimeSpan most = TimeSpan.FromSeconds(300), once = read.BaseEjectionTime ?? TimeSpan.Zero;
        return read with { MaxEjectionTime = read.MaxEjectionTime ?? (most > once ? most : once) };
    }
}
