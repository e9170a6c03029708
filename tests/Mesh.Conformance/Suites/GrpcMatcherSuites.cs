using System.Globalization;
using System.Text.Json.Nodes;
using Mesh.Matching;
using Mesh.Primitives.Regexes;
using Mesh.Resources;
using Mesh.Routing;
using Mesh.Snapshots;
using Mesh.Wire.Decode;

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
                matcher["stringMatch"] = StringJson(text);
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
                yield return CaseResult.Of(name, DomainFailures(each));
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
                yield return CaseResult.Of(name, StringFailures(each));
                continue;
            }

            JsonObject text = StringJson((JsonObject)each["matcher"]!);
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

    /// <summary>One domain and a host, the kind of a domain, or a path with a header.</summary>
    private static IEnumerable<string> DomainFailures(JsonObject each)
    {
        if (each["hm"] is JsonObject header)
        {
            bool wanted = (bool)each["want"]!, found = MatchesBoth(header, (JsonObject)each["pm"]!, (JsonObject)each["request"]!);
            if (wanted != found)
                yield return $"expected {wanted}, was {found}";
            yield break;
        }

        string domain = (string)(each["d"] ?? each["domain"])!;
        int kind = (int)DomainPattern.KindOf(domain), wantedKind = (int)(each["want"] ?? each["wantTyp"])!;
        if (kind != wantedKind)
            yield return $"expected kind {wantedKind}, was {kind}";
        if (each["wantMatched"] is not { } matched)
            yield break;
        var table = kind == 0 ? new RouteTable<Route>([], ignorePort: false) : new RouteTable<Route>([new VirtualHost<Route>("v", [domain], [])], ignorePort: false);
        if (table.FindHost((string)each["host"]!, out _) is not null != (bool)matched)
            yield return $"expected matched {matched}";
    }

    private static bool MatchesBoth(JsonObject header, JsonObject path, JsonObject request)
    {
        var matcher = new JsonObject { ["name"] = (string)header["key"]!, ["invertMatch"] = (bool?)header["invert"] ?? false };
        if (header["exact"] is { } exact)
            matcher["stringMatch"] = new JsonObject { ["exact"] = (string)exact! };
        else
            matcher["presentMatch"] = (bool)header["present"]!;
        var match = new JsonObject { ["headers"] = new JsonArray(matcher), ["caseSensitive"] = !(bool)path["caseInsensitive"]! };
        if (path["fullPath"] is { } full)
            match["path"] = (string)full!;
        else
            match["prefix"] = (string)path["prefix"]!;
        RouteTable<Route> table = RouteTables.Load(HeaderMatchSuite.OneRoute(match)).Table!;
        using var message = new HttpRequestMessage();
        foreach (var (name, values) in (JsonObject)request["metadata"]!)
            message.Headers.TryAddWithoutValidation(name, string.Join(',', ((JsonArray)values!).Select(value => (string)value!)));
        return table.VirtualHosts[0].Match(new RequestView("POST", "http", "a", (string)request["method"]!, message.Headers, null)) is not null;
    }

    /// <summary>What a <c>StringMatcher</c>, or a pattern, is read as.</summary>
    private static IEnumerable<string> StringFailures(JsonObject each)
    {
        bool refused = (bool)each["wantErr"]!;
        if (each["pattern"] is { } pattern)
        {
            if (Re2.Parse((string)pattern!, out _) is null != refused)
                yield return $"expected refused {refused}";
            yield break;
        }

        var errors = new ErrorCollector();
        JsonNode? input = each["inputProto"]?["value"];
        StringMatcherResource? found = HeaderMatcherDecoder.Decode(input is null ? new Wire.Protos.Envoy.Type.Matcher.V3.StringMatcher() : Wire.Protos.Envoy.Type.Matcher.V3.StringMatcher.Parser.ParseJson(input.ToJsonString()), errors);
        if (errors.HasErrors != refused)
            yield return $"expected refused {refused}: {string.Join(", ", errors.Items)}";
        if (refused || found is null)
            yield break;
        var wanted = (JsonObject)each["wantMatcher"]!;
        string member = $"{found.Kind.ToString().ToLowerInvariant()}Match";
        string? value = wanted[member] is JsonObject regex ? (string)regex["regex"]! : (string?)wanted[member];
        // gRPC keeps the text of a matcher that ignores case in lower case.
        string own = found.Kind == StringMatchKind.Regex ? $"^(?:{found.Value})$" : found.IgnoreCase ? found.Value.ToLowerInvariant() : found.Value;
        if (value != own || found.IgnoreCase != (bool)wanted["ignoreCase"]!)
            yield return $"expected {wanted.ToJsonString()}, was {found}";
    }

    private static IEnumerable<string> DomainsOf(JsonObject host) => (host["Domains"] as JsonArray ?? host["domains"] as JsonArray ?? []).Select(domain => (string)domain!);

    private static JsonObject StringJson(JsonObject from)
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
