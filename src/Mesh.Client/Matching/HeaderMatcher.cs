using System.Globalization;
using Mesh.Resources;

namespace Mesh.Matching;

/// <summary>
/// <c>envoy.config.route.v3.HeaderMatcher</c>, ready to run. An absent header fails every matcher, inverted ones too, except
/// presence matchers and those that treat a missing header as empty.
/// </summary>
internal sealed class HeaderMatcher
{
    private readonly string _name;
    private readonly StringMatcher? _value;
    private readonly Int64RangeResource? _range;
    private readonly bool _present;
    private readonly bool _invert;
    private readonly bool _missingAsEmpty;

    public HeaderMatcher(HeaderMatcherResource resource)
    {
        _name = resource.Name;
        _value = resource.Value is null ? null : new StringMatcher(resource.Value);
        _range = resource.Range;
        _present = resource.Present ?? true;
        _invert = resource.Invert;
        _missingAsEmpty = resource.TreatMissingAsEmpty;
    }

    /// <summary>The first of these that does not match; null when all do.</summary>
    public static HeaderMatcher? FirstMismatch(HeaderMatcher[] matchers, in RequestView request)
    {
        foreach (HeaderMatcher matcher in matchers)
        {
            if (!matcher.Matches(request))
                return matcher;
        }

        return null;
    }

    public bool Matches(in RequestView request) => Matches(request.Find(_name));

    /// <summary>The same of a response, whose status is the pseudo-header <c>:status</c>.</summary>
    public bool Matches(in ResponseView response) => Matches(response.Find(_name));

    private bool Matches(string? value)
    {
        if (value is null && _missingAsEmpty)
            value = "";
        if (_value is null && _range is null)
            return (value is not null == _present) != _invert;
        if (value is null)
            return false;
        bool matches = _value is not null ? _value.Matches(value) : InRange(value, _range!.Value);
        return matches != _invert;
    }

    /// <summary>What it asks for, in words.</summary>
    public override string ToString()
    {
        string what = _value?.ToString() ?? (_range is { } range ? $"in [{range.Start}, {range.End})" : _present ? "present" : "absent");
        return $"header '{_name}' {(_invert ? "not " : "")}{what}";
    }

    private static bool InRange(string value, Int64RangeResource range) =>
        long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) && number >= range.Start && number < range.End;
}
