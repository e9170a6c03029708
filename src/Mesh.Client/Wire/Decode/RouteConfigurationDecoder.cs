using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using Mesh.Primitives;
using Mesh.Resources;
using Mesh.Wire.Protos.Envoy.Config.Route.V3;

namespace Mesh.Wire.Decode;

/// <summary><c>RouteConfiguration</c> and its virtual hosts, validated as Envoy and gRPC (gRFC A28) do.</summary>
internal static class RouteConfigurationDecoder
{
    public static RouteConfigurationResource Decode(RouteConfiguration message, DecoderSettings decoder, ErrorCollector errors)
    {
        var settings = new RouteDecoderSettings(message.MaxDirectResponseBodySizeBytes ?? LocalAnswerDecoder.DefaultMaxBody, decoder, ClusterSpecifierDecoder.Decode(message.ClusterSpecifierPlugins, errors));
        var hosts = new List<VirtualHostResource>(message.VirtualHosts.Count);
        var names = new HashSet<string>(StringComparer.Ordinal);
        var domains = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (int i = 0; i < message.VirtualHosts.Count; i++)
        {
            using (errors.At("virtual_hosts", i))
            {
                VirtualHostResource host = Decode(message.VirtualHosts[i], settings, domains, errors);
                if (host.Name.Length > 0 && !names.Add(host.Name))
                    errors.Warning("name", $"'{host.Name}' names an earlier virtual host too: explanations cannot tell them apart");
                hosts.Add(host);
            }
        }

        if (message.IgnorePortInHostMatching && message.VhostHeader.Length > 0)
            errors.Error("vhost_header", "set beside ignore_port_in_host_matching; only one of them may be set");
        return new RouteConfigurationResource
        {
            Name = message.Name,
            VirtualHosts = hosts.ToValueList(),
            Headers = HeaderMutationsDecoder.Decode(
                message.RequestHeadersToAdd, message.RequestHeadersToRemove, message.ResponseHeadersToAdd, message.ResponseHeadersToRemove, errors),
            MostSpecificHeaderMutationsWins = message.MostSpecificHeaderMutationsWins,
            ValidateClusters = message.ValidateClusters,
            IgnorePortInHostMatching = message.IgnorePortInHostMatching,
            IgnorePathParametersInPathMatching = message.IgnorePathParametersInPathMatching,
            VhostHeader = message.VhostHeader.ToLowerInvariant(),
            MirrorPolicies = RouteMatchDecoder.Decode(message.RequestMirrorPolicies, "request_mirror_policies", errors, RoutePolicyDecoder.Decode),
            FilterOverrides = FilterOverrideDecoder.Decode(message.TypedPerFilterConfig, decoder, errors),
        };
    }

    private static VirtualClusterResource Decode(VirtualCluster message, ErrorCollector errors)
    {
        message.Name.Require("name", errors);
        if (message.Headers.Count == 0)
            errors.Error("headers", "at least one is required");
        return new VirtualClusterResource(message.Name, RouteMatchDecoder.Decode(message.Headers, "headers", errors, HeaderMatcherDecoder.Decode));
    }

