using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Mesh.Resources;
using Mesh.Sources.Xds.Bootstrap;
using Mesh.Tool.RouteTests;

namespace Mesh.Conformance.Suites;

/// <summary>Bootstraps, whole and in parts, that gRPC accepts or refuses.</summary>
internal static class GrpcBootstrapSuites
{
    private const string Server = """{"server_uri": "s:1", "channel_creds": [{"type": "insecure"}]}""";

    public static IEnumerable<CaseResult> Whole(string folder)
    {
        foreach (var (name, each) in StrictCases.Read(folder))
        {
            BootstrapReading reading = Read(each.Text("bootstrapText") ?? "");
            StrictJson expect = each.Object("expect") ?? throw new CaseFormatException($"{name}: expect is missing");
            bool accept = expect.Find("accept")!.Value.GetBoolean();
            expect.Find("errorContains");
            StrictJson? parsed = expect.Object("parsed");
            expect.Complete();
            each.Complete();
            yield return accept switch
            {
                true when reading.Bootstrap is null => CaseResult.Of(name, [$"expected to be accepted: {Errors(reading)}"]),
                false => CaseResult.Of(name, reading.Bootstrap is null, "expected to be refused, was accepted"),
                _ => CaseResult.Of(name, parsed is null ? [] : BootstrapJson.Differences(parsed, reading.Bootstrap!)),
            };
        }
    }

    public static IEnumerable<CaseResult> Parts(string folder)
    {
        foreach (var (name, each) in StrictCases.Read(folder))
        {
            // Each table of the tests asks something else.
            IEnumerable<string> failures = name.Split('/')[0] switch
            {
                "AllowedGRPCServices_UnmarshalJSON" or "AllowedGRPCServices_UnmarshalJSON_Errors" => Services(each),
                "ServerConfig_UnmarshalJSON_WithCallCreds" => ServerCalls(each),
                "Bootstrap_SelectedChannelCredsAndCallCreds" => Selected(each),
                "Node_MarshalAndUnmarshal" => ReadNode(each),
                "Node_ToProto" => NodeToProto(each),
                var table => throw new CaseFormatException($"{name}: unknown table {table}"),
            };
            yield return CaseResult.Of(name, [.. failures]);
            each.Complete();
        }
    }

    private static List<string> Services(StrictJson each)
    {
        BootstrapReading reading = Read($$"""{"xds_servers": [{{Server}}], "allowed_grpc_services": {{each.Text("json")}}}""");
        StrictJson? want = each.Object("want");
        int options = each.Find("wantDialOptions")?.GetInt32() ?? 0;
        string? type = each.Text("wantSelectedChannelCredsType");
        if (want is null)
            return reading.Bootstrap is null ? [] : ["expected to be refused, was accepted"];
        if (reading.Bootstrap?.AllowedGrpcServices.Values.SingleOrDefault() is not { } service)
            return [$"expected one service: {Errors(reading)}"];
        List<string> failures = [.. BootstrapJson.Service(want, service)];
        if (BootstrapJson.TypeOf(service.Credentials) != type)
            failures.Add($"expected credentials {type}, were {service.Credentials}");

        // One for the channel, one for each of the call credentials.
        if (options != 1 + service.CallCredentials.Count)
            failures.Add($"expected {options - 1} call credentials, were {service.CallCredentials.Count}");
        return failures;
    }

    private static IEnumerable<string> ServerCalls(StrictJson each)
    {
        BootstrapReading reading = ReadServer(each.Text("json"));
        bool refused = IsRefused(each);
        IEnumerable<StrictJson> wanted = each.Objects("wantCallCreds");
        if (refused || reading.Bootstrap is null)
            return refused == reading.Bootstrap is null ? [] : [$"expected refused {refused}: {Errors(reading)}"];
        return BootstrapJson.Calls(wanted, reading.Bootstrap.Servers[0].CallCredentials);
    }

