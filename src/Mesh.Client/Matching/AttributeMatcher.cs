using System.Net;
using System.Text.Json;
using Mesh.Resources;

namespace Mesh.Matching;

/// <summary>The matchers on what a proxy knows beside the message: TLS, metadata, filter state.</summary>
internal static class AttributeMatcher
{
    /// <summary><c>RouteMatch.TlsContextMatchOptions</c>: without TLS nothing was presented, and nothing validated.</summary>
    public static bool Matches(TlsContextMatchResource match, RequestAttributes? attributes) =>
        (match.Presented is not { } presented || presented == (attributes?.PeerCertificatePresented ?? false))
        && (match.Validated is not { } validated || validated == (attributes?.PeerCertificateValidated ?? false));

    /// <summary><c>envoy.type.matcher.v3.MetadataMatcher</c>.</summary>
    public static bool Matches(MetadataMatcherResource match, RequestAttributes? attributes) =>
        Matches(match.Value, Find(match, attributes)) != match.Invert;

    /// <summary><c>envoy.type.matcher.v3.FilterStateMatcher</c>.</summary>
    public static bool Matches(FilterStateMatcherResource match, StringMatcher? value, RequestAttributes? attributes)
    {
        if (attributes is null || !attributes.FilterState.TryGetValue(match.Key, out string? text))
            return false;
        if (value is not null)
            return value.Matches(text);
        if (RequestAttributes.Address(text) is not { } address)
            return false;
        foreach (CidrRangeResource range in match.Ranges)
        {
            if (range.Contains(address))
                return true;
        }

        return false;
    }

    private static JsonElement? Find(MetadataMatcherResource match, RequestAttributes? attributes)
    {
        if (attributes is null || !attributes.DynamicMetadata.TryGetValue(match.Filter, out JsonElement element))
            return null;
        foreach (string key in match.Path)
        {
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(key, out element))
                return null;
        }

        return element;
    }

    private static bool Matches(ValueMatcherResource matcher, JsonElement? value)
    {
        switch (matcher)
        {
            case ValueMatcherResource.Present present:
                return value is not null == present.Value;
            case ValueMatcherResource.Or or:
                foreach (ValueMatcherResource each in or.Any)
                {
                    if (Matches(each, value))
                        return true;
                }

                return false;
        }

        if (value is not { } element)
            return false;
        return matcher switch
        {
            ValueMatcherResource.Null => element.ValueKind == JsonValueKind.Null,
            ValueMatcherResource.Exact exact => element.ValueKind == JsonValueKind.Number && element.GetDouble() == exact.Value,
            ValueMatcherResource.Range range => element.ValueKind == JsonValueKind.Number && element.GetDouble() >= range.Start && element.GetDouble() < range.End,
            ValueMatcherResource.Text text => element.ValueKind == JsonValueKind.String && new StringMatcher(text.Value).Matches(element.GetString()),
            ValueMatcherResource.Flag flag => element.ValueKind == (flag.Value ? JsonValueKind.True : JsonValueKind.False),
            ValueMatcherResource.OneOfList list => element.ValueKind == JsonValueKind.Array && AnyOf(element, list.Item),
            _ => false,
        };
    }

    private static bool AnyOf(JsonElement list, ValueMatcherResource matcher)
    {
        foreach (JsonElement item in list.EnumerateArray())
        {
            if (Matches(matcher, item))
                return true;
        }

        return false;
    }
}
