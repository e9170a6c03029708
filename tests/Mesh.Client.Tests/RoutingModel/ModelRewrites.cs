using Mesh.Resources;

namespace Mesh.Client.Tests.RoutingModel;

/// <summary>The path and the authority that are sent. A rewrite that makes nothing is none.</summary>
internal static class ModelRewrites
{
    public static string Path(RouteResource route, ModelRequest request)
    {
        string only = request.PathOnly, made = "";
        if (route.Action.PrefixRewrite.Length > 0)
            return Prefix(route.Match, route.Action.PrefixRewrite, request);
        if (route.Action.RegexRewrite is { } regex)
            made = ModelText.ReplaceAll(regex, only);
        else if (route.Action.PathTemplateRewrite.Length > 0 && ModelTemplate.Match(route.Match.Path, only) is { } variables)
            made = ModelTemplate.Fill(route.Action.PathTemplateRewrite, variables);
        return WithRest(made, request);
    }

    public static string Prefix(RouteMatchResource match, string replacement, ModelRequest request) =>
        replacement + request.Path?[ModelPath.MatchedLength(match, request)..];

    public static string WithRest(string made, ModelRequest request) =>
        made.Length == 0 ? request.Path ?? "" : Rooted(made) + request.Path?[request.PathOnly.Length..];

    /// <summary>Envoy sends a path without its slash as it is; a URL cannot hold one.</summary>
    private static string Rooted(string path) => path[0] == '/' ? path : "/" + path;

    /// <summary>The weighted cluster's rewrite comes first, and the route's own is laid over it.</summary>
    public static string Authority(RouteActionResource action, WeightedClusterResource? cluster, ModelRequest request)
    {
        string made = action.HostRewriteLiteral;
        if (action.HostRewriteHeader.Length > 0)
            made = request.Header(action.HostRewriteHeader) ?? "";
        else if (action.HostRewritePathRegex is { } regex)
            made = ModelText.ReplaceAll(regex, request.PathOnly);
        if (made.Length > 0)
            return made;
        return cluster is { HostRewriteLiteral.Length: > 0 } ? cluster.HostRewriteLiteral : request.Authority;
    }
}
