using System.Text;
using Mesh.Resources;
using Mesh.Wire;
using Mesh.Wire.Decode;
using Xunit;

namespace Mesh.Client.Tests.Wire.Decode;

/// <summary>A route configuration of one virtual host, read as Envoy or as gRPC reads it.</summary>
internal static class OneRoute
{
    public const string Types = "type.googleapis.com";

    /// <summary>An input of a matcher tree.</summary>
    public const string Header = $"{{name: h, typed_config: {{'@type': {Types}/envoy.type.matcher.v3.HttpRequestHeaderMatchInput, header_name: X}}}}";

    /// <summary>What stands between the braces of the route configuration, but for its name.</summary>
    public static Decoded Table(string body, DecoderSettings? decoder = null)
    {
        string text = Xds.Document(Xds.Resource(Xds.RoutesType, $"name: r, {body}"));
        return Decoded.Read(Encoding.UTF8.GetBytes(text), yaml: true, limits: new DocumentSettings { Decoder = decoder ?? DecoderSettings.Default });
    }

    public static Decoded Host(string host, DecoderSettings? decoder = null) => Table($"virtual_hosts: [{{name: v, domains: [a], {host}}}]", decoder);

    public static Decoded Route(string route, DecoderSettings? decoder = null) => Host($"routes: [{{{route}}}]", decoder);

    /// <summary>A route for every path, from what stands beside its cluster.</summary>
    public static Decoded Action(string action, DecoderSettings? decoder = null) => Route($"match: {{prefix: /}}, route: {{cluster: c, {action}}}", decoder);

    public static VirtualHostResource Host(this Decoded decoded) => decoded.Set.RouteConfigurations["r"].VirtualHosts[0];

    public static RouteResource Route(this Decoded decoded) => decoded.Host().Routes[0];

    public static void AssertRefused(this Decoded decoded, params string[] findings) => Assert.Empty(decoded.AssertFindings(findings).Set.RouteConfigurations);
}
