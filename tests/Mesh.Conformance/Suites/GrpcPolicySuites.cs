using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Mesh.Resources;
using Mesh.Tool.RouteTests;
using Mesh.Wire;
using Mesh.Wire.Decode;
using Mesh.Wire.ShortForm;

namespace Mesh.Conformance.Suites;

/// <summary>gRPC's own policies in the JSON form of its service config, which a cluster names by a <c>TypedStruct</c> (gRFC A52), and those of xDS beside them.</summary>
internal static class GrpcPolicySuites
{
    private const string RingHash = "ring_hash_experimental", WrrLocality = "xds_wrr_locality_experimental";

    // What gRPC's own tests register, as policies of the user's own.
    private static readonly string[] Registered = ["test-bb", "test-bb-not-parser", "xds_cluster_impl_experimental", "myorg.MyCustomLeastRequestPolicy"];

    /// <summary>How gRPC's cases are read, with a limit of rings of their own where they have one.</summary>
    public static DecoderSettings Settings(ulong? cap = null) => new()
    {
        Dialect = XdsDialect.Grpc,
        RingSizeCap = cap,
        CustomPolicies = Registered.ToDictionary(name => name, _ => (ILoadBalancingPolicy?)null, StringComparer.Ordinal),
    };

    public static IEnumerable<CaseResult> RingHashes(string folder)
    {
        foreach (var (name, each) in StrictCases.Read(folder))
        {
            string text = each.Text("js")!;
            ulong cap = each.Find("envConfigCap")!.Value.GetUInt64();

            // The switch for the time before gRFC A76, when the key was not read.
            if (each.Find("requestHeaderEnvVar")?.GetBoolean() == false && JsonNode.Parse(text) is JsonObject old)
            {
                old.Remove("requestHashHeader");
                text = old.ToJsonString();
            }

            bool refused = each.Find("wantErr")!.Value.GetBoolean();
            StrictJson? want = each.Object("want");
            each.Complete();
            var (policy, errors) = Policy(RingHash, text, Settings(cap == 0 ? null : cap));
            yield return Result(name, refused, policy, errors, found => found is RingHashResource ring
                ? [
                    .. Compare(want, "MinRingSize", value => value.GetUInt64(), Math.Min(ring.MinimumRingSize, ring.Cap)),
                    .. Compare(want, "MaxRingSize", value => value.GetUInt64(), Math.Min(ring.MaximumRingSize, ring.Cap)),
                    .. Compare(want, "RequestHashHeader", value => value.GetString(), ring.HashHeader),
                    .. Completed(want)]
                : ["it is no ring"]);
        }
    }

    public static IEnumerable<CaseResult> WrrLocalities(string folder)
    {
        foreach (var (name, each) in StrictCases.Read(folder))
        {
            string text = each.Text("input")!;
            bool refused = each.Text("wantErr") is { Length: > 0 };
            StrictJson? want = each.Object("wantCfg");
            each.Complete();
            var (policy, errors) = Policy(WrrLocality, text, Settings());
            yield return Result(name, refused, policy, errors, found => found is WrrLocalityResource { EndpointPicking: var child } ? [.. Child(want?.Object("ChildPolicy"), child), .. Completed(want)] : ["it is no wrr_locality"]);
        }
    }

    /// <summary>A list of policies as such; to be read it stands within one that takes any.</summary>
    public static IEnumerable<CaseResult> Lists(string folder)
    {
        foreach (var (name, each) in StrictCases.Read(folder))
        {
            string text = each.Text("json")!;
            bool refused = each.Find("wantErr")!.Value.GetBoolean();
            StrictJson? want = each.Object("want");
            each.Complete();
            var (policy, errors) = Policy(WrrLocality, $"{{\"childPolicy\": {text}}}", Settings());
            yield return Result(name, refused, policy, errors, found => Child(want, ((WrrLocalityResource)found).EndpointPicking));
        }
    }

