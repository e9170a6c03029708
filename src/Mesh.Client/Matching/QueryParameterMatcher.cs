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
        bool found = RequestValues.TryFindParameter(request, _name, out ReadOnlySpan<char> value);
        return _value is null ? found == _present : found && _value.Matches(value);
    }

    public override string ToString() => $"query parameter '{_name}' {_value?.ToString() ?? (_present ? "present" : "absent")}";
}
