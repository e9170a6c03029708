using Mesh.Primitives;
using Mesh.Resources;

namespace Mesh.Client.Tests.RoutingModel;

/// <summary>Smaller cases to look for the same failure in: one request, fewer hosts and routes, less asked of each.</summary>
internal static class CaseShrinker
{
    public static IEnumerable<Case> Shrink(Case failed)
    {
        if (failed.Requests.Length > 1)
            return failed.Requests.Select(request => failed with { Requests = [request] });
        return Tables(failed.Table).Select(table => failed with { Table = table })
            .Concat(failed.Requests.SelectMany(Requests).Select(request => failed with { Requests = [request] }));
    }

    private static IEnumerable<RouteConfigurationResource> Tables(RouteConfigurationResource table) =>
    [
        .. Fewer(table.VirtualHosts).Select(hosts => table with { VirtualHosts = hosts }),
        .. Each(table.VirtualHosts, Hosts).Select(hosts => table with { VirtualHosts = hosts }),
        .. Changed(table, table with { IgnorePathParametersInPathMatching = false }, table with { IgnorePortInHostMatching = false }, table with { VhostHeader = "" }),
    ];

    private static IEnumerable<VirtualHostResource> Hosts(VirtualHostResource host) =>
    [
        .. Fewer(host.Routes).Select(routes => host with { Routes = routes }),
        .. Fewer(host.Domains).Where(domains => domains.Count > 0).Select(domains => host with { Domains = domains }),
        .. Each(host.Routes, Routes).Select(routes => host with { Routes = routes }),
        .. Changed(host, host with { VirtualClusters = [] }, host with { RequireTls = TlsRequirement.None }),
    ];

    private static IEnumerable<RouteResource> Routes(RouteResource route)
    {
        RouteMatchResource match = route.Match;
        RouteActionResource action = route.Action;
        return
        [
            .. Changed(
                match,
                match with { Headers = [] },
                match with { QueryParameters = [] },
                match with { Cookies = [] },
                match with { Grpc = false },
                match with { RuntimeFraction = null },
                match with { TlsContext = null },
                match with { DynamicMetadata = [] },
                match with { FilterState = [] },
                match with { CaseSensitive = true }).Select(smaller => route with { Match = smaller }),
            .. Fewer(match.Headers).Select(headers => route with { Match = match with { Headers = headers } }),
            .. Changed(
                action,
                action with { PrefixRewrite = "" },
                action with { RegexRewrite = null },
                action with { PathTemplateRewrite = "" },
                action with { HostRewriteLiteral = "" },
                action with { HostRewriteHeader = "" },
                action with { HostRewritePathRegex = null },
                action with { WeightHeader = "" }).Select(smaller => route with { Action = smaller }),
        ];
    }

    private static IEnumerable<ModelRequest> Requests(ModelRequest request)
    {
        for (int i = 0; i < request.Headers.Length; i++)
            yield return request with { Headers = [.. request.Headers.Where((_, at) => at != i)] };
        if (request.Random > 0)
            yield return request with { Random = 0 };
        if (request.Path is { Length: > 1 } path)
        {
            yield return request with { Path = path[..(path.Length / 2)] };
            yield return request with { Path = path[..^1] };
        }
    }

    /// <summary>One of each item's smaller forms in its place.</summary>
    private static IEnumerable<ValueList<T>> Each<T>(ValueList<T> items, Func<T, IEnumerable<T>> shrink) =>
        Enumerable.Range(0, items.Count).SelectMany(at => shrink(items[at]).Select(smaller => items.Select((item, i) => i == at ? smaller : item).ToValueList()));

    /// <summary>Half of the items, or all but one.</summary>
    private static IEnumerable<ValueList<T>> Fewer<T>(ValueList<T> items)
    {
        if (items.Count > 3)
        {
            yield return items.Take(items.Count / 2).ToValueList();
            yield return items.Skip(items.Count / 2).ToValueList();
        }

        for (int i = 0; i < items.Count; i++)
            yield return items.Where((_, at) => at != i).ToValueList();
    }

    private static IEnumerable<T> Changed<T>(T from, params T[] to)
        where T : notnull => to.Where(each => !each.Equals(from));
}
