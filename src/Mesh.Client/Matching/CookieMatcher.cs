using System.Net.Http.Headers;
using Mesh.Resources;

namespace Mesh.Matching;

/// <summary><c>envoy.config.route.v3.CookieMatcher</c>: looks at the first cookie of its name; one that is not there matches nothing.</summary>
internal sealed class CookieMatcher(CookieMatcherResource resource)
{
    private readonly string _name = resource.Name;
    private readonly bool _invert = resource.Invert;
    private readonly StringMatcher _value = new(resource.Value);

    public bool Matches(in RequestView request)
    {
        bool matches = request.TryGet("cookie", out HeaderStringValues values) && MatchesAny(values);
        return matches != _invert;
    }

    public override string ToString() => $"cookie '{_name}' {(_invert ? "not " : "")}{_value}";

    private bool MatchesAny(HeaderStringValues lines)
    {
        foreach (string line in lines)
        {
            foreach (Range part in line.AsSpan().Split(';'))
            {
                ReadOnlySpan<char> cookie = line.AsSpan(part).Trim();
                int equals = cookie.IndexOf('=');
                if (equals >= 0 && cookie[..equals].SequenceEqual(_name))
                    return _value.Matches(Unquoted(cookie[(equals + 1)..]));
            }
        }

        return false;
    }

    private static ReadOnlySpan<char> Unquoted(ReadOnlySpan<char> value) => value is ['"', .., '"'] ? value[1..^1] : value;
}