    /// <summary>What becomes of a policy of xDS is what the policy of gRPC that it is converted to becomes.</summary>
    public static IEnumerable<CaseResult> Conversions(string folder)
    {
        foreach (var (name, each) in StrictCases.Read(folder))
        {
            StrictJson message = each.Object("policy")!;
            if (message.Text("@proto") != "envoy.config.cluster.v3.LoadBalancingPolicy")
                throw new CaseFormatException($"{name}: another message");
            string? want = each.Text("wantConfig");
            bool refused = each.Text("wantErr") is { Length: > 0 };
            bool withLeastRequest = each.Find("lrEnabled")?.GetBoolean() != false;
            each.Find("usesUnknownTypes");
            each.Complete();
            var (policy, errors) = message.Text("binary") is { } binary ? Policy(Convert.FromBase64String(binary)) : Policy(Known(message.Find("value")!.Value, withLeastRequest), Settings());
            message.Find("value");
            message.Complete();
            yield return Result(name, refused, policy, errors, found => found.Equals(Converted(want!)) ? [] : [$"expected {Converted(want!)}, was {found}"]);
        }
    }

    /// <summary>The list without what a switch of grpc-go's turns off, as though it were not known.</summary>
    private static string Known(JsonElement policy, bool withLeastRequest)
    {
        var known = (JsonObject)JsonNode.Parse(policy.GetRawText(), documentOptions: StrictCases.Deep)!;
        if (!withLeastRequest && known["policies"] is JsonArray list)
            list.RemoveAll(entry => (string?)entry?["typedExtensionConfig"]?["typedConfig"]?["@type"] is { } type && type.EndsWith(".least_request.v3.LeastRequest", StringComparison.Ordinal));
        return known.ToJsonString(new JsonSerializerOptions { MaxDepth = StrictCases.Deep.MaxDepth });
    }

    private static LoadBalancingPolicyResource? Converted(string list)
    {
        // Fifteen policies within one another are more than a parser of messages takes unasked.
        var entry = new JsonParser(JsonParser.Settings.Default.WithRecursionLimit(1000)).Parse<ListValue>(list).Values.Single().StructValue.Fields.Single();
        var errors = new ErrorCollector();
        LoadBalancingPolicyResource? policy = LoadBalancingDecoder.Custom(entry.Key, entry.Value.StructValue, Settings(), depth: 0, errors);
        return errors.HasErrors ? throw new CaseFormatException(string.Join("; ", errors.Items)) : policy;
    }

    /// <summary>A list of gRPC's as the policy of a cluster: within one that takes any.</summary>
    public static JsonNode Within(JsonNode list) => JsonNode.Parse(Struct(WrrLocality, new JsonObject { ["childPolicy"] = list.DeepClone() }.ToJsonString()))!;

    private static (LoadBalancingPolicyResource? Policy, IReadOnlyList<string> Errors) Policy(string name, string config, DecoderSettings settings) => Policy(Struct(name, config), settings);

    private static string Struct(string name, string config) =>
        $$"""{"policies": [{"typedExtensionConfig": {"name": "p", "typedConfig": {"@type": "type.googleapis.com/xds.type.v3.TypedStruct", "typeUrl": "type.googleapis.com/{{name}}", "value": {{config}} } } }]}""";

    /// <summary>The policy of a cluster that is read as a user's file is.</summary>
    private static (LoadBalancingPolicyResource? Policy, IReadOnlyList<string> Errors) Policy(string policy, DecoderSettings settings)
    {
        var set = new ResourceSet();
        string text = $$"""{"resources": [{"@type": "type.googleapis.com/envoy.config.cluster.v3.Cluster", "name": "c", "type": "EDS", "edsClusterConfig": {"edsConfig": {"ads": {} } }, "loadBalancingPolicy": {{policy}} }]}""";
        IReadOnlyList<ResourceError> findings = new ConfigurationDocument(set, new ShortFormServices(), new DocumentSettings(MaxDepth: 200) { Decoder = settings })
            .Read(Encoding.UTF8.GetBytes(text), yaml: false, file: null, Path.GetTempPath());
        return (set.Clusters.Values.SingleOrDefault()?.LoadBalancing, Errors(findings));
    }

