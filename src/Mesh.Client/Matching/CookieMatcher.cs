using Mesh.Resources;

namespace Mesh.Matching;

/// <summary><c>envoy.config.route.v3.CookieMatcher</c>: looks at the first cookie of its name; one that is not there matches nothing, and so everything inverted.</summary>
internal sealed class CookieMatcher(CookieMatcherResource resource)
{
    private readonly string _name = resource.Name;
    private readonly bool _invert = resource.Invert;
    private readonly StringMatcher _value = new(resource.Value);

    public bool Matches(in RequestView request) =>
        (RequestValues.TryFindCookie(request, _name, out ReadOnlySpan<char> value) && _value.Matches(value)) != _invert;

    public override string ToString() => $"cookie '{_name}' {(_invert ? "not " : "")}{_value}";
}
