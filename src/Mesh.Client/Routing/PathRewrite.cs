using Mesh.Matching;

namespace Mesh.Routing;

/// <summary>The rewrites of a path, which leave its query as it is.</summary>
internal static class PathRewrite
{
    /// <summary>Replaces what a route matched.</summary>
    public static string Prefix(string path, RouteMatcher matcher, string replacement) =>
        string.Concat(replacement, path.AsSpan(Math.Min(matcher.MatchedLength(WithoutQuery(path)), path.Length)));

    /// <summary>Replaces what a regular expression matches in the path.</summary>
    public static string Regex(string path, RegexRewrite rewrite)
    {
        int length = WithoutQuery(path).Length;
        return string.Concat(Rooted(rewrite.Replace(path[..length])), path.AsSpan(length));
    }

    /// <summary>Replaces all but the query.</summary>
    public static string Whole(string path, string replacement) => string.Concat(Rooted(replacement), path.AsSpan(WithoutQuery(path).Length));

    /// <summary>Without its slash a made path would be read as a part of the host.</summary>
    private static string Rooted(string path) => path.StartsWith('/') ? path : "/" + path;

    private static ReadOnlySpan<char> WithoutQuery(string path) => path.AsSpan().IndexOfAny('?', '#') is var end and >= 0 ? path.AsSpan(0, end) : path;
}
