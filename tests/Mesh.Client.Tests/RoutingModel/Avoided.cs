using System.Text;
using Mesh.Resources;

namespace Mesh.Client.Tests.RoutingModel;

/// <summary>What the library is known to answer otherwise than Envoy: these answers are not compared.</summary>
internal static class Avoided
{
    public static bool Covers(RouteConfigurationResource table, ModelRequest request, ModelAnswer expected) => Why(table, request, expected) is not null;

    /// <summary>The name of the difference that may show; null when none may.</summary>
    public static string? Why(RouteConfigurationResource table, ModelRequest request, ModelAnswer expected)
    {
        VirtualHostResource? host = table.VirtualHosts.FirstOrDefault(candidate => candidate.Name == expected.Host);
        RouteResource? route = expected.Route is { } at ? host!.Routes[at] : null;
        return OfRequest(table, request) ?? (host is null ? null : OfHost(table, host, request)) ?? (route is null ? null : OfRoute(table, route, request));
    }

    private static string? OfRequest(RouteConfigurationResource table, ModelRequest request) =>
        VhostHeaderIsNotSent(table, request) ? nameof(VhostHeaderIsNotSent)
        : AddressIsFollowedByNoPort(table, request) ? nameof(AddressIsFollowedByNoPort)
        : HeaderHasOuterSpaces(request) ? nameof(HeaderHasOuterSpaces)
        : null;

    private static string? OfHost(RouteConfigurationResource table, VirtualHostResource host, ModelRequest request) =>
        PathParametersReachATemplate(table, host, request) ? nameof(PathParametersReachATemplate)
        : GrpcIsAskedOfNoPath(host, request) ? nameof(GrpcIsAskedOfNoPath)
        : CaseOfLettersBeyondAsciiIsIgnored(host, request) ? nameof(CaseOfLettersBeyondAsciiIsIgnored)
        : CookieEndsInASpace(host, request) ? nameof(CookieEndsInASpace)
        : null;

    private static string? OfRoute(RouteConfigurationResource table, RouteResource route, ModelRequest request) =>
        PathParametersReachAPrefixRewriteOfAWholePath(table, route, request) ? nameof(PathParametersReachAPrefixRewriteOfAWholePath)
        : WeightedHostRewriteIsUnderOneOfTheRoute(route) ? nameof(WeightedHostRewriteIsUnderOneOfTheRoute)
        : RegexRewriteMakesNoPath(route, request) ? nameof(RegexRewriteMakesNoPath)
        : RedirectOfAPortAlone(route, request) ? nameof(RedirectOfAPortAlone)
        : WeightHeaderHasASign(route, request) ? nameof(WeightHeaderHasASign)
        : null;

    private static bool VhostHeaderIsNotSent(RouteConfigurationResource table, ModelRequest request) =>
        table.VhostHeader.Length > 0 && string.IsNullOrEmpty(request.Header(table.VhostHeader));

    private static bool AddressIsFollowedByNoPort(RouteConfigurationResource table, ModelRequest request) =>
        table.IgnorePortInHostMatching && !request.Authority.EndsWith(']') && request.Authority.LastIndexOf(']') > request.Authority.LastIndexOf(':');

    private static bool HeaderHasOuterSpaces(ModelRequest request) =>
        request.Headers.Select(header => string.Join(", ", request.Lines(header.Name))).Any(line => line.Trim(' ') != line);

    private static bool PathParametersReachATemplate(RouteConfigurationResource table, VirtualHostResource host, ModelRequest request) =>
        IgnoresParametersOf(table, request)
        && host.Routes.Any(route => route.Match.PathKind == PathMatchKind.Template && TemplateSeesThem(route.Match, request));

    private static bool TemplateSeesThem(RouteMatchResource match, ModelRequest request) =>
        ModelTemplate.Match(match.Path, request.PathOnly) is null != ModelTemplate.Match(match.Path, request.PathOnly.Split(';')[0]) is null;

    private static bool GrpcIsAskedOfNoPath(VirtualHostResource host, ModelRequest request) =>
        request.Path is null && host.Routes.Any(route => route.Match.Grpc && route.Match.PathKind == PathMatchKind.Connect);

    private static bool CaseOfLettersBeyondAsciiIsIgnored(VirtualHostResource host, ModelRequest request) =>
        request.Headers.Select(header => header.Value).Append(request.Path ?? "").Any(IsBeyondAscii)
        && (host.Routes.Any(route => IgnoresCaseBeyondAscii(route.Match))
            || host.VirtualClusters.Any(cluster => cluster.Headers.Any(header => IgnoresCaseBeyondAscii(header.Value))));

    private static bool IgnoresCaseBeyondAscii(RouteMatchResource match) =>
        (!match.CaseSensitive && IsBeyondAscii(match.Path))
        || match.Headers.Any(header => IgnoresCaseBeyondAscii(header.Value))
        || match.QueryParameters.Any(parameter => IgnoresCaseBeyondAscii(parameter.Value))
        || match.Cookies.Any(cookie => IgnoresCaseBeyondAscii(cookie.Value));

    private static bool IgnoresCaseBeyondAscii(StringMatcherResource? matcher) => matcher is { IgnoreCase: true } && IsBeyondAscii(matcher.Value);

    private static bool IsBeyondAscii(string text) => !Ascii.IsValid(text);

    private static bool CookieEndsInASpace(VirtualHostResource host, ModelRequest request) =>
        host.Routes.Any(route => route.Match.Cookies.Count > 0)
        && request.Lines("cookie").SelectMany(line => line.Split(';')).Any(cookie => cookie.EndsWith(' '));

    private static bool PathParametersReachAPrefixRewriteOfAWholePath(RouteConfigurationResource table, RouteResource route, ModelRequest request) =>
        IgnoresParametersOf(table, request)
        && route.Match.PathKind is PathMatchKind.Regex or PathMatchKind.Connect
        && (route.Redirect?.PrefixRewrite ?? route.Action.PrefixRewrite).Length > 0;

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
