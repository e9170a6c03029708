using Mesh.Resources;

namespace Mesh.Client.Tests.RoutingModel;

/// <summary>What the library is known to answer otherwise than Envoy: these answers are not compared.</summary>
internal static class Avoided
{
    public static bool Covers(RouteConfigurationResource table, ModelRequest request, ModelAnswer expected)
    {
        if (VhostHeaderIsNotSent(table, request) || AddressIsFollowedByNoPort(table, request) || HeaderHasOuterSpaces(request))
            return true;
        if (expected.Host is null)
            return false;
        VirtualHostResource host = table.VirtualHosts.First(candidate => candidate.Name == expected.Host);
        if (PathParametersReachATemplate(table, host, request)
            || GrpcIsAskedOfNoPath(host, request)
            || CaseOfLettersBeyondAsciiIsIgnored(host, request)
            || CookieEndsInASpace(host, request))
        {
            return true;
        }


        return expected.Route is { } at && host.Routes[at] is var route
            && (PathParametersReachAPrefixRewriteOfAWholePath(table, route, request)
                || WeightedHostRewriteIsUnderOneOfTheRoute(route)
                || RegexRewriteMakesNoPath(route, request)
                || RedirectOfAPortAlone(route, request)
                || WeightHeaderHasASign(route, request));
    }

    private static bool VhostHeaderIsNotSent(RouteConfigurationResource table, ModelRequest request) =>
        table.VhostHeader.Length > 0 && string.IsNullOrEmpty(request.Header(table.VhostHeader));

    private static bool HeaderHasOuterSpaces(ModelRequest request) =>
        request.Headers.Select(header => string.Join(", ", request.Lines(header.Name))).Any(line => line.Trim(' ') != line);

    private static bool AddressIsFollowedByNoPort(RouteConfigurationResource table, ModelRequest request) =>
        table.IgnorePortInHostMatching && !request.Authority.EndsWith(']') && request.Authority.LastIndexOf(']') > request.Authority.LastIndexOf(':');

    private static bool PathParametersReachATemplate(RouteConfigurationResource table, VirtualHostResource host, ModelRequest request) =>
        IgnoresParametersOf(table, request) && host.Routes.Any(route => route.Match.PathKind == PathMatchKind.Template);

    private static bool GrpcIsAskedOfNoPath(VirtualHostResource host, ModelRequest request) =>
        request.Path is null && host.Routes.Any(route => route.Match.Grpc && route.Match.PathKind == PathMatchKind.Connect);

    private static bool CookieEndsInASpace(VirtualHostResource host, ModelRequest request) =>
        host.Routes.Any(route => route.Match.Cookies.Count > 0) && request.Lines("cookie").SelectMany(line => line.Split(';')).Any(cookie => cookie.EndsWith(' '));

    private static bool CaseOfLettersBeyondAsciiIsIgnored(VirtualHostResource host, ModelRequest request) =>
        request.Headers.Select(header => header.Value).Append(request.Path ?? "").Any(IsBeyondAscii) && host.Routes.Select(route => route.Match).Any(match =>
            (!match.CaseSensitive && IsBeyondAscii(match.Path))
            || Texts(match).Concat(host.VirtualClusters.SelectMany(cluster => cluster.Headers).Select(header => header.Value)).Any(text => text is { IgnoreCase: true } && IsBeyondAscii(text.Value)));

    private static IEnumerable<StringMatcherResource?> Texts(RouteMatchResource match) =>
        [.. match.Headers.Select(header => header.Value), .. match.QueryParameters.Select(parameter => parameter.Value), .. match.Cookies.Select(cookie => cookie.Value)];

    private static bool IsBeyondAscii(string text) => !System.Text.Ascii.IsValid(text);

    private static bool PathParametersReachAPrefixRewriteOfAWholePath(RouteConfigurationResource table, RouteResource route, ModelRequest request) =>
        IgnoresParametersOf(table, request) && route.Match.PathKind is PathMatchKind.Regex or PathMatchKind.Connect && (route.Redirect?.PrefixRewrite ?? route.Action.PrefixRewrite).Length > 0;

    private static bool WeightedHostRewriteIsUnderOneOfTheRoute(RouteResource route) =>
        route.Action.Clusters.Any(cluster => cluster.HostRewriteLiteral.Length > 0)
        && (route.Action.HostRewriteLiteral.Length > 0 || route.Action.HostRewriteHeader.Length > 0 || route.Action.HostRewritePathRegex is not null);

    private static bool RegexRewriteMakesNoPath(RouteResource route, ModelRequest request) =>
        (route.Redirect?.RegexRewrite ?? route.Action.RegexRewrite) is { } regex && !ModelText.ReplaceAll(regex, request.PathOnly).StartsWith('/');

    private static bool RedirectOfAPortAlone(RouteResource route, ModelRequest request) => route.Redirect is not null && request.Authority.StartsWith(':');

    private static bool WeightHeaderHasASign(RouteResource route, ModelRequest request) =>
        route.Action.WeightHeader.Length > 0 && (request.Header(route.Action.WeightHeader)?.StartsWith('+') ?? false);

    private static bool IgnoresParametersOf(RouteConfigurationResource table, ModelRequest request) =>
        table.IgnorePathParametersInPathMatching && request.PathOnly.Contains(';', StringComparison.Ordinal);
}
