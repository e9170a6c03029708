using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using Mesh.Matching;
using Mesh.Snapshots;

namespace Mesh.Tool.RouteTests;

/// <summary>Compares what became of a request with what must.</summary>
internal static class RouteExpectation
{
    /// <summary>What differs, a line each; empty when all holds.</summary>
    /// <param name="expect">What is asserted.</param>
    /// <param name="outcome">What became of the request.</param>
    /// <param name="property">Reads a property of the route that only a suite knows; null where nobody does.</param>
    public static IEnumerable<string> Failures(IReadOnlyDictionary<string, JsonElement> expect, RouteOutcome outcome, Func<RouteOutcome, string, string?>? property = null)
    {
        foreach (var (key, wanted) in expect)
        {
            if (key is "requestHeaders" or "responseHeaders")
            {
                foreach (string failure in HeaderFailures(key, wanted, outcome))
                    yield return failure;
                continue;
            }

            if (key == "routeProperties")
            {
                foreach (JsonProperty each in wanted.EnumerateObject())
                {
                    string? found = property?.Invoke(outcome, each.Name);
                    if (found is not null && !Fits(found, Text(each.Value)))
                        yield return $"{each.Name}: expected {Text(each.Value)}, was {found}";
                }

                continue;
            }

            if (key == "routeMetadata")
            {
                foreach (string failure in MetadataFailures(wanted, outcome))
                    yield return failure;
                continue;
            }

            string actual = Actual(key, outcome);
            if (actual != Text(wanted))
                yield return $"{key}: expected {Text(wanted)}, was {actual}";
        }
    }

    private static string Actual(string key, RouteOutcome outcome)
    {
        bool forwarded = outcome.Destination is not null && outcome.Cluster.Length > 0;
        return key switch
        {
            "cluster" => outcome.Cluster,
            "noRoute" => Flag(outcome.Route is null && outcome.Location is null),
            "virtualHost" => forwarded ? outcome.Host!.Name : "",
            "routeName" => outcome.Route?.ResourceName ?? "",
            "virtualCluster" => forwarded ? outcome.VirtualCluster ?? "" : "",
            "pathRewrite" => forwarded ? outcome.Path : "",
            "hostRewrite" => forwarded ? outcome.Authority : "",
            "pathRedirect" => outcome.Location ?? "",
            "redirectStatus" => outcome.Location is null ? "" : Number(outcome.Status),
            "directResponse" => Flag(outcome.Route?.DirectResponse is not null),
            "directResponseStatus" => outcome.Route?.DirectResponse is null ? "" : Number(outcome.Status),
            "directResponseBody" => outcome.Body ?? "",
            "timeout" => outcome.Route is { } route ? string.Create(CultureInfo.InvariantCulture, $"{(route.Action.Timeout ?? TimeSpan.FromSeconds(15)).TotalSeconds}s") : "",
            "priority" => outcome.Route is { } route ? (route.Action.IsHighPriority ? "HIGH" : "DEFAULT") : "",
            _ => throw new CaseFormatException($"expect: unknown key '{key}'"),
        };
    }

    private static IEnumerable<string> MetadataFailures(JsonElement wanted, RouteOutcome outcome)
    {
        int i = 0;
        foreach (JsonElement element in wanted.EnumerateArray())
        {
            var json = new StrictJson(element, $"routeMetadata[{i++}]");
            string name = json.Text("namespace") ?? "", key = json.Text("key") ?? "", value = json.Text("value") ?? "";
            json.Complete();
            string found = outcome.Route is { } route ? new FormatContext(default) { RouteMetadata = route.Metadata }.Metadata(["ROUTE", name, key]) ?? "nothing" : "no route";
            if (found != value)
                yield return $"routeMetadata {name} {key}: expected {value}, was {found}";
        }
    }

    private static IEnumerable<string> HeaderFailures(string key, JsonElement wanted, RouteOutcome outcome)
    {
        int i = 0;
        foreach (JsonElement element in wanted.EnumerateArray())
        {
            var json = new StrictJson(element, $"{key}[{i++}]");
            string name = json.Text("name") ?? "", op = json.Text("op") ?? "exact";
            IReadOnlyList<string> values = Values(name, key == "requestHeaders", outcome);
            bool holds = op switch
            {
                "exact" => values.Count > 0 && string.Join(',', values) == json.Text("value"),
                "first" => values.Count > 0 && values[0] == json.Text("value"),
                "emptyOrAbsent" => values.All(value => value.Length == 0),
                "present" => values.Count > 0,
                "absent" => values.Count == 0,
                "range" => values.Count > 0 && InRange(values[0], json),
                _ => throw new CaseFormatException($"{key}: unknown op '{op}'"),
            };
            if (!holds)
                yield return $"{key} {name}: expected {op} {json.Text("value")}, was [{string.Join(", ", values)}]";
            json.Find("value");
            json.Complete();
        }
    }

    private static bool InRange(string value, StrictJson json) =>
        long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
        && number >= long.Parse(Text(json.Find("start")!.Value), CultureInfo.InvariantCulture)
        && number < long.Parse(Text(json.Find("end")!.Value), CultureInfo.InvariantCulture);

    private static IReadOnlyList<string> Values(string name, bool request, RouteOutcome outcome)
    {
        if (request && name == ":path")
            return [outcome.Path];
        if (request && name is ":authority" or "host")
            return [outcome.Authority];
        if (request && name == ":method")
            return [outcome.Method];
        HttpHeaders[] all = request ? [outcome.Sent.Headers, outcome.Sent.Content!.Headers] : [outcome.Received.Headers, outcome.Received.Content.Headers];
        foreach (HttpHeaders headers in all)
        {
            if (headers.NonValidated.TryGetValues(name, out HeaderStringValues values))
                return [.. values];
        }

        return [];
    }

    private static bool Fits(string found, string wanted) => wanted == "!null" ? found != "null" : found == wanted;

    private static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        JsonValueKind.Array => $"[{string.Join(", ", value.EnumerateArray().Select(Text))}]",
        _ => value.GetRawText(),
    };

    private static string Flag(bool value) => value ? "true" : "false";

    private static string Number(int? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "";
}
