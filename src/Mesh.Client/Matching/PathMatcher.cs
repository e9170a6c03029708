using Mesh.Resources;

namespace Mesh.Matching;

/// <summary><c>RouteMatch.path_specifier</c>, ready to run on the path without its query.</summary>
internal sealed class PathMatcher(PathMatchKind kind, string path, bool caseSensitive)
{
    private readonly StringComparison _comparison = caseSensitive ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;

    /// <summary>What a <c>prefix_rewrite</c> replaces: the prefix, or the whole path.</summary>
    public int MatchedLength { get; } = path.Length;

    public bool Matches(ReadOnlySpan<char> requestPath) =>
        kind == PathMatchKind.Exact ? requestPath.Equals(path, _comparison) : requestPath.StartsWith(path, _comparison);

    public override string ToString() =>
        $"{(kind == PathMatchKind.Exact ? "path" : "prefix")} '{path}'{(caseSensitive ? "" : " ignoring case")}";
}