    private static (LoadBalancingPolicyResource? Policy, IReadOnlyList<string> Errors) Policy(byte[] wire)
    {
        var cluster = new Wire.Protos.Envoy.Config.Cluster.V3.Cluster
        {
            Name = "c",
            Type = Wire.Protos.Envoy.Config.Cluster.V3.Cluster.Types.DiscoveryType.Eds,
            EdsClusterConfig = new() { EdsConfig = new() { Ads = new() } },
            LoadBalancingPolicy = Wire.Protos.Envoy.Config.Cluster.V3.LoadBalancingPolicy.Parser.ParseFrom(wire),
        };
        var set = new ResourceSet();
        var errors = new ErrorCollector();
        new ResourceDecoder(set, errors) { Settings = Settings() }.Decode(Wire.Protos.Envoy.Config.Cluster.V3.Cluster.Descriptor.FullName, cluster.ToByteArray());
        return (set.Clusters.Values.SingleOrDefault()?.LoadBalancing, Errors(errors.Items));
    }

    private static List<string> Errors(IReadOnlyList<ResourceError> findings) => [.. findings.Where(finding => finding.Severity == Severity.Error).Select(finding => finding.ToString())];

    private static CaseResult Result(string name, bool refused, LoadBalancingPolicyResource? policy, IReadOnlyList<string> errors, Func<LoadBalancingPolicyResource, IEnumerable<string>> compare)
    {
        if (refused)
            return CaseResult.Of(name, errors.Count > 0, $"expected to be refused, was {policy}");
        return errors.Count > 0 || policy is null ? CaseResult.Of(name, [$"expected to be accepted: {string.Join("; ", errors)}"]) : CaseResult.Of(name, compare(policy));
    }

    /// <summary>gRPC's name and configuration of a policy within, beside ours.</summary>
    public static IEnumerable<string> Child(StrictJson? want, LoadBalancingPolicyResource found)
    {
        string name = found switch
        {
            RoundRobinResource => "round_robin",
            PickFirstResource => "pick_first",
            LeastRequestResource => "least_request_experimental",
            RingHashResource => RingHash,
            WeightedRoundRobinResource => "weighted_round_robin",
            WrrLocalityResource => WrrLocality,
            RandomSubsettingResource => "random_subsetting_experimental",
            CustomPolicyResource custom => custom.Name,
            _ => throw new CaseFormatException($"{found.GetType().Name} has no name of gRPC's"),
        };
        foreach (string difference in Compare(want, "Name", value => value.GetString(), name))
            yield return difference;
        if (want?.Find("Config") is not { ValueKind: JsonValueKind.Object } config || found is not CustomPolicyResource { Configuration: var json })
            yield break;

        // The fields of a struct of Go's, which are written in lower case in JSON.
        using JsonDocument document = JsonDocument.Parse(json);
        foreach (JsonProperty field in config.EnumerateObject().Where(field => field.Value.ValueKind != JsonValueKind.Null))
        {
            string key = char.ToLowerInvariant(field.Name[0]) + field.Name[1..];
            if (!document.RootElement.TryGetProperty(key, out JsonElement value) || !JsonElement.DeepEquals(value, field.Value))
                yield return $"expected {key} to be {field.Value}, the configuration is {json}";
        }
    }

    private static IEnumerable<string> Compare<T>(StrictJson? want, string key, Func<JsonElement, T> read, T found)
    {
        if (want?.Find(key) is { } value && !Equals(read(value), found))
            yield return $"expected {key} {read(value)}, was {found}";
    }

    private static IEnumerable<string> Completed(StrictJson? want)
    {
        want?.Find("LoadBalancingConfig");
        want?.Complete();
        return [];
    }
}
