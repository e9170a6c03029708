using System.Net;
using Mesh.Matching;
using Mesh.Resources;

namespace Mesh.Identity;

/// <summary><c>SubjectAltNameMatcher</c>, ready to run. An exact DNS matcher also takes a wildcard name of the certificate (gRFC A29).</summary>
internal sealed class SanMatcher(SanMatcherResource resource)
{
    private readonly StringMatcher _matcher = new(resource.Matcher);
    private readonly IPAddress? _address =
        resource.Matcher.Kind == StringMatchKind.Exact && IPAddress.TryParse(resource.Matcher.Value, out IPAddress? address) ? address : null;

    public bool Matches(SubjectAltName name)
    {
        if (resource.Type is { } type && type != name.Type)
            return false;

        // Textual forms of one IPv6 address differ; the address itself does not.
        if (name.Type == SanType.IpAddress && _address is not null)
            return IPAddress.TryParse(name.Value, out IPAddress? other) && other.Equals(_address);
        if (_matcher.Matches(name.Value))
            return true;
        return name.Type == SanType.Dns && resource.Matcher.Kind == StringMatchKind.Exact && MatchesWildcard(name.Value, resource.Matcher.Value);
    }

    public override string ToString() => resource.Type is { } type ? $"{type} {_matcher}" : _matcher.ToString();

    /// <summary>A wildcard is the whole leftmost label and stands for exactly one (RFC 6125, 6.4.3).</summary>
    private static bool MatchesWildcard(string pattern, string host)
    {
        if (!pattern.StartsWith("*.", StringComparison.Ordinal))
            return pattern.Equals(host, StringComparison.OrdinalIgnoreCase);
        int dot = host.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && host.AsSpan(dot).Equals(pattern.AsSpan(1), StringComparison.OrdinalIgnoreCase);
    }
}
