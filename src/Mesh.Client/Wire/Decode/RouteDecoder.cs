using System.Collections.Frozen;
using Google.Protobuf;
using Mesh.Primitives;
using Mesh.Resources;
using Mesh.Wire.Protos.Envoy.Config.Route.V3;

namespace Mesh.Wire.Decode;

/// <summary>What whoever has resources read says of how.</summary>
internal sealed record DecoderSettings
{
    public static readonly DecoderSettings Default = new();

    /// <summary>What relative file names in resources are relative to.</summary>
    public string BaseDirectory { get; init; } = "";

    /// <summary>Who decides where Envoy and gRPC differ.</summary>
    public XdsDialect Dialect { get; init; }

    /// <summary>
    /// Whether resources are written for a proxy that takes everything there is (a wildcard subscription of ADS), not for us: what only
    /// concerns a proxy's own sockets is passed over, and what cannot be called is taken and says so. Whatever could weaken the security
    /// of a call is refused all the same.
    /// </summary>
    public bool ForProxy { get; init; }

    /// <summary>
    /// Whether they come from a control plane that the bootstrap does not call trusted (<c>trusted_xds_server</c>): what gRPC takes from no other has no effect then (gRFC
    /// A81). Files are their user's own.
    /// </summary>
    public bool Untrusted { get; init; }

    /// <summary>The most entries of a hash ring, whatever it is asked to have; null is the dialect's.</summary>
    public ulong? RingSizeCap { get; init; }

    /// <summary>Whether the instances of this program are known by zone, without which there is no zone-aware routing.</summary>
    public bool HasLocalCluster { get; init; }

    /// <summary>The types of HTTP filters that are known.</summary>
    public IReadOnlyDictionary<string, HttpFilterType> FilterTypes { get; init; } = FrozenDictionary<string, HttpFilterType>.Empty;

    /// <summary>The filters of the user's own, by name (gRFC A39).</summary>
    public IReadOnlyDictionary<string, IHttpFilterType> CustomFilters { get; init; } = FrozenDictionary<string, IHttpFilterType>.Empty;

    /// <summary>The load-balancing policies of the user's own, by name (gRFC A52); null for one that only the name is known of.</summary>
    public IReadOnlyDictionary<string, ILoadBalancingPolicy?> CustomPolicies { get; init; } = FrozenDictionary<string, ILoadBalancingPolicy?>.Empty;
}

/// <summary>A type of HTTP filter.</summary>
/// <param name="Check">What is wrong with a configuration; null for a good one.</param>
internal sealed record HttpFilterType(Func<ByteString, string?> Check)
{
    /// <summary>Whether a client may have it.</summary>
    public bool OfClients { get; init; } = true;

    /// <summary>Whether a server may have it.</summary>
    public bool OfServers { get; init; } = true;
}

/// <summary>What routes take from their route configuration.</summary>
/// <param name="MaxBody">The longest body of a direct response.</param>
/// <param name="Decoder">What holds for all resources.</param>
/// <param name="Specifiers">The cluster specifiers, by name.</param>
internal readonly record struct RouteDecoderSettings(uint MaxBody, DecoderSettings Decoder, IReadOnlyDictionary<string, ClusterSpecifierDecoder.Specifier> Specifiers);

/// <summary><c>Route</c> with its match and its action. What this version cannot match or do is refused by the scan of its marks.</summary>
internal static class RouteDecoder
{
    public static RouteResource? Decode(Route message, in RouteDecoderSettings settings, ErrorCollector errors)
    {
        RouteMatchResource? match = null;
        if (message.Match.Require("match", errors))
        {
            using (errors.At("match"))
                match = RouteMatchDecoder.Decode(message.Match, settings.Decoder.Dialect, errors);
        }

        if (settings.Decoder.Dialect == XdsDialect.Grpc && WhyGrpcIgnores(message) is { } reason)
        {
            errors.Warning($"{reason}: gRPC ignores such a route (gRFC A28), so it has no effect");
            return null;
        }

        RouteActionResource? action = null;
        RedirectResource? redirect = null;
        DirectResponseResource? direct = null;
        switch (message.ActionCase)
        {
            case Route.ActionOneofCase.Route_:
                using (errors.At("route"))
                    action = RouteActionDecoder.Decode(message.Route_, match, settings, errors);
                break;
            case Route.ActionOneofCase.Redirect:
                using (errors.At("redirect"))
                    redirect = LocalAnswerDecoder.Decode(message.Redirect, errors);
                break;
            case Route.ActionOneofCase.DirectResponse:
                using (errors.At("direct_response"))
                    direct = LocalAnswerDecoder.Decode(message.DirectResponse, settings.MaxBody, settings.Decoder.BaseDirectory, errors);
                break;
            case Route.ActionOneofCase.NonForwardingAction:
                // gRFC A36: right for a server; a client's call that comes to it fails. Envoy has no such action.
                if (settings.Decoder.Dialect == XdsDialect.Envoy)
                    errors.Error("non_forwarding_action", "not supported; it is for gRPC's servers");
                action = RouteActionResource.OfServers;
                break;
            case Route.ActionOneofCase.None:
                errors.Error("an action is required: route, redirect or direct_response");
                break;
        }

        HeaderMutationsResource headers = HeaderMutationsDecoder.Decode(
            message.RequestHeadersToAdd, message.RequestHeadersToRemove, message.ResponseHeadersToAdd, message.ResponseHeadersToRemove, errors);
        ValueList<FilterOverrideResource> overrides = FilterOverrideDecoder.Decode(message.TypedPerFilterConfig, settings.Decoder, errors);
        if (match is null || (action is null && redirect is null && direct is null))
            return null;
        return new RouteResource
        {
            Name = message.Name,
            Match = match,
            Action = action ?? RouteActionResource.None,
            Redirect = redirect,
            DirectResponse = direct,
            Headers = headers,
            FilterOverrides = overrides,
            Metadata = MetadataDecoder.Decode(message.Metadata),
        };
    }

    private static string? WhyGrpcIgnores(Route message) =>
        message.Match?.QueryParameters.Count > 0 ? "match.query_parameters is set"
        : message.Route_?.ClusterSpecifierCase == RouteAction.ClusterSpecifierOneofCase.ClusterHeader ? "route.cluster_header is set"
        : null;
}
