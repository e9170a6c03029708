using System.Buffers;
using Mesh.Primitives;
using Mesh.Resources;
using Mesh.Wire.Protos.Envoy.Config.Core.V3;
using Mesh.Wire.Protos.Envoy.Config.Route.V3;
using Mesh.Wire.Protos.Envoy.Extensions.Path.Rewrite.UriTemplate.V3;

namespace Mesh.Wire.Decode;

/// <summary><c>RouteAction</c>: where a request goes, and what becomes of it on the way.</summary>
internal static class RouteActionDecoder
{
    private static readonly SearchValues<char> ForbiddenInPaths = SearchValues.Create("\0\r\n \t\\#");
    private static readonly SearchValues<char> ForbiddenInHosts = SearchValues.Create("\0\r\n \t/@");

    public static RouteActionResource Decode(RouteAction message, RouteMatchResource? match, in RouteDecoderSettings settings, ErrorCollector errors)
    {
        var clusters = new List<WeightedClusterResource>();
        ClusterSpecifierDecoder.Specifier? specifier = null;
        switch (message.ClusterSpecifierCase)
        {
            case RouteAction.ClusterSpecifierOneofCase.Cluster:
                message.Cluster.Require("cluster", errors);
                clusters.Add(new WeightedClusterResource(message.Cluster, 1));
                break;
            case RouteAction.ClusterSpecifierOneofCase.ClusterHeader:
                HeaderMutationsDecoder.CheckHeaderName(message.ClusterHeader, "cluster_header", errors);
                break;
            case RouteAction.ClusterSpecifierOneofCase.WeightedClusters:
                using (errors.At("weighted_clusters"))
                    Decode(message.WeightedClusters, clusters, settings, errors);
                break;
            case RouteAction.ClusterSpecifierOneofCase.ClusterSpecifierPlugin:
                if (!settings.Specifiers.TryGetValue(message.ClusterSpecifierPlugin, out specifier))
                    errors.Error("cluster_specifier_plugin", $"no plugin of cluster_specifier_plugins is named '{message.ClusterSpecifierPlugin}', or it is refused");
                break;
            case RouteAction.ClusterSpecifierOneofCase.InlineClusterSpecifierPlugin:
                using (errors.At("inline_cluster_specifier_plugin"))
                    specifier = ClusterSpecifierDecoder.Decode(message.InlineClusterSpecifierPlugin, errors);
                break;
            case RouteAction.ClusterSpecifierOneofCase.None:
                errors.Error("a cluster specifier is required: cluster, cluster_header, weighted_clusters, cluster_specifier_plugin or inline_cluster_specifier_plugin");
                break;
        }

        if (specifier is not null)
            clusters.AddRange(specifier.Clusters);

        RetryPolicyResource? retry = null;
        if (message.RetryPolicy is not null)
        {
            using (errors.At("retry_policy"))
                retry = RetryPolicyDecoder.Decode(message.RetryPolicy, settings.Decoder.Dialect, errors);
        }

        CheckHost(message.HostRewriteLiteral, errors);
        CheckPath(message.PrefixRewrite, errors);
        if (message.PrefixRewrite.Length > 0 && match is { PathKind: PathMatchKind.Template })
            errors.Error("prefix_rewrite", "set beside match.path_match_policy, which matches no prefix; path_rewrite_policy and regex_rewrite rewrite it");
        if (message.PrefixRewrite.Length > 0 && message.RegexRewrite is not null)
            errors.Error("regex_rewrite", "set beside prefix_rewrite; only one of them may be set");
        if (message.PathRewrite.Length > 0)
        {
            FormatDecoder.Decode(message.PathRewrite, "path_rewrite", errors);
            if (message.PrefixRewrite.Length > 0 || message.RegexRewrite is not null)
                errors.Error("path_rewrite", "set beside prefix_rewrite or regex_rewrite; only one of them may be set");
        }

        if (message.HostRewriteSpecifierCase == RouteAction.HostRewriteSpecifierOneofCase.HostRewrite)
            FormatDecoder.Decode(message.HostRewrite, "host_rewrite", errors);
        if (message.HostRewriteSpecifierCase == RouteAction.HostRewriteSpecifierOneofCase.HostRewriteHeader)
            HeaderMutationsDecoder.CheckHeaderName(message.HostRewriteHeader, "host_rewrite_header", errors);
        TimeSpan? maxStream = null, headerMax = null;
        if (message.MaxStreamDuration is { } limits)
        {
            using (errors.At("max_stream_duration"))
            {
                maxStream = limits.MaxStreamDuration_.Read("max_stream_duration", errors);
                headerMax = limits.GrpcTimeoutHeaderMax.Read("grpc_timeout_header_max", errors);
            }
        }

        XdsDialect dialect = settings.Decoder.Dialect;
        ValueList<HashPolicyResource> hashPolicies = RouteMatchDecoder.Decode(message.HashPolicy, "hash_policy", errors, (policy, found) => HashPolicyDecoder.Decode(policy, dialect, found));
        bool byHash = message.WeightedClusters?.UseHashPolicy ?? false;
        ValueList<UpgradeResource> upgrades = RouteMatchDecoder.Decode(message.UpgradeConfigs, "upgrade_configs", errors, RoutePolicyDecoder.Decode);
        RoutePolicyDecoder.CheckUnique(upgrades, errors);
        InternalRedirectResource? internalRedirect = null;
        if (message.InternalRedirectPolicy is not null)
        {
            using (errors.At("internal_redirect_policy"))
                internalRedirect = InternalRedirectDecoder.Decode(message.InternalRedirectPolicy, errors);
        }
        else if (message.InternalRedirectAction == RouteAction.Types.InternalRedirectAction.HandleInternalRedirect)
        {
            // What internal_redirect_policy was before it had a message.
            internalRedirect = new InternalRedirectResource { MaxRedirects = message.MaxInternalRedirects ?? 1 };
        }

        return new RouteActionResource
        {
            Clusters = clusters.ToValueList(),
            IsWeighted = message.ClusterSpecifierCase == RouteAction.ClusterSpecifierOneofCase.WeightedClusters,
            ClusterHeader = message.ClusterHeader.ToLowerInvariant(),
            WeightHeader = message.WeightedClusters?.HeaderName.ToLowerInvariant() ?? "",
            WeightsByHash = byHash,
            ClusterMatcher = specifier?.Matcher,
            MissingSpecifier = specifier?.Missing ?? "",
            HashPolicies = hashPolicies,
            MetadataMatch = SubsetDecoder.DecodeMatch(message.MetadataMatch, dialect, errors),
            ClusterNotFoundStatus = NotFoundStatus(message.ClusterNotFoundResponseCode, errors),
            PrefixRewrite = message.PrefixRewrite,
            RegexRewrite = RegexDecoder.Decode(message.RegexRewrite, "regex_rewrite", errors),
            HostRewriteHeader = message.HostRewriteHeader.ToLowerInvariant(),
            HostRewritePathRegex = RegexDecoder.Decode(message.HostRewritePathRegex, "host_rewrite_path_regex", errors),
            PathTemplateRewrite = message.PathRewritePolicy is { } policy ? Template(policy, match, message, errors) : "",
            PathRewriteFormat = message.PathRewrite,
            HostRewriteFormat = message.HostRewriteSpecifierCase == RouteAction.HostRewriteSpecifierOneofCase.HostRewrite ? message.HostRewrite : "",
            IsHighPriority = message.Priority == RoutingPriority.High,
            AutoHostRewrite = RewritesToEndpoint(message, settings.Decoder, errors),
            AppendForwardedHost = message.AppendXForwardedHost,
            HostRewriteLiteral = message.HostRewriteSpecifierCase == RouteAction.HostRewriteSpecifierOneofCase.HostRewriteLiteral ? message.HostRewriteLiteral : "",
            Timeout = message.Timeout.Read("timeout", errors),
            IdleTimeout = message.IdleTimeout.Read("idle_timeout", errors),
            MaxStreamDuration = maxStream,
            GrpcTimeoutHeaderMax = headerMax,
            RetryPolicy = retry,
            InternalRedirect = internalRedirect,
            MirrorPolicies = RouteMatchDecoder.Decode(message.RequestMirrorPolicies, "request_mirror_policies", errors, RoutePolicyDecoder.Decode),
            HedgePolicy = RoutePolicyDecoder.Decode(message.HedgePolicy, errors),
            RateLimits = RouteMatchDecoder.Decode(message.RateLimits, "rate_limits", errors, RateLimitDecoder.Decode),
            Upgrades = upgrades,
        };
    }

