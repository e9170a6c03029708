using System.Text;
using Mesh.Resources;

namespace Mesh.Client.Tests.RoutingModel;

/// <summary>The path and the authority that are sent. A rewrite that makes nothing is none.</summary>
internal static class ModelRewrites
{
    public static string Path(RouteResource route, ModelRequest request)
    {
        string only = request.PathOnly, made = "";
        if (route.Action.PrefixRewrite.Length > 0)
            return Sendable(Rooted(Prefix(route.Match, route.Action.PrefixRewrite, request)));
        if (route.Action.RegexRewrite is { } regex)
            made = ModelText.ReplaceAll(regex, only);
        else if (route.Action.PathTemplateRewrite.Length > 0 && ModelTemplate.Match(route.Match.Path, only) is { } variables)
            made = ModelTemplate.Fill(route.Action.PathTemplateRewrite, variables);
        return made.Length == 0 ? request.Path ?? "" : Sendable(WithRest(made, request));
    }

    public static string Prefix(RouteMatchResource match, string replacement, ModelRequest request) =>
        replacement + request.Path?[ModelPath.MatchedLength(match, request)..];

    public static string WithRest(string made, ModelRequest request) =>
        made.Length == 0 ? request.Path ?? "" : Rooted(made) + request.Path?[request.PathOnly.Length..];

    /// <summary>Envoy sends a path without its slash as it is; a URL cannot hold one.</summary>
    private static string Rooted(string path) => path[0] == '/' ? path : "/" + path;

    /// <summary>Likewise, neither spaces nor what would begin a fragment.</summary>
    private static string Sendable(string path) =>
        string.Concat(path.EnumerateRunes().Select(rune => rune.Value is < 0x21 or > 0x7e or '#' ? string.Concat(Encoding.UTF8.GetBytes(rune.ToString()).Select(b => $"%{b:X2}")) : rune.ToString()));

    /// <summary>What has a character that no authority has is no rewrite.</summary>
    private static bool IsAuthority(string text) => text.Length > 0 && text.All(c => c is > ' ' and < (char)0x7f && !"/@\\#?".Contains(c, StringComparison.Ordinal));

    /// <summary>The weighted cluster's rewrite comes first, and the route's own is laid over it.</summary>
    public static string Authority(RouteActionResource action, WeightedClusterResource? cluster, ModelRequest request)
    {
        string made = action.HostRewriteLiteral;
        if (action.HostRewriteHeader.Length > 0)
            made = request.Header(action.HostRewriteHeader) ?? "";
        else if (action.HostRewritePathRegex is { } regex)
            made = ModelText.ReplaceAll(regex, request.PathOnly);
        if (IsAuthority(made))
            return made;
        return cluster is { HostRewriteLiteral.Length: > 0 } ? cluster.HostRewriteLiteral : request.Authority;
    }
}
