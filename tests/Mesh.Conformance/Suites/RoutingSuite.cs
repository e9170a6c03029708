using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Mesh.Routing;
using Mesh.Snapshots;
using Mesh.Tool.RouteTests;
using Mesh.Wire.Decode;

namespace Mesh.Conformance.Suites;

/// <summary>
/// Route configurations with requests and what becomes of them. What Envoy's test harness sets from outside (runtime keys, the
/// headers of a proxy in front) is adapted here.
/// </summary>
internal static class RoutingSuite
{
    // What Envoy's own tests register.
    private static readonly DecoderSettings Settings = new()
    {
        FilterTypes = new Dictionary<string, HttpFilterType>(StringComparer.Ordinal) { ["google.protobuf.Timestamp"] = new(_ => null) },
    };

    public static IEnumerable<CaseResult> RunAll(string folder) =>
        Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal).SelectMany(Run);

    private static IEnumerable<CaseResult> Run(string folder)
    {
        string name = Path.GetFileName(folder);
        var configuration = (JsonObject)JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "routes.json")))!;
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "cases.json")));
        foreach (RouteCase each in RouteCase.ReadAll(document.RootElement))
            yield return Run($"{name}/{each.Name}", each, configuration);
    }

    private static CaseResult Run(string name, RouteCase each, JsonObject configuration)
    {
        JsonObject adapted = each.Request.RuntimeOverrides.Count == 0 ? configuration : (JsonObject)configuration.DeepClone();
        if (each.Request.RuntimeOverrides.Count > 0)
            RuntimeKeys.Apply(adapted, each.Request.RuntimeOverrides);
        var (table, errors) = RouteTables.Load(adapted, settings: Settings);
        return table is null
            ? CaseResult.Of(name, [$"refused: {errors[0]}"])
            : CaseResult.Of(name, RouteExpectation.Failures(each.Expect, Outcome(table, each.Request), RouteProperties.Read));
    }

    private static RouteOutcome Outcome(RouteTable<Route> table, RouteRequest request)
    {
        // Envoy finds no route for a request without x-forwarded-proto, and takes x-envoy-internal for where it came from.
        if (!request.Headers.Any(header => header.Key == "x-forwarded-proto"))
            return RouteOutcome.Of(new RouteTable<Route>([], ignorePort: false), request);
        bool isInternal = request.Headers.Any(header => header is { Key: "x-envoy-internal", Value: "true" });
        return RouteOutcome.Of(table, request, isExternal: !isInternal);
    }
}