    /// <summary>Who says what a server is asked as may lead a call to another than its caller meant, so that gRPC asks for trust (gRFC A81).</summary>
    private static bool RewritesToEndpoint(RouteAction message, DecoderSettings decoder, ErrorCollector errors)
    {
        if (message.AutoHostRewrite != true || decoder is not { Dialect: XdsDialect.Grpc, Untrusted: true })
            return message.AutoHostRewrite == true;
        errors.Warning("auto_host_rewrite", "gRPC takes it only from a server with trusted_xds_server among its server_features (gRFC A81): it has no effect");
        return false;
    }

    private static void Decode(WeightedCluster message, List<WeightedClusterResource> clusters, in RouteDecoderSettings settings, ErrorCollector errors)
    {
        if (message.Clusters.Count == 0)
            errors.Error("clusters", "at least one is required");
        ulong total = 0;
        for (int i = 0; i < message.Clusters.Count; i++)
        {
            WeightedCluster.Types.ClusterWeight cluster = message.Clusters[i];
            using (errors.At("clusters", i))
            {
                if (cluster.Name.Length > 0 && cluster.ClusterHeader.Length > 0)
                    errors.Error("cluster_header", "set beside name; only one of them may be set");
                else if (cluster.ClusterHeader.Length > 0)
                    HeaderMutationsDecoder.CheckHeaderName(cluster.ClusterHeader, "cluster_header", errors);
                else
                    cluster.Name.Require("name", errors);
                if (cluster.Weight is null && settings.Decoder.Dialect == XdsDialect.Envoy)
                    errors.Error("weight", "required");
                CheckHost(cluster.HostRewriteLiteral, errors);
                total += cluster.Weight ?? 0;
                clusters.Add(new WeightedClusterResource(cluster.Name, cluster.Weight ?? 0)
                {
                    Headers = HeaderMutationsDecoder.Decode(
                        cluster.RequestHeadersToAdd, cluster.RequestHeadersToRemove, cluster.ResponseHeadersToAdd, cluster.ResponseHeadersToRemove, errors),
                    HostRewriteLiteral = cluster.HostRewriteLiteral,
                    MetadataMatch = SubsetDecoder.DecodeMatch(cluster.MetadataMatch, settings.Decoder.Dialect, errors),
                    ClusterHeader = cluster.ClusterHeader.ToLowerInvariant(),
                    FilterOverrides = FilterOverrideDecoder.Decode(cluster.TypedPerFilterConfig, settings.Decoder, errors),
                });
            }
        }

        if (message.Clusters.Count > 0 && total is 0 or > uint.MaxValue)
            errors.Error("clusters", $"the weights add up to {total}; a sum from 1 to {uint.MaxValue} is allowed");
    }

