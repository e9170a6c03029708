using Mesh.Primitives.Regexes;
using Mesh.Resources;

namespace Mesh.Matching;

/// <summary><c>envoy.type.matcher.v3.StringMatcher</c>, ready to run. A regular expression must match the whole text.</summary>
internal sealed class StringMatcher
{
    private readonly string _value;
    private readonly StringMatchKind _kind;
    private readonly StringComparison _comparison;
    private readonly Re2? _regex;

    public StringMatcher(StringMatcherResource resource)
    {
        _value = resource.Value;
        _kind = resource.Kind;
        _comparison = resource.IgnoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        if (_kind == StringMatchKind.Regex)
            _regex = Re2.Parse(_value, out string error) ?? throw new ArgumentException(error, nameof(resource));
    }

    public bool Matches(ReadOnlySpan<char> text) => _kind switch
    {
        StringMatchKind.Exact => text.Equals(_value, _comparison),
        StringMatchKind.Prefix => text.StartsWith(_value, _comparison),
        StringMatchKind.Suffix => text.EndsWith(_value, _comparison),
        StringMatchKind.Contains => text.Contains(_value, _comparison),
        _ => _regex!.IsFullMatch(text),
    };

    public override string ToString() =>
        $"{(_kind == StringMatchKind.Regex ? "safe_regex" : _kind.ToString().ToLowerInvariant())} '{_value}'{(_comparison == StringComparison.Ordinal ? "" : " ignoring case")}";
}
