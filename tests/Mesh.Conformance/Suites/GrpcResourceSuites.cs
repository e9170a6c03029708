using System.Text.Json.Nodes;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Mesh.Resources;
using Mesh.Wire.Decode;
using Mesh.Wire.Protos.Envoy.Config.Cluster.V3;
using Mesh.Wire.Protos.Envoy.Config.Endpoint.V3;
using Mesh.Wire.Protos.Envoy.Config.Listener.V3;

namespace Mesh.Conformance.Suites;

/// <summary>Listeners, clusters and load assignments that gRPC accepts or refuses, and what it reads of them.</summary>
internal static class GrpcResourceSuites
{
    // What gRPC's own tests register.
    private static readonly DecoderSettings Settings = new()
    {
        Dialect = XdsDialect.Grpc,
        FilterTypes = new Dictionary<string, HttpFilterType>(StringComparer.Ordinal)
        {
            ["custom.filter"] = new(_ => null),
            ["err.custom.filter"] = new(_ => "a configuration of this filter is always wrong"),
            ["clientOnly.custom.filter"] = new(_ => null) { OfServers = false },
            ["serverOnly.custom.filter"] = new(_ => null) { OfClients = false },
        },
        CustomPolicies = new Dictionary<string, ILoadBalancingPolicy?>(StringComparer.Ordinal) { ["myorg.MyCustomLeastRequestPolicy"] = null },
    };

    public static IEnumerable<CaseResult> Listeners(string folder) => Run(folder, Listener.Parser, set => set.Listeners, GrpcParsed.Listener);

    public static IEnumerable<CaseResult> Clusters(string folder) => Run(folder, Cluster.Parser, set => set.Clusters, GrpcParsed.Cluster);

    public static IEnumerable<CaseResult> Endpoints(string folder) => Run(folder, ClusterLoadAssignment.Parser, set => set.Endpoints, GrpcParsed.Endpoints);

    private static IEnumerable<CaseResult> Run<TMessage, TResource>(
        string folder, MessageParser<TMessage> parser, Func<ResourceSet, Dictionary<string, TResource>> resourcesOf, Func<TResource, JsonNode, IEnumerable<string>> compare)
        where TMessage : class, IMessage<TMessage>, new()
    {
        string type = new TMessage().Descriptor.FullName;
        foreach (JsonObject each in CaseFile.Read(folder))
        {
            string name = (string)each["name"]!;
            if (each["input"] is null)
            {
                yield return CaseResult.Of(name, ["the case has no input"]);
                continue;
            }

            var set = new ResourceSet();
            var errors = new ErrorCollector();
            byte[] wire = Unwrapped(each["input"]!, type, errors);
            if (!errors.HasErrors)
                new ResourceDecoder(set, errors) { Settings = Settings }.Decode(type, Prepared(wire, parser, (JsonObject?)each["featureFlags"], isWhole: (string?)each["input"]!["@proto"] == "google.protobuf.Any"));
            yield return CaseResult.Of(name, Compare(each["expect"]!, set, errors, resourcesOf(set), compare));
        }
    }

    private static IEnumerable<string> Compare<TResource>(
        JsonNode expected, ResourceSet set, ErrorCollector errors, Dictionary<string, TResource> resources, Func<TResource, JsonNode, IEnumerable<string>> compare)
    {
        bool wanted = (bool)expected["accept"]!, accepted = resources.Count == 1 && !errors.HasErrors;
        if (wanted != accepted)
            yield return wanted ? $"expected to be accepted: {string.Join(", ", errors.Items.Where(item => item.Severity == Severity.Error))}" : "expected to be refused, was accepted";
        if ((string?)expected["resourceName"] is { } name && !set.Origins.Keys.Any(owner => owner.EndsWith($" '{name}'", StringComparison.Ordinal)))
            yield return $"expected the name {name}, found {string.Join(", ", set.Origins.Keys)}";
        if (!wanted || !accepted || expected["parsed"] is not { } parsed)
            yield break;
        foreach (string difference in compare(resources.Values.Single(), parsed))
            yield return difference;
    }

    /// <summary>The resource itself: out of its Any, and out of the <c>Resource</c> around it.</summary>
    private static byte[] Unwrapped(JsonNode input, string type, ErrorCollector errors)
    {
        byte[] wire = Convert.FromBase64String((string)input["binary"]!);
        if ((string?)input["@proto"] != "google.protobuf.Any")
            return wire;
        Any any = Any.Parser.ParseFrom(wire);
        if (Any.GetTypeName(any.TypeUrl) == "envoy.service.discovery.v3.Resource")
            any = Inner(any.Value);
        if (Any.GetTypeName(any.TypeUrl) != type)
            errors.Error($"{any.TypeUrl} is another type");
        return any.Value.ToByteArray();
    }

    private static Any Inner(ByteString resource)
    {
        const uint ResourceTag = (2 << 3) | 2;
        CodedInputStream input = resource.CreateCodedInput();
        while (input.ReadTag() is var tag and not 0)
        {
            if (tag == ResourceTag)
                return Any.Parser.ParseFrom(input.ReadBytes());
            input.SkipLastField();
        }

        return new Any();
    }

    /// <summary>The message without what a switch turns off, and with the name that its own test does without; as it is, when it is malformed.</summary>
    private static byte[] Prepared<TMessage>(byte[] wire, MessageParser<TMessage> parser, JsonObject? flags, bool isWhole)
        where TMessage : class, IMessage<TMessage>, new()
    {
        try
        {
            TMessage message = parser.ParseFrom(wire);
            new GrpcFeatureFlags(flags).Apply(message);
            if (message is Cluster { Name: "" } cluster && !isWhole)
                cluster.Name = "c";
            return message.ToByteArray();
        }
        catch (InvalidProtocolBufferException)
        {
            return wire;
        }
    }
}
