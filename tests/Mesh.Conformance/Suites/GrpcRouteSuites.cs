using System.Text.Json.Nodes;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Mesh.Resources;
using Mesh.Wire.Decode;
using Mesh.Wire.Protos.Envoy.Config.Route.V3;

namespace Mesh.Conformance.Suites;

/// <summary>Route configurations that gRPC accepts or refuses.</summary>
internal static class GrpcRouteSuites
{
    // What gRPC's own tests register.
    private static readonly DecoderSettings Settings = new()
    {
        Dialect = XdsDialect.Grpc,
        FilterTypes = new Dictionary<string, HttpFilterType>(StringComparer.Ordinal)
        {
            ["custom.filter"] = new(_ => null),
            ["err.custom.filter"] = new(_ => "a configuration of this filter is always wrong"),
        },
    };

    public static IEnumerable<CaseResult> Validation(string folder)
    {
        foreach (JsonObject each in CaseFile.Read(folder))
        {
            byte[] wire = Convert.FromBase64String((string)each["input"]!["binary"]!);
            if ((string?)each["input"]!["@proto"] != "google.protobuf.Any")
            {
                yield return Compare(each, wire);
                continue;
            }

            Any any = Any.Parser.ParseFrom(wire);
            yield return Any.GetTypeName(any.TypeUrl) == RouteConfiguration.Descriptor.FullName
                ? Compare(each, any.Value.ToByteArray())
                : CaseResult.Of((string)each["name"]!, !(bool)each["expect"]!["accept"]!, "expected to be accepted: another type");
        }
    }

    public static IEnumerable<CaseResult> Routes(string folder)
    {
        foreach (JsonObject each in CaseFile.Read(folder))
        {
            var host = new VirtualHost { Name = "v", Domains = { "*" } };
            foreach (JsonNode? route in (JsonArray)each["input"]!)
                host.Routes.Add(Route.Parser.ParseFrom(Convert.FromBase64String((string)route!["binary"]!)));
            yield return Compare(each, new RouteConfiguration { Name = "r", VirtualHosts = { host } }.ToByteArray());
        }
    }

    /// <summary>Whether the endpoint's name is asked for, by who says so (gRFC A81).</summary>
    public static IEnumerable<CaseResult> AutoHostRewrites(string folder)
    {
        foreach (var (name, each) in StrictCases.Read(folder))
        {
            bool Flag(string key) => each.Find(key)!.Value.GetBoolean();
            bool asked = Flag("autoHostRewrite"), trusted = Flag("isTrusted"), wanted = Flag("wantResult");

            // The last is a switch for the time before the field was read.
            var action = new RouteAction { Cluster = "c", AutoHostRewrite = Flag("envConfigRewrite") && asked };
            each.Complete();
            var set = new ResourceSet();
            var errors = new ErrorCollector();
            var route = new Route { Match = new RouteMatch { Prefix = "/" }, Route_ = action };
            new ResourceDecoder(set, errors) { Settings = Settings with { Untrusted = !trusted } }
                .Decode(RouteConfiguration.Descriptor.FullName, new RouteConfiguration { Name = "r", VirtualHosts = { new VirtualHost { Name = "v", Domains = { "*" }, Routes = { route } } } }.ToByteArray());
            bool? found = set.RouteConfigurations.Values.SingleOrDefault()?.VirtualHosts[0].AllRoutes.Single().Action?.AutoHostRewrite;
            yield return CaseResult.Of(name, found == wanted, $"expected {wanted}, was {found}: {string.Join("; ", errors.Items)}");
        }
    }

    /// <summary>What gRPC's own machinery makes and names, and no configuration does: this runner has nothing to ask.</summary>
    public static IEnumerable<CaseResult> Machinery(string folder)
    {
        foreach (JsonObject each in CaseFile.Read(folder))
            yield return CaseResult.Of((string)each["name"]!, ["there is no such thing here"]);
    }

    public static IEnumerable<CaseResult> HashPolicies(string folder)
    {
        foreach (JsonObject each in CaseFile.Read(folder))
        {
            var action = new RouteAction { Cluster = "c" };
            foreach (JsonNode? policy in (JsonArray)each["input"]!)
                action.HashPolicy.Add(RouteAction.Types.HashPolicy.Parser.ParseFrom(Convert.FromBase64String((string)policy!["binary"]!)));
            var route = new Route { Match = new RouteMatch { Prefix = "/" }, Route_ = action };
            yield return Compare(each, new RouteConfiguration { Name = "r", VirtualHosts = { new VirtualHost { Name = "v", Domains = { "*" }, Routes = { route } } } }.ToByteArray());
        }
    }

    private static CaseResult Compare(JsonObject each, byte[] wire)
    {
        // Whether the clusters exist is not what these ask, and gRPC needs no names of hosts.
        IReadOnlyList<string> errors = RouteTables.ErrorsOf(Completed(wire), Settings);
        bool wanted = (bool)each["expect"]!["accept"]!;
        return CaseResult.Of((string)each["name"]!, wanted == (errors.Count == 0), wanted ? $"expected to be accepted: {string.Join(", ", errors)}" : "expected to be refused, was accepted");
    }

    /// <summary>The message with what gRPC does not ask for; as it is, when it is malformed.</summary>
    private static byte[] Completed(byte[] wire)
    {
        try
        {
            RouteConfiguration message = RouteConfiguration.Parser.ParseFrom(wire);
            message.ValidateClusters = false;
            if (message.Name.Length == 0)
                message.Name = "r";
            for (int i = 0; i < message.VirtualHosts.Count; i++)
                message.VirtualHosts[i].Name = $"v{i}";
            return message.ToByteArray();
        }
        catch (InvalidProtocolBufferException)
        {
            return wire;
        }
    }
}
