using System.Buffers;
using Mesh.Primitives;
using Mesh.Resources;
using Mesh.Wire.Protos.Envoy.Config.Core.V3;
using Mesh.Wire.Protos.Envoy.Config.Route.V3;
using Mesh.Wire.Protos.Envoy.Extensions.Path.Rewrite.UriTemplate.V3;

namespace Mesh.Wire.Decode;

/// <summary>What routes take from their route configuration.</summary>
/// <param name="MaxBody">The longest body of a direct response.</param>
/// <param name="BaseDirectory">What relative file names are relative to.</param>
internal readonly record struct RouteDecoderSettings(uint MaxBody, string BaseDirectory);

/// <summary><c>Route</c> with its match and its action. What this version cannot match or do is refused by the scan of its marks.</summary>
internal static class RouteDecoder
{
    private static readonly SearchValues<char> ForbiddenInPaths = SearchValues.Create("\0\r\n \t\\?#");
    private static readonly SearchValues<char> ForbiddenInHosts = SearchValues.Create("\0\r\n \t/@");

    public static RouteResource? Decode(Route message, RouteDecoderSettings settings, ErrorCollector errors)
    {
        RouteMatchResource? match = null;
        if (message.Match.Require("match", errors))
        {
            using (errors.At("match"))
                match = RouteMatchDecoder.Decode(message.Match, errors);
        }

        RouteActionResource? action = null;
        RedirectResource? redirect = null;
        DirectResponseResource? direct = null;
        switch (message.ActionCase)
        {
            case Route.ActionOneofCase.Route_:
                using (errors.At("route"))
                {
                    action = Decode(message.Route_, errors);
                    if (message.Route_.PathRewritePolicy is { } policy)
                        action = action with { PathTemplateRewrite = Template(policy, match, message.Route_, errors) };
                }

                break;
            case Route.ActionOneofCase.Redirect:
                using (errors.At("redirect"))
                    redirect = LocalAnswerDecoder.Decode(message.Redirect, errors);
                break;
            case Route.ActionOneofCase.DirectResponse:
                using (errors.At("direct_response"))
                    direct = LocalAnswerDecoder.Decode(message.DirectResponse, settings.MaxBody, settings.BaseDirectory, errors);
                break;
            case Route.ActionOneofCase.None:
                errors.Error("an action is required: route, redirect or direct_response");
                break;
        }

        HeaderMutationsResource headers = HeaderMutationsDecoder.Decode(
            message.RequestHeadersToAdd, message.RequestHeadersToRemove, message.ResponseHeadersToAdd, message.ResponseHeadersToRemove, errors);
        if (match is null || (action is null && redirect is null && direct is null))
            return null;
        return new RouteResource { Name = message.Name, Match = match, Action = action ?? RouteActionResource.None, Redirect = redirect, DirectResponse = direct, Headers = headers };
    }

