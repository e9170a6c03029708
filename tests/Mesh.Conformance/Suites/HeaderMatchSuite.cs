using System.Text.Json.Nodes;
using Mesh.Matching;

namespace Mesh.Conformance.Suites;

/// <summary>Lists of header matchers, all of which must match.</summary>
internal static class HeaderMatchSuite
{
    public static IEnumerable<CaseResult> Run(string folder)
    {
        foreach (JsonObject each in CaseFile.Read(folder))
        {
            string name = (string)each["name"]!;
            var table = RouteTables.Load(OneRoute(new JsonObject { ["prefix"] = "/", ["headers"] = each["matchers"]!.DeepClone() }));
            if (table.Table is null)
            {
                yield return CaseResult.Of(name, [$"refused: {table.Errors[0]}"]);
                continue;
            }

            bool expected = (bool)each["expect"]!, found = Matches(table.Table, (JsonArray)each["headers"]!);
            yield return CaseResult.Of(name, expected == found, $"expected {expected}, was {found}");
        }
    }

    public static JsonObject OneRoute(JsonObject match) => new()
    {
        ["virtualHosts"] = new JsonArray(new JsonObject
        {
            ["name"] = "v",
            ["domains"] = new JsonArray("*"),
            ["routes"] = new JsonArray(new JsonObject { ["match"] = match, ["route"] = new JsonObject { ["cluster"] = "c" } }),
        }),
    };

    private static bool Matches(Routing.RouteTable<Snapshots.Route> table, JsonArray headers)
    {
        using var request = new HttpRequestMessage { Content = new ByteArrayContent([]) };
        var joined = new Dictionary<string, string>(StringComparer.Ordinal);
        string method = "GET", scheme = "http", authority = "a", path = "/";
        foreach (JsonNode? header in headers)
        {
            string name = (string)header!["name"]!, value = (string)header["value"]!;
            switch (name)
            {
                case ":method": method = value; break;
                case ":scheme": scheme = value; break;
                case ":authority" or "host": authority = value; break;
                case ":path": path = value; break;
                default:
                    joined[name] = joined.TryGetValue(name, out string? before) ? $"{before},{value}" : value;
                    break;
            }
        }

        foreach (var (name, value) in joined)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
                request.Content.Headers.TryAddWithoutValidation(name, value);
        }

        var view = new RequestView(method, scheme, authority, path, request.Headers, request.Content.Headers);
        return table.VirtualHosts[0].Match(view) is not null;
    }
}