    private static VirtualHostResource Decode(VirtualHost message, in RouteDecoderSettings settings, HashSet<string> domains, ErrorCollector errors)
    {
        if (settings.Decoder.Dialect == XdsDialect.Envoy)
            message.Name.Require("name", errors);
        if (message.Domains.Count == 0)
            errors.Error("domains", "at least one is required; '*' stands for every host");
        for (int i = 0; i < message.Domains.Count; i++)
        {
            string domain = message.Domains[i];
            using (errors.At("domains", i))
            {
                if (domain.Length == 0)
                    errors.Error("must not be empty; '*' stands for every host");
                else if (DomainPattern.KindOf(domain) == DomainKind.Invalid)
                    errors.Error($"'{domain}': one '*' is allowed, at the start or at the end");
                else if (!domains.Add(domain))
                    errors.Error($"'{domain}' stands in this route configuration already; a domain may lead to one virtual host only");
            }
        }

        if (message.RequireTls is < VirtualHost.Types.TlsRequirementType.None or > VirtualHost.Types.TlsRequirementType.All)
            errors.Error("require_tls", $"{(int)message.RequireTls} is not known; allowed are NONE, EXTERNAL_ONLY and ALL");

        ValueList<RouteResource> routes = DecodeRoutes(message.Routes, settings, errors);
        MatcherResource? matcher = null;
        var matcherRoutes = new List<ValueList<RouteResource>>();
        if (message.Matcher is not null)
        {
            using (errors.At("matcher"))
            {
                if (message.Routes.Count > 0)
                    errors.Error("set beside routes; only one of them may be set");
                RouteDecoderSettings own = settings;
                matcher = new MatcherDecoder([MatchInputKind.Header, MatchInputKind.FilterState], (action, found) =>
                {
                    if (DecodeAction(action, own, found) is not { } list)
                        return null;
                    matcherRoutes.Add(list);
                    return matcherRoutes.Count - 1;
                }).Decode(message.Matcher, errors);
            }
        }

        RetryPolicyResource? retry = null;
        if (message.RetryPolicy is not null)
        {
            using (errors.At("retry_policy"))
                retry = RetryPolicyDecoder.Decode(message.RetryPolicy, settings.Decoder.Dialect, errors);
        }

        return new VirtualHostResource
        {
            Name = message.Name,
            Domains = message.Domains.ToValueList(),
            Routes = routes,
            Matcher = matcher,
            MatcherRoutes = matcherRoutes.ToValueList(),
            Headers = HeaderMutationsDecoder.Decode(
                message.RequestHeadersToAdd, message.RequestHeadersToRemove, message.ResponseHeadersToAdd, message.ResponseHeadersToRemove, errors),
            RetryPolicy = retry,
            IncludeRequestAttemptCount = message.IncludeRequestAttemptCount,
            IncludeAttemptCountInResponse = message.IncludeAttemptCountInResponse,
            RequireTls = (TlsRequirement)message.RequireTls,
            VirtualClusters = RouteMatchDecoder.Decode(message.VirtualClusters, "virtual_clusters", errors, Decode),
            MirrorPolicies = RouteMatchDecoder.Decode(message.RequestMirrorPolicies, "request_mirror_policies", errors, RoutePolicyDecoder.Decode),
            HedgePolicy = RoutePolicyDecoder.Decode(message.HedgePolicy, errors),
            RateLimits = RouteMatchDecoder.Decode(message.RateLimits, "rate_limits", errors, RateLimitDecoder.Decode),
            FilterOverrides = FilterOverrideDecoder.Decode(message.TypedPerFilterConfig, settings.Decoder, errors),
            Metadata = MetadataDecoder.Decode(message.Metadata),
        };
    }

    private static ValueList<RouteResource> DecodeRoutes(RepeatedField<Route> messages, in RouteDecoderSettings settings, ErrorCollector errors)
    {
        var routes = new List<RouteResource>(messages.Count);
        for (int i = 0; i < messages.Count; i++)
        {
            using (errors.At("routes", i))
            {
                if (RouteDecoder.Decode(messages[i], settings, errors) is { } route)
                    routes.Add(route);
            }
        }

        return routes.ToValueList();
    }

    /// <summary>What a tree leads to: one route, or several of which the first that matches is taken.</summary>
    private static ValueList<RouteResource>? DecodeAction(Any action, in RouteDecoderSettings settings, ErrorCollector errors)
    {
        if (AnyDecoder.TypeName(action.TypeUrl) == RouteList.Descriptor.FullName)
            return AnyDecoder.Open<RouteList>(action, errors) is { } list ? DecodeRoutes(list.Routes, settings, errors) : null;
        if (AnyDecoder.TypeName(action.TypeUrl) == Route.Descriptor.FullName)
        {
            // gRPC ignores some routes: what led there leads to nothing then.
            return AnyDecoder.Open<Route>(action, errors) is not { } route ? null
                : RouteDecoder.Decode(route, settings, errors) is { } decoded ? [decoded]
                : [];
        }

        errors.Error($"'{action.TypeUrl}' is not supported here; allowed are {Route.Descriptor.FullName} and {RouteList.Descriptor.FullName}");
        return null;
    }
}
