using System.Text.Json;
using System.Text.Json.Nodes;
using Mesh.Sources.Xds.Bootstrap;
using Mesh.Tool.RouteTests;

namespace Mesh.Conformance.Suites;

/// <summary>Compares what was read with grpc-go's structs, as far as they hold the bootstrap and not its own machinery.</summary>
internal static class BootstrapJson
{
    private static readonly string[] Supported = ["insecure", "tls"];

    public static IEnumerable<string> Differences(StrictJson wanted, XdsBootstrap found)
    {
        List<StrictJson> servers = [.. wanted.Objects("xDSServers")];
        List<string> differences =
        [
            .. Servers(servers, found.Servers),
            .. wanted.Object("node") is { } node ? Node(node, found.Node) : [],
            .. Text("client template", wanted.Text("clientDefaultListenerResourceNameTemplate"), found.ClientDefaultListenerTemplate),
            .. Text("server template", wanted.Text("serverListenerResourceNameTemplate"), found.ServerListenerTemplate ?? ""),
            .. Authorities(wanted, found),
            .. Services(wanted, found),
            .. Providers(wanted, found),
        ];
        wanted.Complete();
        return differences;
    }

    public static IEnumerable<string> Node(StrictJson wanted, XdsNode found)
    {
        // Its name, version and features are the client's own, and ours are added with the stream.
        wanted.Find("userAgentName");
        wanted.Find("userAgentVersionType");
        wanted.Find("clientFeatures");
        List<string> differences =
        [
            .. Text("id", wanted.Text("ID"), found.Id),
            .. Text("cluster", wanted.Text("Cluster"), found.Cluster),
            .. Metadata(wanted.Object("Metadata"), found.Metadata),
        ];
        if (wanted.Object("Locality") is { } locality)
        {
            differences.AddRange(Text("region", locality.Text("Region"), found.Region));
            differences.AddRange(Text("zone", locality.Text("Zone"), found.Zone));
            differences.AddRange(Text("sub zone", locality.Text("SubZone"), found.SubZone));
            locality.Complete();
        }

        wanted.Complete();
        return differences;
    }

    /// <summary>A service, whose shape is that of a server but for the address.</summary>
    public static IEnumerable<string> Service(StrictJson wanted, AllowedGrpcService found)
    {
        List<string> differences =
        [
            .. Text("target", wanted.Text("targetURI"), found.TargetUri),
            .. Calls(wanted.Objects("callCredsConfigs"), found.CallCredentials),
            .. Channel(wanted.Objects("channelCreds"), null, found.Credentials),
        ];

        // In a service grpc-go's tests leave the one that was selected out.
        Skip(wanted, "cleanups", "dialOptions", "selectedChannelCreds");
        wanted.Complete();
        return differences;
    }

    /// <summary>The call credentials that are applied: of the wanted ones those that are known.</summary>
    public static IEnumerable<string> Calls(IEnumerable<StrictJson> wanted, IReadOnlyList<CallCredentials> found)
    {
        var paths = new List<string>();
        foreach (StrictJson entry in wanted)
        {
            string? config = entry.Text("Config");
            if (entry.Text("Type") == "jwt_token_file")
                paths.Add((string)JsonNode.Parse(config!)!["jwt_token_file"]!);
            entry.Complete();
        }

        return Text("call credentials", string.Join(", ", paths), string.Join(", ", found.Select(each => each is CallCredentials.JwtTokenFile token ? token.Path : each.ToString())));
    }

    public static string TypeOf(ChannelCredentials found) => found switch
    {
        ChannelCredentials.Insecure => "insecure",
        ChannelCredentials.Tls => "tls",

        // grpc-go knows one type more than we do, and takes it.
        ChannelCredentials.Unsupported unsupported => unsupported.Offered.First(type => type == "google_default"),
        _ => found.ToString(),
    };

    private static IEnumerable<string> Servers(List<StrictJson> wanted, IReadOnlyList<XdsServer> found)
    {
        if (wanted.Count != found.Count)
            return [$"expected {wanted.Count} servers, were {found.Count}"];
        return wanted.Zip(found, (each, server) => Server(each, server)).SelectMany(each => each);
    }