    private static string Template(TypedExtensionConfig policy, RouteMatchResource? match, RouteAction action, ErrorCollector errors)
    {
        using (errors.At("path_rewrite_policy"))
        {
            if (action.PrefixRewrite.Length > 0 || action.RegexRewrite is not null || action.PathRewrite.Length > 0)
                errors.Error("set beside prefix_rewrite, regex_rewrite or path_rewrite; only one of them may be set");
            if (!policy.TypedConfig.Require("typed_config", errors))
                return "";
            using (errors.At("typed_config"))
            {
                if (AnyDecoder.Open<UriTemplateRewriteConfig>(policy.TypedConfig, errors) is not { } config)
                    return "";
                string error = "it rewrites what a path_match_policy matched, and the route has none";
                if (match is not { PathKind: PathMatchKind.Template } || UriTemplate.Parse(match.Path, out error) is not { } template
                    || template.Substitution(config.PathTemplateRewrite, out error) is null)
                {
                    errors.Error("path_template_rewrite", $"'{config.PathTemplateRewrite}': {error}");
                }

                return config.PathTemplateRewrite;
            }
        }
    }

    private static int NotFoundStatus(RouteAction.Types.ClusterNotFoundResponseCode code, ErrorCollector errors)
    {
        switch (code)
        {
            case RouteAction.Types.ClusterNotFoundResponseCode.ServiceUnavailable: return 503;
            case RouteAction.Types.ClusterNotFoundResponseCode.NotFound: return 404;
            case RouteAction.Types.ClusterNotFoundResponseCode.InternalServerError: return 500;
            default:
                errors.Error("cluster_not_found_response_code", $"{(int)code} is not known; allowed are 0 to 2");
                return 503;
        }
    }

    private static void CheckPath(string path, ErrorCollector errors)
    {
        if (path.AsSpan().ContainsAny(ForbiddenInPaths))
            errors.Error("prefix_rewrite", "holds a space, tab, NUL, CR, LF, '\\' or '#', which no path may");
        else if (path.Length > 0 && path[0] != '/')
            errors.Warning("prefix_rewrite", $"'{path}' makes no path; a '/' is put before it");
    }

    /// <summary>Reports what can be no host.</summary>
    public static void CheckHost(string host, ErrorCollector errors)
    {
        if (host.AsSpan().ContainsAny(ForbiddenInHosts))
            errors.Error("host_rewrite_literal", $"'{host}' is not a host, with or without a port");
    }
}
