using System.Text;
using Mesh.Matching;
using Mesh.Primitives;

namespace Mesh.Routing;

/// <summary>The rewrites of a path, which leave its query as it is.</summary>
internal static class PathRewrite
{
    /// <summary>Replaces what a route matched.</summary>
    public static string Prefix(string path, RouteMatcher matcher, string replacement) =>
        string.Concat(Rooted(replacement), path.AsSpan(Math.Min(matcher.MatchedLength(PathNormalization.WithoutQuery(path)), path.Length)));

    /// <summary>Replaces what a regular expression matches in the path; one that leaves nothing of it is no rewrite, as in Envoy.</summary>
    public static string Regex(string path, RegexRewrite rewrite)
    {
        int length = PathNormalization.WithoutQuery(path).Length;
        string made = rewrite.Replace(path[..length]);
        return made.Length == 0 ? path : string.Concat(Rooted(made), path.AsSpan(length));
    }

    /// <summary>Replaces all but the query.</summary>
    public static string Whole(string path, string replacement) => string.Concat(Rooted(replacement), path.AsSpan(PathNormalization.WithoutQuery(path).Length));

    /// <summary>
    /// A made path as it can be sent: what would end a request line or begin a fragment is escaped, for it may come from whoever sent the
    /// headers that the path is made of.
    /// </summary>
    public static string Sendable(string path)
    {
        if (!path.AsSpan().ContainsAnyExceptInRange('!', '~') && !path.Contains('#', StringComparison.Ordinal))
            return path;
        var text = new StringBuilder(path.Length + 16);
        foreach (Rune rune in path.EnumerateRunes())
        {
            if (rune.Value is > ' ' and < 0x7f and not '#')
                text.Append((char)rune.Value);
            else
                text.Append(Uri.EscapeDataString(rune.ToString()));
        }

        return text.ToString();
    }

    /// <summary>Without its slash a made path would be read as a part of the host.</summary>
    private static string Rooted(string path) => path.StartsWith('/') ? path : "/" + path;
}
