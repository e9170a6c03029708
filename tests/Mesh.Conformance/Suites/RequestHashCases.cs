using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Mesh.Matching;
using Mesh.Policies.Hashing;
using Mesh.Primitives;
using Mesh.Resources;
using Mesh.Tool.RouteTests;

namespace Mesh.Conformance.Suites;

/// <summary>The hash of a request by a route's policies.</summary>
internal static class RequestHashCases
{
    public static IEnumerable<CaseResult> Run(IEnumerable<StrictJson> cases)
    {
        // A case may refer to another, also to one that comes later.
        var hashes = new Dictionary<string, ulong?>(StringComparer.Ordinal);
        var checks = new List<(string Name, List<string> Failures, StrictJson Expect)>();
        foreach (StrictJson each in cases)
        {
            string name = each.Text("name")!;
            var failures = new List<string>();
            StrictJson expect = each.Object("expect")!;
            hashes[name] = Hash(each, expect, failures);
            each.Complete();
            checks.Add((name, failures, expect));
        }

        foreach (var (name, failures, expect) in checks)
        {
            if (expect.Text("sameAs") is { } same && hashes[same] != hashes[name])
                failures.Add($"expected the hash of {same}");
            if (expect.Text("differsFrom") is { } other && hashes[other] == hashes[name])
                failures.Add($"expected another hash than that of {other}");
            expect.Complete();
            yield return CaseResult.Of(name, failures);
        }
    }

    private static ulong? Hash(StrictJson each, StrictJson expect, List<string> failures)
    {
        StrictJson request = each.Object("request")!;
        string? cookie = request.Text("generatedCookieValue");
        request.Find("sourcePort");
        var inputs = new HashInputs { SourceAddress = request.Text("sourceIp"), Random = new Random(1), NewCookie = cookie is null ? null : () => cookie };
        using var message = new HttpRequestMessage();
        foreach (StrictJson header in request.Objects("headers"))
        {
            message.Headers.TryAddWithoutValidation(header.Text("name")!, header.Text("value"));
            header.Complete();
        }

        var view = new RequestView("GET", "http", "a", request.Text("path") ?? "/", message.Headers, null);
        request.Complete();
        RequestHash? policies = RequestHash.Create(Policies(each.Find("hashPolicies")!.Value));
        ulong? hash = policies?.Of(view, inputs);
        if (expect.Find("hasHash") is { } has && has.GetBoolean() != hash.HasValue)
            failures.Add($"expected {(has.GetBoolean() ? "a hash" : "none")}, was {hash}");
        if (expect.Text("hash") is { } wanted && ulong.Parse(wanted, CultureInfo.InvariantCulture) != hash)
            failures.Add($"expected {wanted}, was {hash}");
        if (expect.Find("notZero")?.GetBoolean() == true && hash is null or 0)
            failures.Add("expected a hash that is not 0");
        if (expect.Text("hashOf") is { } text && XxHash64.Hash(text) != hash)
            failures.Add($"expected the hash of '{text}', was {hash}");
        if (expect.Find("hashOfSequence") is { } sequence && sequence.EnumerateArray().Aggregate(0UL, (seed, value) => XxHash64.Hash(value.GetString(), seed)) != hash)
            failures.Add($"expected the hash of {sequence}, was {hash}");
        if (expect.Object("setCookie") is { } set)
            failures.AddRange(CheckCookie(set, cookie, inputs));
        return hash;
    }

    private static IEnumerable<string> CheckCookie(StrictJson set, string? value, HashInputs inputs)
    {
        int age = set.Find("ttlSeconds")!.Value.GetInt32();
        string path = set.Text("path")!;
        string wanted = $"{set.Text("name")}=\"{value}\"{(age > 0 ? $"; Max-Age={age}" : "")}{(path.Length > 0 ? $"; Path={path}" : "")}; HttpOnly";
        set.Complete();
        string found = string.Join(", ", inputs.SetCookies ?? []);
        if (found != wanted)
            yield return $"expected the cookie {wanted}, was {found}";
    }

    private static ValueList<HashPolicyResource> Policies(JsonElement policies)
    {
        var route = HeaderMatchSuite.OneRoute(new JsonObject { ["prefix"] = "/" });
        route["virtualHosts"]![0]!["routes"]![0]!["route"]!["hashPolicy"] = JsonNode.Parse(policies.GetRawText());
        var (table, errors) = RouteTables.Load(route);
        return table?.VirtualHosts[0].Routes[0].Route.Action.HashPolicies ?? throw new CaseFormatException($"the policies are refused: {errors[0]}");
    }
}
