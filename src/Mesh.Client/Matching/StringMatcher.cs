using Mesh.Resources;

namespace Mesh.Matching;

/// <summary><c>envoy.type.matcher.v3.StringMatcher</c>, ready to run.</summary>
internal sealed class StringMatcher(StringMatcherResource resource)
{
    private readonly string _value = resource.Value;
    private readonly StringMatchKind _kind = resource.Kind;
    private readonly StringComparison _comparison = resource.IgnoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;

    public bool Matches(ReadOnlySpan<char> text) => _kind switch
    {
        StringMatchKind.Exact => text.Equals(_value, _comparison),
        StringMatchKind.Prefix => text.StartsWith(_value, _comparison),
        StringMatchKind.Suffix => text.EndsWith(_value, _comparison),
        _ => text.Contains(_value, _comparison),
    };

    public override string ToString() =>
        $"{_kind.ToString().ToLowerInvariant()} '{_value}'{(_comparison == StringComparison.Ordinal ? "" : " ignoring case")}";
}
