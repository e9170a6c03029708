using FsCheck;
using FsCheck.Fluent;
using Mesh.Primitives;
using Mesh.Resources;

namespace Mesh.Client.Tests.RoutingModel;

/// <summary>What routes do: clusters with rewrites, redirects, direct responses.</summary>
internal static class ActionGenerator
{
    /// <summary>Patterns that match no empty text, on which RE2 and .NET go on differently.</summary>
    private static readonly Gen<RegexRewriteResource> Regex = Gen.Elements(
        new RegexRewriteResource("^/api", "/new"),
        new RegexRewriteResource("^/api", ""),
        new RegexRewriteResource("/a", "/b/c"),
        new RegexRewriteResource("^/([^/]+)/(.+)$", @"/\2/\1"),
        new RegexRewriteResource("(?i)/API(/|$)", @"/x\1"),
        new RegexRewriteResource("[0-9]+", "n"),
        new RegexRewriteResource("^.+$", @"/all\0"));

    private static readonly Gen<RegexRewriteResource> HostRegex = Gen.Elements(
        new RegexRewriteResource("^/([a-z]+).*$", @"\1.host"),
        new RegexRewriteResource("^/.*$", ""),
        new RegexRewriteResource("/", "."));

    private static readonly Gen<string> Prefix = Gen.Elements("/new", "/new/", "/", "/a/b");

    private static readonly Gen<WeightedClusterResource> Weighted =
        from number in Gen.Choose(0, 9)
        from weight in Gen.Elements(0, 1, 1, 2, 3, 100, int.MaxValue / 4)
        from header in Gen.Frequency((6, Gen.Constant("")), (1, Gen.Constant("x-cluster")))
        from host in Gen.Frequency((5, Gen.Constant("")), (1, Gen.Constant("weighted.host")))
        select new WeightedClusterResource(header.Length > 0 ? "" : $"w{number}", (uint)weight) { ClusterHeader = header, HostRewriteLiteral = host };

    private static readonly Gen<RouteActionResource> Clusters = Gen.Frequency(
        (8, Gen.Choose(0, 99).Select(number => new RouteActionResource { Clusters = [new WeightedClusterResource($"c{number}", 1)] })),
        (3,
            from count in Gen.Choose(1, 4)
            from clusters in Weighted.ArrayOf(count).Where(some => some.Any(cluster => cluster.Weight > 0))
            from header in Gen.Frequency((2, Gen.Constant("")), (1, Gen.Constant("x-number")))
            select new RouteActionResource { IsWeighted = true, Clusters = clusters.ToValueList(), WeightHeader = header }),
        (1, Gen.Elements("x-cluster", "x-a", ":authority", ":method").Select(header => new RouteActionResource { ClusterHeader = header })));

    private static readonly Gen<Func<RouteActionResource, RouteActionResource>> HostRewrite = Gen.Frequency(
        (6, Gen.Constant<Func<RouteActionResource, RouteActionResource>>(action => action)),
        (1, Gen.Constant<Func<RouteActionResource, RouteActionResource>>(action => action with { HostRewriteLiteral = "literal.host:81" })),
        (1, Gen.Elements("x-host", ":path", "x-b")
            .Select(header => (Func<RouteActionResource, RouteActionResource>)(action => action with { HostRewriteHeader = header }))),
        (1, HostRegex.Select(regex => (Func<RouteActionResource, RouteActionResource>)(action => action with { HostRewritePathRegex = regex }))));

    private static readonly Gen<RedirectResource> Redirect =
        from host in Gen.Elements("", "", "other.host", "other.host:1")
        from port in Gen.Elements(0, 0, 443, 80, 8080)
        from scheme in Gen.Elements("", "https", "http")
        from code in Gen.Elements(301, 302, 303, 307, 308)
        from strip in Gen.Elements(true, false)
        from path in Gen.Elements("", "", "/moved", "/moved?own=1", "moved", "/moved#there")
        from regex in Regex
        from rewrite in Gen.Choose(0, 2)
        select new RedirectResource
        {
            HostRedirect = host,
            PortRedirect = (uint)port,
            SchemeRedirect = scheme,
            StatusCode = code,
            StripQuery = strip,
            PathRedirect = path,
            PrefixRewrite = path.Length == 0 && rewrite == 1 ? "/new" : "",
            RegexRewrite = path.Length == 0 && rewrite == 2 ? regex : null,
        };

    private static readonly Gen<Func<RouteMatchResource, RouteResource>> Forward =
        from clusters in Clusters
        from host in HostRewrite
        from path in Gen.Choose(0, 4)
        from prefix in Prefix
        from regex in Regex
        from template in Gen.Elements("/t/{x}", "/t/{id}/{rest}", "/{y}/{x}", "/{id}", "/{rest}", "/t")
        select (Func<RouteMatchResource, RouteResource>)(match =>
            new RouteResource { Match = match, Action = host(Rewritten(clusters, match, path, prefix, regex, template)) });

    private static readonly Gen<Func<RouteMatchResource, RouteResource>> Action = Gen.Frequency(
        (8, Forward),
        (2, Redirect.Select(redirect => (Func<RouteMatchResource, RouteResource>)(match => Redirecting(match, redirect)))),
        (1, Gen.Elements(200, 404, 503).Select(status => (Func<RouteMatchResource, RouteResource>)(match => Answering(match, status)))));

    public static readonly Gen<RouteResource> Route =
        from match in MatchGenerator.Match
        from action in Action
        select action(match);

    private static RouteActionResource Rewritten(
        RouteActionResource action, RouteMatchResource match, int how, string prefix, RegexRewriteResource regex, string template) => how switch
        {
            // A template has its own rewrite, and no prefix to replace.
            1 when match.PathKind != PathMatchKind.Template => action with { PrefixRewrite = prefix },
            2 => action with { RegexRewrite = regex },
            1 or 3 when match.PathKind == PathMatchKind.Template && Variables(template).All(Variables(match.Path).Contains) =>
                action with { PathTemplateRewrite = template },
            _ => action,
        };

    private static RouteResource Redirecting(RouteMatchResource match, RedirectResource redirect) =>
        new() { Match = match, Redirect = match.PathKind == PathMatchKind.Template ? redirect with { PrefixRewrite = "" } : redirect };

    private static RouteResource Answering(RouteMatchResource match, int status) =>
        new() { Match = match, DirectResponse = new DirectResponseResource(status, []) };

    private static IEnumerable<string> Variables(string template) => template.Split('{').Skip(1).Select(part => part.Split('}', '=')[0]);
}