    private static List<string> Server(StrictJson wanted, XdsServer found)
    {
        StrictJson? selected = wanted.Object("selectedChannelCreds");
        string? type = selected?.Text("Type");
        selected?.Find("Config");
        selected?.Complete();
        List<string> differences =
        [
            .. Text("uri", wanted.Text("serverURI"), found.Uri),
            .. Channel(wanted.Objects("channelCreds"), type, found.Credentials),
            .. Calls(wanted.Objects("callCredsConfigs"), found.CallCredentials),
            .. Text("features", string.Join(", ", wanted.Find("serverFeatures")?.EnumerateArray().Select(each => each.GetString()) ?? []), string.Join(", ", found.Features)),
        ];
        Skip(wanted, "cleanups", "credsDialOption", "extraDialOptions", "selectedCallCreds");
        wanted.Complete();
        return differences;
    }

    private static IEnumerable<string> Channel(IEnumerable<StrictJson> wanted, string? selected, ChannelCredentials found)
    {
        var types = new List<string>();
        foreach (StrictJson entry in wanted)
        {
            types.Add(entry.Text("Type") ?? "");
            entry.Find("Config");
            entry.Complete();
        }

        // Where grpc-go takes google_default, we take the first behind it that we have, as the format has it.
        string? ours = types.Find(type => Supported.Contains(type, StringComparer.Ordinal));
        return Text("channel credentials", selected is null or "google_default" ? ours ?? "google_default" : selected, TypeOf(found));
    }

    private static List<string> Authorities(StrictJson wanted, XdsBootstrap found)
    {
        Dictionary<string, JsonElement> named = Named(wanted, "authorities");
        List<string> differences = [.. Names("authorities", named.Keys, found.Authorities.Keys)];
        foreach (var (name, element) in named.Where(each => found.Authorities.ContainsKey(each.Key)))
        {
            var authority = new StrictJson(element, $"authorities.{name}");
            differences.AddRange(Text($"template of {name}", authority.Text("ClientListenerResourceNameTemplate"), found.Authorities[name].ClientListenerTemplate));
            differences.AddRange(Servers([.. authority.Objects("XDSServers")], found.Authorities[name].Servers));
            authority.Complete();
        }

        return differences;
    }

    private static List<string> Services(StrictJson wanted, XdsBootstrap found)
    {
        Dictionary<string, JsonElement> named = Named(wanted, "allowedGRPCServices");
        List<string> differences = [.. Names("allowed services", named.Keys, found.AllowedGrpcServices.Keys)];
        foreach (var (name, element) in named.Where(each => found.AllowedGrpcServices.ContainsKey(each.Key)))
            differences.AddRange(Service(new StrictJson(element, $"allowedGRPCServices.{name}"), found.AllowedGrpcServices[name]));
        return differences;
    }

    private static IEnumerable<string> Providers(StrictJson wanted, XdsBootstrap found)
    {
        // cpcs is the unread text of the same; what a plug-in of grpc-go's tests makes of its own is no matter of ours.
        wanted.Find("cpcs");
        Dictionary<string, JsonElement> named = Named(wanted, "certProviderConfigs");
        return found.CertificateProviders.Keys.Where(name => !named.ContainsKey(name)).Select(name => $"expected no certificate provider '{name}'");
    }

    private static Dictionary<string, JsonElement> Named(StrictJson wanted, string key) =>
        wanted.Find(key)?.EnumerateObject().ToDictionary(member => member.Name, member => member.Value, StringComparer.Ordinal) ?? [];

    private static IEnumerable<string> Names(string what, IEnumerable<string> wanted, IEnumerable<string> found) =>
        Text(what, string.Join(", ", wanted.Order(StringComparer.Ordinal)), string.Join(", ", found.Order(StringComparer.Ordinal)));

    private static IEnumerable<string> Metadata(StrictJson? wanted, JsonElement? found)
    {
        JsonElement? value = wanted?.Find("value");
        wanted?.Text("@proto");
        wanted?.Find("binary");
        wanted?.Complete();

        string Shown(JsonElement? element) => element is { } some ? JsonNode.Parse(some.GetRawText())!.ToJsonString() : "none";
        bool equal = (value, found) switch
        {
            (null, null) => true,
            ({ } a, { } b) => JsonElement.DeepEquals(a, b),
            _ => false,
        };
        return equal ? [] : [$"expected metadata {Shown(value)}, was {Shown(found)}"];
    }

    private static void Skip(StrictJson from, params ReadOnlySpan<string> keys)
    {
        foreach (string key in keys)
            from.Find(key);
    }

    private static IEnumerable<string> Text(string what, string? wanted, string found) =>
        (wanted ?? "") == found ? [] : [$"expected {what} '{wanted}', was '{found}'"];
}