    private static RouteActionResource Decode(RouteAction message, ErrorCollector errors)
    {
        var clusters = new List<WeightedClusterResource>();
        switch (message.ClusterSpecifierCase)
        {
            case RouteAction.ClusterSpecifierOneofCase.Cluster:
                message.Cluster.Require("cluster", errors);
                clusters.Add(new WeightedClusterResource(message.Cluster, 1));
                break;
            case RouteAction.ClusterSpecifierOneofCase.ClusterHeader:
                CheckHeaderName(message.ClusterHeader, "cluster_header", errors);
                break;
            case RouteAction.ClusterSpecifierOneofCase.WeightedClusters:
                using (errors.At("weighted_clusters"))
                    Decode(message.WeightedClusters, clusters, errors);
                break;
            case RouteAction.ClusterSpecifierOneofCase.None:
                errors.Error("a cluster specifier is required: cluster, cluster_header or weighted_clusters");
                break;
        }

        RetryPolicyResource? retry = null;
        if (message.RetryPolicy is not null)
        {
            using (errors.At("retry_policy"))
                retry = RetryPolicyDecoder.Decode(message.RetryPolicy, errors);
        }

        CheckHost(message.HostRewriteLiteral, errors);
        CheckPath(message.PrefixRewrite, errors);
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
            CheckHeaderName(message.HostRewriteHeader, "host_rewrite_header", errors);
        TimeSpan? maxStream = null, headerMax = null;
        if (message.MaxStreamDuration is { } limits)
        {
            using (errors.At("max_stream_duration"))
            {
                maxStream = limits.MaxStreamDuration_.Read("max_stream_duration", errors);
                headerMax = limits.GrpcTimeoutHeaderMax.Read("grpc_timeout_header_max", errors);
            }
        }

        return new RouteActionResource
        {
            Clusters = clusters.ToValueList(),
            IsWeighted = message.ClusterSpecifierCase == RouteAction.ClusterSpecifierOneofCase.WeightedClusters,
            ClusterHeader = message.ClusterHeader.ToLowerInvariant(),
            WeightHeader = message.WeightedClusters?.HeaderName.ToLowerInvariant() ?? "",
            ClusterNotFoundStatus = NotFoundStatus(message.ClusterNotFoundResponseCode, errors),
            PrefixRewrite = message.PrefixRewrite,
            RegexRewrite = RegexDecoder.Decode(message.RegexRewrite, "regex_rewrite", errors),
            HostRewriteHeader = message.HostRewriteHeader.ToLowerInvariant(),
            HostRewritePathRegex = RegexDecoder.Decode(message.HostRewritePathRegex, "host_rewrite_path_regex", errors),
            PathRewriteFormat = message.PathRewrite,
            HostRewriteFormat = message.HostRewriteSpecifierCase == RouteAction.HostRewriteSpecifierOneofCase.HostRewrite ? message.HostRewrite : "",
            IsHighPriority = message.Priority == RoutingPriority.High,
            AppendForwardedHost = message.AppendXForwardedHost,
            HostRewriteLiteral = message.HostRewriteSpecifierCase == RouteAction.HostRewriteSpecifierOneofCase.HostRewriteLiteral ? message.HostRewriteLiteral : "",
            Timeout = message.Timeout.Read("timeout", errors),
            IdleTimeout = message.IdleTimeout.Read("idle_timeout", errors),
            MaxStreamDuration = maxStream,
            GrpcTimeoutHeaderMax = headerMax,
            RetryPolicy = retry,
        };
    }

    private static void Decode(WeightedCluster message, List<WeightedClusterResource> clusters, ErrorCollector errors)
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
                    CheckHeaderName(cluster.ClusterHeader, "cluster_header", errors);
                else
                    cluster.Name.Require("name", errors);
                if (cluster.Weight is null)
                    errors.Error("weight", "required");
                CheckHost(cluster.HostRewriteLiteral, errors);
                total += cluster.Weight ?? 0;
                clusters.Add(new WeightedClusterResource(cluster.Name, cluster.Weight ?? 0)
                {
                    Headers = HeaderMutationsDecoder.Decode(
                        cluster.RequestHeadersToAdd, cluster.RequestHeadersToRemove, cluster.ResponseHeadersToAdd, cluster.ResponseHeadersToRemove, errors),
                    HostRewriteLiteral = cluster.HostRewriteLiteral,
                    ClusterHeader = cluster.ClusterHeader.ToLowerInvariant(),
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

    private static void CheckHeaderName(string name, string field, ErrorCollector errors)
    {
        if (!HeaderMutationsDecoder.IsToken(name.StartsWith(':') ? name[1..] : name))
            errors.Error(field, $"'{name}' is not a valid header name");
    }

    private static void CheckPath(string path, ErrorCollector errors)
    {
        if (path.AsSpan().ContainsAny(ForbiddenInPaths))
            errors.Error("prefix_rewrite", "holds a space, tab, NUL, CR, LF, '\\', '?' or '#', which no path may");
        else if (path.Length > 0 && path[0] != '/')
            errors.Error("prefix_rewrite", $"'{path}' makes no path; one starts with '/'");
    }

    private static void CheckHost(string host, ErrorCollector errors)
    {
        if (host.AsSpan().ContainsAny(ForbiddenInHosts))
            errors.Error("host_rewrite_literal", $"'{host}' is not a host, with or without a port");
    }
}
