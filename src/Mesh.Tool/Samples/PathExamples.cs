using Mesh.Resources;

namespace Mesh.Tool.Samples;

/// <summary>Paths that a route's path matcher takes, those at its borders among them.</summary>
internal static class PathExamples
{
    public static IEnumerable<string> Of(RouteMatchResource match)
    {
        string[] paths = match.PathKind switch
        {
            PathMatchKind.Exact => [match.Path],
            PathMatchKind.Prefix => [match.Path, Below(match.Path), match.Path + "a"],
            PathMatchKind.PathSeparatedPrefix => [match.Path, Below(match.Path)],
            PathMatchKind.Regex => RegexExample.Of(match.Path) is { } example ? [example] : [],
            PathMatchKind.Template => [Filled(match.Path)],
            _ => ["/"],
        };
        IEnumerable<string> inCase = match.CaseSensitive || paths.Length == 0 ? paths : [.. paths, paths[0].ToUpperInvariant()];
        return inCase.Select(path => path.StartsWith('/') ? path : "/" + path).Distinct(StringComparer.Ordinal);
    }

    private static string Below(string prefix) => prefix.TrimEnd('/') + "/a";

    /// <summary>A URI template whose variables and wildcards are filled in.</summary>
    private static string Filled(string template)
    {
        for (int start; (start = template.IndexOf('{', StringComparison.Ordinal)) >= 0;)
        {
            int end = template.IndexOf('}', start), equals = template.IndexOf('=', start, end - start);
            string inner = equals < 0 ? "*" : template[(equals + 1)..end];
            template = string.Concat(template.AsSpan(0, start), inner, template.AsSpan(end + 1));
        }

        return template.Replace("**", "a/b", StringComparison.Ordinal).Replace("*", "a", StringComparison.Ordinal);
    }
}
