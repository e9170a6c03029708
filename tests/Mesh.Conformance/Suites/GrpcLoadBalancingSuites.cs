using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Mesh.Matching;
using Mesh.Policies.Hashing;
using Mesh.Primitives;
using Mesh.Resources;
using Mesh.Tool.RouteTests;
using Mesh.Wire;
using Mesh.Wire.Decode;
using Mesh.Wire.ShortForm;

namespace Mesh.Conformance.Suites;

/// <summary>What gRPC's load balancing makes of requests, endpoints and drops.</summary>
internal static class GrpcLoadBalancingSuites
{
    public static IEnumerable<CaseResult> RequestHashes(string folder)
    {
        foreach (var (name, each) in StrictCases.Read(folder))
        {
            ValueList<HashPolicyResource> policies = each.Objects("hashPolicies").Select(Policy).ToValueList();
            StrictJson request = each.Object("request")!, expect = each.Object("expect")!;
            string path = request.Text("method") ?? "/";
            using var message = new HttpRequestMessage();
            foreach (JsonProperty header in Headers(request, "metadata").Concat(Headers(request, "extraMetadata")))
            {
                string value = string.Join(',', header.Value.EnumerateArray().Select(text => text.GetString()));
                if (header.Name == ":path")
                    path = value;
                else
                    message.Headers.TryAddWithoutValidation(header.Name, value);
            }

            request.Complete();
            var inputs = new HashInputs { ChannelId = each.Find("channelId")?.GetUInt64() ?? 0, Random = new Random(1) };
            ulong? found = RequestHash.Create(policies)?.Of(new RequestView("POST", "http", "a", path, message.Headers, null), inputs);
            ulong wanted = ulong.Parse(expect.Text("hash")!, CultureInfo.InvariantCulture);
            expect.Complete();
            each.Complete();
            yield return CaseResult.Of(name, wanted == found, $"expected {wanted}, was {found}");
        }
    }

    public static IEnumerable<CaseResult> EndpointHashKeys(string folder)
    {
        foreach (var (name, each) in StrictCases.Read(folder))
        {
            // gRPC's switch for the way it was before gRFC A76: no key is read then.
            bool reads = each.Find("compatEnvVar")?.GetBoolean() != true;
            JsonElement? metadata = each.Object("metadata")?.Find("value");
            string wanted = each.Text("wantHashKey")!;
            var endpoint = new JsonObject
            {
                ["endpoint"] = new JsonObject { ["address"] = new JsonObject { ["socketAddress"] = new JsonObject { ["address"] = "10.0.0.1", ["portValue"] = 80 } } },
            };
            if (reads && metadata is { } value)
                endpoint["metadata"] = JsonNode.Parse(value.GetRawText());
            string found = Assignment(new JsonObject { ["endpoints"] = new JsonArray(new JsonObject { ["lbEndpoints"] = new JsonArray(endpoint) }) }).Localities[0].Endpoints[0].HashKey;
            yield return CaseResult.Of(name, wanted == found, $"expected '{wanted}', was '{found}'");
        }
    }

    public static IEnumerable<CaseResult> Drops(string folder)
    {
        foreach (var (name, each) in StrictCases.Read(folder))
        {
            uint denominator = each.Find("denominator")!.Value.GetUInt32(), wanted = each.Find("want")!.Value.GetUInt32();
            var share = new JsonObject
            {
                ["numerator"] = each.Find("numerator")!.Value.GetUInt32(),
                ["denominator"] = denominator switch { 100 => "HUNDRED", 10_000 => "TEN_THOUSAND", 1_000_000 => "MILLION", _ => throw new CaseFormatException($"{name}: unknown denominator {denominator}") },
            };
            each.Complete();
            var drop = new JsonObject { ["category"] = "c", ["dropPercentage"] = share };
            uint found = Assignment(new JsonObject { ["policy"] = new JsonObject { ["dropOverloads"] = new JsonArray(drop) } }).Drops[0].PerMillion;
            yield return CaseResult.Of(name, wanted == found, $"expected {wanted}, was {found}");
        }
    }

    private static HashPolicyResource Policy(StrictJson policy)
    {
        string? regex = policy.Text("regex"), substitution = policy.Text("regexSubstitution");
        string header = policy.Text("headerName") ?? "";
        bool terminal = policy.Find("terminal")?.GetBoolean() ?? false;
        HashPolicyResource resource = policy.Text("type") switch
        {
            "header" => new HashPolicyResource(HashPolicyKind.Header, header, terminal) { Rewrite = regex is null ? null : new RegexRewriteResource(regex, substitution ?? "") },
            "channelId" => new HashPolicyResource(HashPolicyKind.FilterState, "io.grpc.channel_id", terminal),
            var type => throw new CaseFormatException($"unknown type of policy '{type}'"),
        };
        policy.Complete();
        return resource;
    }

    private static IEnumerable<JsonProperty> Headers(StrictJson request, string key) => request.Find(key) is { } headers ? [.. headers.EnumerateObject()] : [];

    private static EndpointsResource Assignment(JsonObject assignment)
    {
        assignment["@type"] = "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment";
        assignment["clusterName"] = "c";
        var set = new ResourceSet();
        string text = new JsonObject { ["resources"] = new JsonArray(assignment) }.ToJsonString();
        IReadOnlyList<ResourceError> findings = new ConfigurationDocument(set, new ShortFormServices(), new DocumentSettings { Decoder = DecoderSettings.Default })
            .Read(System.Text.Encoding.UTF8.GetBytes(text), yaml: false, file: null, Path.GetTempPath());
        return set.Endpoints.Values.SingleOrDefault() ?? throw new CaseFormatException(string.Join("; ", findings));
    }
}