    private static IEnumerable<string> Selected(StrictJson each)
    {
        BootstrapReading reading = ReadServer(each.Text("bootstrapConfig"));
        int calls = each.Find("wantDialOpts")?.GetInt32() ?? 0;
        string? type = each.Text("wantTransportType");
        bool refused = IsRefused(each);
        if (refused || reading.Bootstrap is null)
            return refused == reading.Bootstrap is null ? [] : [$"expected refused {refused}: {Errors(reading)}"];
        XdsServer server = reading.Bootstrap.Servers[0];
        return BootstrapJson.TypeOf(server.Credentials) == type && server.CallCredentials.Count == calls
            ? []
            : [$"expected {type} and {calls} call credentials, was {server}"];
    }

    private static IEnumerable<string> ReadNode(StrictJson each)
    {
        BootstrapReading reading = ReadNode(each.Text("inputJSON"));
        bool refused = IsRefused(each);
        StrictJson? want = each.Object("wantNode");
        if (refused || reading.Bootstrap is null)
            return refused == reading.Bootstrap is null ? [] : [$"expected refused {refused}: {Errors(reading)}"];
        return want is null ? [] : BootstrapJson.Node(want, reading.Bootstrap.Node);
    }

    /// <summary>The fields of a node under the names of the proto, with those that the client adds left out on both sides.</summary>
    private static IEnumerable<string> NodeToProto(StrictJson each)
    {
        JsonObject input = JsonNode.Parse(each.Find("inputNode")!.Value.GetRawText())!.AsObject(), locality = (input["Locality"] as JsonObject) ?? [];
        var own = new JsonObject
        {
            ["id"] = input["ID"]?.DeepClone(),
            ["cluster"] = input["Cluster"]?.DeepClone(),
            ["locality"] = new JsonObject { ["region"] = locality["Region"]?.DeepClone(), ["zone"] = locality["Zone"]?.DeepClone(), ["sub_zone"] = locality["SubZone"]?.DeepClone() },
            ["metadata"] = input["Metadata"]?["value"]?.DeepClone(),
        };
        BootstrapReading reading = ReadNode(own.ToJsonString());
        StrictJson proto = each.Object("wantProto") ?? throw new CaseFormatException("wantProto is missing");
        proto.Text("@proto");
        proto.Find("binary");
        JsonObject wanted = JsonNode.Parse(proto.Find("value")!.Value.GetRawText())!.AsObject();
        proto.Complete();
        if (reading.Bootstrap?.Node is not { } node)
            return [Errors(reading)];
        foreach (string key in (string[])["userAgentName", "userAgentVersion", "clientFeatures"])
            wanted.Remove(key);
        var found = new JsonObject();
        Add(found, "id", node.Id);
        Add(found, "cluster", node.Cluster);
        if (node.Metadata is { } metadata)
            found["metadata"] = JsonObject.Create(metadata);
        var place = new JsonObject();
        Add(place, "region", node.Region);
        Add(place, "zone", node.Zone);
        Add(place, "subZone", node.SubZone);
        if (place.Count > 0)
            found["locality"] = place;
        return JsonNode.DeepEquals(wanted, found) ? [] : [$"expected {wanted.ToJsonString()}, was {found.ToJsonString()}"];
    }

    // proto3 JSON has no empty text.
    private static void Add(JsonObject to, string key, string value)
    {
        if (value.Length > 0)
            to[key] = value;
    }

    private static bool IsRefused(StrictJson each) => each.Find("wantErr") is { } wanted && wanted.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.String => wanted.GetString()!.Length > 0,
        _ => false,
    };

    private static BootstrapReading ReadServer(string? json) => Read($$"""{"xds_servers": [{{json}}]}""");

    private static BootstrapReading ReadNode(string? json) => Read($$"""{"xds_servers": [{{Server}}], "node": {{json}}}""");

    private static BootstrapReading Read(string text) => BootstrapReader.Read(Encoding.UTF8.GetBytes(text));

    private static string Errors(BootstrapReading reading) => string.Join(", ", reading.Findings.Where(finding => finding.Severity == Severity.Error));
}
