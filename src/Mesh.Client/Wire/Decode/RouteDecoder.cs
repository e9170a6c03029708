using System.Buffers;
using Mesh.Primitives;
using Mesh.Resources;
using Mesh.Wire.Protos.Envoy.Config.Route.V3;

namespace Mesh.Wire.Decode;

/// <summary><c>Route</c> with its match and its action. What this version cannot match or do is refused by the scan of its marks.</summary>
internal static class RouteDecoder
{
    private static readonly SearchValues<char> ForbiddenInPaths = SearchValues.Create("\0\r\n \t");
    private static readonly SearchValues<char> ForbiddenInHosts = SearchValues.Create("\0\r\n \t/@");

    public static RouteResource? Decode(Route message, ErrorCollector errors)
    {
        RouteMatchResource? match = null;
        if (message.Match.Require("match", errors))
        {
            using (errors.At("match"))
                match = Decode(message.Match, errors);
        }

        RouteActionResource? action = null;
        if (message.ActionCase == Route.ActionOneofCase.Route_)
        {
            using (errors.At("route"))
                action = Decode(message.Route_, errors);
        }
        else if (message.ActionCase == Route.ActionOneofCase.None)
        {
            errors.Error("an action is required: route");
        }

        HeaderMutationsResource headers = HeaderMutationsDecoder.Decode(
            message.RequestHeadersToAdd, message.RequestHeadersToRemove, message.ResponseHeadersToAdd, message.ResponseHeadersToRemove, errors);
        return match is null || action is null
            ? null
            : new RouteResource { Name = message.Name, Match = match, Action = action, Headers = headers };
    }

    private static RouteMatchResource? Decode(RouteMatch message, ErrorCollector errors)
    {
        var headers = new List<HeaderMatcherResource>(message.Headers.Count);
        for (int i = 0; i < message.Headers.Count; i++)
        {
            using (errors.At("headers", i))
            {
                if (HeaderMatcherDecoder.Decode(message.Headers[i], errors) is { } header)
                    headers.Add(header);
            }
        }

        switch (message.PathSpecifierCase)
        {
            case RouteMatch.PathSpecifierOneofCase.Prefix:
            case RouteMatch.PathSpecifierOneofCase.Path:
                bool prefix = message.PathSpecifierCase == RouteMatch.PathSpecifierOneofCase.Prefix;
                return new RouteMatchResource
                {
                    PathKind = prefix ? PathMatchKind.Prefix : PathMatchKind.Exact,
                    Path = prefix ? message.Prefix : message.Path,
                    CaseSensitive = message.CaseSensitive ?? true,
                    Headers = headers.ToValueList(),
                };
            case RouteMatch.PathSpecifierOneofCase.None:
                errors.Error("a path specifier is required: prefix or path");
                return null;
            default:
                // Another path specifier: the scan has refused it by name.
                return null;
        }
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
            case RouteAction.ClusterSpecifierOneofCase.WeightedClusters:
                using (errors.At("weighted_clusters"))
                    Decode(message.WeightedClusters, clusters, errors);
                break;
            case RouteAction.ClusterSpecifierOneofCase.None:
                errors.Error("a cluster specifier is required: cluster or weighted_clusters");
                break;
        }

        RetryPolicyResource? retry = null;
        if (message.RetryPolicy is not null)
        {
            using (errors.At("retry_policy"))
                retry = RetryPolicyDecoder.Decode(message.RetryPolicy, errors);
        }

        CheckHost(message.HostRewriteLiteral, errors);
        if (message.PrefixRewrite.AsSpan().ContainsAny(ForbiddenInPaths))
            errors.Error("prefix_rewrite", "holds a space, tab, NUL, CR or LF, which no path may");
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
            PrefixRewrite = message.PrefixRewrite,
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
                });
            }
        }

        if (message.Clusters.Count > 0 && total is 0 or > uint.MaxValue)
            errors.Error("clusters", $"the weights add up to {total}; a sum from 1 to {uint.MaxValue} is allowed");
    }

    private static void CheckHost(string host, ErrorCollector errors)
    {
        if (host.AsSpan().ContainsAny(ForbiddenInHosts))
            errors.Error("host_rewrite_literal", $"'{host}' is not a host, with or without a port");
    }
}
