using System.Text.Json;
using Mesh.Resources;
using Mesh.Tool.RouteTests;
using Mesh.Wire.Orca;

namespace Mesh.Conformance.Suites;

/// <summary>Load reports in the trailers of an answer (gRFC A51).</summary>
internal static class LoadReportSuite
{
    public static IEnumerable<CaseResult> Run(string folder)
    {
        foreach (var (name, each) in StrictCases.Read(folder))
        {
            using var response = new HttpResponseMessage();
            foreach (JsonProperty header in each.Find("md")!.Value.EnumerateObject())
            {
                foreach (JsonElement value in header.Value.EnumerateArray())
                    response.TrailingHeaders.TryAddWithoutValidation(header.Name, Text(value));
            }

            OrcaReport? found = OrcaReader.Read(response.TrailingHeaders, out bool isMalformed);
            var failures = new List<string>();
            if (each.Find("wantErr")?.GetBoolean() is { } wrong && wrong != isMalformed)
                failures.Add(wrong ? "expected to be refused" : "expected to be read");
            OrcaReport? wanted = each.Object("want") is { } want ? Expected(want) : null;
            if (Show(wanted) is var text && text != Show(found))
                failures.Add($"expected {text}, was {Show(found)}");
            each.Complete();
            yield return CaseResult.Of(name, failures);
        }
    }

    private static string? Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetProperty("@b64").GetString();

    private static OrcaReport Expected(StrictJson want)
    {
        using var response = new HttpResponseMessage();
        byte[] wire = ProtoJson.ToWire(want.Text("@proto")!, want.Find("value")!.Value);
        want.Find("binary");
        want.Complete();
        response.Headers.TryAddWithoutValidation(OrcaReader.BinaryHeader, Convert.ToBase64String(wire));
        return OrcaReader.Read(response.Headers, out _) ?? throw new CaseFormatException("the expected report cannot be read");
    }

    private static string Show(OrcaReport? report) => report is null
        ? "none"
        : $"{report} {Show(report.RequestCost)} {Show(report.Utilization)} {Show(report.NamedMetrics)}";

    private static string Show(IReadOnlyDictionary<string, double> map) => string.Join(' ', map.OrderBy(entry => entry.Key, StringComparer.Ordinal));
}
