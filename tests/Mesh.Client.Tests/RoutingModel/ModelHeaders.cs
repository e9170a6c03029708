using System.Globalization;
using System.Numerics;
using Mesh.Resources;

namespace Mesh.Client.Tests.RoutingModel;

/// <summary><c>HeaderMatcher</c>: all of them must match.</summary>
internal static class ModelHeaders
{
    public static bool Match(IEnumerable<HeaderMatcherResource> matchers, ModelRequest request) => matchers.All(matcher => Matches(matcher, request));

    /// <summary>A whole number in the text; null when it is none.</summary>
    public static BigInteger? Number(string? text) =>
        BigInteger.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out BigInteger number) ? number : null;

    private static bool Matches(HeaderMatcherResource matcher, ModelRequest request)
    {
        string? value = request.Header(matcher.Name) ?? (matcher.TreatMissingAsEmpty ? "" : null);
        if (matcher.Value is null && matcher.Range is null)
            return (value is not null == (matcher.Present ?? true)) != matcher.Invert;
        // What is not there matches nothing, and so does its opposite.
        if (value is null)
            return false;
        bool matches = matcher.Value is { } text ? ModelText.Matches(text, value) : InRange(matcher.Range!.Value, value);
        return matches != matcher.Invert;
    }

    private static bool InRange(Int64RangeResource range, string value) =>
        Number(value) is { } number && number >= long.MinValue && number <= long.MaxValue && number >= range.Start && number < range.End;
}
