using Mesh.Primitives;
using Mesh.Primitives.Regexes;
using Mesh.Resources;

namespace Mesh.Matching;

/// <summary><c>RouteMatch.path_specifier</c>, ready to run on the path without its query.</summary>
internal sealed class PathMatcher
{
    private readonly string _path;
    private readonly StringComparison _comparison;
    private readonly Re2? _regex;
    private readonly UriTemplate? _template;

    public PathMatcher(PathMatchKind kind, string path, bool caseSensitive)
    {
        Kind = kind;
        _path = path;
        IsCaseSensitive = caseSensitive;
        _comparison = caseSensitive ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;
        if (kind == PathMatchKind.Regex)
            _regex = Re2.Parse(path, out string error) ?? throw new ArgumentException(error, nameof(path));
        if (kind == PathMatchKind.Template)
            _template = UriTemplate.Parse(path, out string wrong) ?? throw new ArgumentException(wrong, nameof(path));
    }

    public PathMatchKind Kind { get; }

    /// <summary>The prefix, path, pattern or template as it was given.</summary>
    public string Text => _path;

    public bool IsCaseSensitive { get; }

    /// <summary>What every path that matches begins with, where that is compared as it is; empty when nothing is known.</summary>
    public string Literal => Kind is PathMatchKind.Regex or PathMatchKind.Template or PathMatchKind.Connect || !IsCaseSensitive ? "" : _path;

    public bool Matches(ReadOnlySpan<char> path) => Kind switch
    {
        PathMatchKind.Prefix => path.StartsWith(_path, _comparison),
        PathMatchKind.Exact => path.Equals(_path, _comparison),
        PathMatchKind.PathSeparatedPrefix => path.StartsWith(_path, _comparison) && (path.Length == _path.Length || path[_path.Length] == '/'),
        PathMatchKind.Regex => _regex!.IsFullMatch(path),
        PathMatchKind.Template => _template!.Matches(path),
        _ => true,
    };

    /// <summary>The template, where one is matched.</summary>
    public UriTemplate? Template => _template;

    /// <summary>How much of a path that matched a <c>prefix_rewrite</c> replaces: the prefix, or the whole path.</summary>
    public int MatchedLength(ReadOnlySpan<char> path) => Kind is PathMatchKind.Prefix or PathMatchKind.PathSeparatedPrefix ? _path.Length : path.Length;

    public override string ToString() => Kind switch
    {
        PathMatchKind.Connect => "CONNECT",
        PathMatchKind.Template => $"path template '{_path}'",
        PathMatchKind.Regex => $"safe_regex '{_path}'",
        _ => $"{(Kind == PathMatchKind.Exact ? "path" : Kind == PathMatchKind.Prefix ? "prefix" : "path_separated_prefix")} '{_path}'{(IsCaseSensitive ? "" : " ignoring case")}",
    };
}
