using System.Globalization;
using System.Text.Json.Nodes;
using Mesh.Matching;
using Mesh.Resources;
using Mesh.Routing;
using Mesh.Snapshots;

namespace Mesh.Conformance.Suites;

/// <summary>The matchers of gRPC's own tables.</summary>
internal static class GrpcMatcherSuites
{
    public static IEnumerable<CaseResult> Headers(string folder)
    {
        foreach (JsonObject each in CaseFile.Read(folder))
        {
            var matcher = new JsonObject { ["name"] = (string)each["key"]!, ["invertMatch"] = (bool?)each["invert"] ?? false };
            if (each["exact"] is { } exact)
                matcher["stringMatch"] = new JsonObject { ["exact"] = (string)exact! };
            else if (each["regexStr"] is { } regex)
                matcher["stringMatch"] = new JsonObject { ["safeRegex"] = new JsonObject { ["regex"] = (string)regex! } };
            else if (each["start"] is { } start)
                matcher["rangeMatch"] = new JsonObject { ["start"] = start.DeepClone(), ["end"] = each["end"]!.DeepClone() };
            else if (each["present"] is { } present)
                matcher["presentMatch"] = (bool)present!;
            else if (each["prefix"] is { } prefix)
                matcher["stringMatch"] = new JsonObject { ["prefix"] = (string)prefix! };
            else if (each["suffix"] is { } suffix)
                matcher["stringMatch"] = new JsonObject { ["suffix"] = (string)suffix! };
            else if (each["contains"] is { } contains)
                matcher["stringMatch"] = new JsonObject { ["contains"] = (string)contains! };
            else if (each["sm"] is JsonObject text)
                matcher["stringMatch"] = StringMatcher(text);
            string name = (string)each["name"]!;
            var (table, errors) = RouteTables.Load(HeaderMatchSuite.OneRoute(new JsonObject { ["prefix"] = "/", ["headers"] = new JsonArray(matcher) }));
            if (table is null)
            {
                yield return CaseResult.Of(name, [$"refused: {errors[0]}"]);
                continue;
            }

            using var request = new HttpRequestMessage { Content = new ByteArrayContent([]) };
            foreach (var (key, values) in (JsonObject)each["md"]!)
            {
                string value = string.Join(',', ((JsonArray)values!).Select(item => (string)item!));
                if (!request.Headers.TryAddWithoutValidation(key, value))
                    request.Content.Headers.TryAddWithoutValidation(key, value);
            }

            bool wanted = (bool)each["want"]!;
            bool found = table.VirtualHosts[0].Match(new RequestView("POST", "http", "a", "/s/m", request.Headers, request.Content.Headers)) is not null;
            yield return CaseResult.Of(name, wanted == found, $"expected {wanted}, was {found}");
        }
    }

    public static IEnumerable<CaseResult> Paths(string folder)
    {
        foreach (JsonObject each in CaseFile.Read(folder))
        {
            bool ignoreCase = (bool?)each["caseInsensitive"] ?? false, wanted = (bool)each["want"]!;
            PathMatcher matcher = each["fullPath"] is { } full ? new PathMatcher(PathMatchKind.Exact, (string)full!, !ignoreCase)
                : each["prefix"] is { } prefix ? new PathMatcher(PathMatchKind.Prefix, (string)prefix!, !ignoreCase)
                : new PathMatcher(PathMatchKind.Regex, (string)(each["regexPath"] ?? each["regex"])!, true);
            bool found = matcher.Matches((string)each["path"]!);
            yield return CaseResult.Of((string)each["name"]!, wanted == found, $"expected {wanted}, was {found}");
        }
    }

    public static IEnumerable<CaseResult> Domains(string folder)
    {
        foreach (JsonObject each in CaseFile.Read(folder))
        {
            string name = (string)each["name"]!;
            if (each["vHosts"] is not JsonArray list)
            {
                yield return CaseResult.Skip(name, "asks for a step of gRPC's own algorithm; the choice as a whole is tested");
                continue;
            }

            var hosts = list.Select((host, i) => new VirtualHost<Route>(i.ToString(CultureInfo.InvariantCulture), [.. DomainsOf((JsonObject)host!)], [])).ToList();
            string? found;
            try
            {
                found = new RouteTable<Route>(hosts, ignorePort: false).FindHost((string)each["host"]!, out _) is { } host ? string.Join(',', host.Domains) : null;
            }
            catch (ArgumentException e)
            {
                found = e.Message;
            }

            string? wanted = each["want"] is JsonObject want ? string.Join(',', DomainsOf(want)) : null;
            yield return CaseResult.Of(name, wanted == found, $"expected {wanted}, was {found}");
        }
    }

    public static IEnumerable<CaseResult> Strings(string folder)
    {
        foreach (JsonObject each in CaseFile.Read(folder))
        {
            string name = (string)each["name"]!;
            if (each["wantMatch"] is null)
            {
                yield return CaseResult.Skip(name, "asks for a step of gRPC's own algorithm; the choice as a whole is tested");
                continue;
            }

            JsonObject text = StringMatcher((JsonObject)each["matcher"]!);
            var match = new JsonObject { ["prefix"] = "/", ["queryParameters"] = new JsonArray(new JsonObject { ["name"] = "q", ["stringMatch"] = text }) };
            var (table, errors) = RouteTables.Load(HeaderMatchSuite.OneRoute(match));
            if (table is null)
            {
                yield return CaseResult.Of(name, [$"refused: {errors[0]}"]);
                continue;
            }

            bool wanted = (bool)each["wantMatch"]!;
            bool found = table.VirtualHosts[0].Match(new RequestView("GET", "http", "a", $"/?q={(string)each["input"]!}", null, null)) is not null;
            yield return CaseResult.Of(name, wanted == found, $"expected {wanted}, was {found}");
        }
    }

    private static IEnumerable<string> DomainsOf(JsonObject host) => (host["Domains"] as JsonArray ?? host["domains"] as JsonArray ?? []).Select(domain => (string)domain!);

    private static JsonObject StringMatcher(JsonObject from)
    {
        var to = new JsonObject { ["ignoreCase"] = (bool?)from["ignoreCase"] ?? false };
        foreach (string kind in new[] { "exact", "prefix", "suffix", "contains" })
        {
            if (from[$"{kind}Match"] is { } value)
                to[kind] = (string)value!;
        }

        if (from["regexMatch"] is { } regex)
            to["safeRegex"] = new JsonObject { ["regex"] = (string)(regex is JsonObject inner ? inner["regex"] : regex)! };
        return to;
    }
}
