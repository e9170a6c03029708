using Mesh.Resources;

namespace Mesh.Matching;

/// <summary><c>envoy.config.route.v3.QueryParameterMatcher</c>: looks at the first parameter of its name, as it was sent.</summary>
internal sealed class QueryParameterMatcher(QueryParameterMatcherResource resource)
{
    private readonly string _name = resource.Name;
    private readonly bool _present = resource.Present;
    private readonly StringMatcher? _value = resource.Value is null ? null : new StringMatcher(resource.Value);

    public bool Matches(in RequestView request)
    {
        ReadOnlySpan<char> rest = request.Query;
        while (!rest.IsEmpty)
        {
            int end = rest.IndexOf('&');
            ReadOnlySpan<char> parameter = end < 0 ? rest : rest[..end];
            rest = end < 0 ? [] : rest[(end + 1)..];
            int equals = parameter.IndexOf('=');
            ReadOnlySpan<char> name = equals < 0 ? parameter : parameter[..equals];
            if (name.SequenceEqual(_name))
                return _value is null ? _present : _value.Matches(equals < 0 ? [] : parameter[(equals + 1)..]);
        }

        return _value is null && !_present;
    }

    public override string ToString() => $"query parameter '{_name}' {_value?.ToString() ?? (_present ? "present" : "absent")}";
}
