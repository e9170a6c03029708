using Mesh.Resources;
using Mesh.Wire.Protos.Envoy.Config.Route.V3;
using Mesh.Wire.Protos.Envoy.Type.Matcher.V3;
using XdsStringMatcher = Mesh.Wire.Protos.Xds.Type.Matcher.V3.StringMatcher;

namespace Mesh.Wire.Decode;

/// <summary><c>HeaderMatcher</c>: the deprecated plain specifiers become the string matchers that replaced them.</summary>
internal static class HeaderMatcherDecoder
{
    public static HeaderMatcherResource? Decode(HeaderMatcher message, ErrorCollector errors)
    {
        if (!message.Name.Require("name", errors))
            return null;

        var matcher = new HeaderMatcherResource
        {
            Name = message.Name.ToLowerInvariant(),
            Invert = message.InvertMatch,
            TreatMissingAsEmpty = message.TreatMissingHeaderAsEmpty,
        };
        switch (message.HeaderMatchSpecifierCase)
        {
            case HeaderMatcher.HeaderMatchSpecifierOneofCase.None:
                return matcher;
            case HeaderMatcher.HeaderMatchSpecifierOneofCase.PresentMatch:
                return matcher with { Present = message.PresentMatch };
            case HeaderMatcher.HeaderMatchSpecifierOneofCase.ExactMatch:
                return matcher with { Value = new StringMatcherResource(StringMatchKind.Exact, message.ExactMatch) };
            case HeaderMatcher.HeaderMatchSpecifierOneofCase.PrefixMatch:
                return WithText(matcher, StringMatchKind.Prefix, message.PrefixMatch, "prefix_match", errors);
            case HeaderMatcher.HeaderMatchSpecifierOneofCase.SuffixMatch:
                return WithText(matcher, StringMatchKind.Suffix, message.SuffixMatch, "suffix_match", errors);
            case HeaderMatcher.HeaderMatchSpecifierOneofCase.ContainsMatch:
                return WithText(matcher, StringMatchKind.Contains, message.ContainsMatch, "contains_match", errors);
            case HeaderMatcher.HeaderMatchSpecifierOneofCase.RangeMatch:
                if (message.RangeMatch.End <= message.RangeMatch.Start)
                    errors.Error("range_match", $"[{message.RangeMatch.Start}, {message.RangeMatch.End}) is empty; end must be more than start");
                return matcher with { Range = new Int64RangeResource(message.RangeMatch.Start, message.RangeMatch.End) };
            case HeaderMatcher.HeaderMatchSpecifierOneofCase.StringMatch:
                using (errors.At("string_match"))
                    return Decode(message.StringMatch, errors) is { } value ? matcher with { Value = value } : null;
            case HeaderMatcher.HeaderMatchSpecifierOneofCase.SafeRegexMatch:
                using (errors.At("safe_regex_match"))
                    return RegexDecoder.Decode(message.SafeRegexMatch, errors) is { } regex ? matcher with { Value = new StringMatcherResource(StringMatchKind.Regex, regex) } : null;
            default:
                return null;
        }
    }

    /// <summary>A <c>StringMatcher</c>; null when it is refused.</summary>
    public static StringMatcherResource? Decode(StringMatcher message, ErrorCollector errors)
    {
        switch (message.MatchPatternCase)
        {
            case StringMatcher.MatchPatternOneofCase.Exact:
                return new StringMatcherResource(StringMatchKind.Exact, message.Exact, message.IgnoreCase);
            case StringMatcher.MatchPatternOneofCase.Prefix:
                return NonEmpty(StringMatchKind.Prefix, message.Prefix, "prefix", message.IgnoreCase, errors);
            case StringMatcher.MatchPatternOneofCase.Suffix:
                return NonEmpty(StringMatchKind.Suffix, message.Suffix, "suffix", message.IgnoreCase, errors);
            case StringMatcher.MatchPatternOneofCase.Contains:
                return NonEmpty(StringMatchKind.Contains, message.Contains, "contains", message.IgnoreCase, errors);
            case StringMatcher.MatchPatternOneofCase.SafeRegex:
                // ignore_case has no effect on a regular expression, which says so itself: (?i).
                using (errors.At("safe_regex"))
                    return RegexDecoder.Decode(message.SafeRegex, errors) is { } regex ? new StringMatcherResource(StringMatchKind.Regex, regex) : null;
            case StringMatcher.MatchPatternOneofCase.None:
                errors.Error("a pattern is required: exact, prefix, suffix, contains or safe_regex");
                return null;
            default:
                // custom: the scan has refused it.
                return null;
        }
    }

    /// <summary>The same of <c>xds.type.matcher.v3</c>; null when it is refused.</summary>
    public static StringMatcherResource? Decode(XdsStringMatcher message, ErrorCollector errors)
    {
        var same = new StringMatcher { IgnoreCase = message.IgnoreCase };
        switch (message.MatchPatternCase)
        {
            case XdsStringMatcher.MatchPatternOneofCase.Exact: same.Exact = message.Exact; break;
            case XdsStringMatcher.MatchPatternOneofCase.Prefix: same.Prefix = message.Prefix; break;
            case XdsStringMatcher.MatchPatternOneofCase.Suffix: same.Suffix = message.Suffix; break;
            case XdsStringMatcher.MatchPatternOneofCase.Contains: same.Contains = message.Contains; break;
            case XdsStringMatcher.MatchPatternOneofCase.SafeRegex: same.SafeRegex = new RegexMatcher { Regex = message.SafeRegex.Regex }; break;
            case XdsStringMatcher.MatchPatternOneofCase.Custom: return null;
        }

        return Decode(same, errors);
    }

    private static HeaderMatcherResource? WithText(
        HeaderMatcherResource matcher, StringMatchKind kind, string text, string field, ErrorCollector errors) =>
        NonEmpty(kind, text, field, ignoreCase: false, errors) is { } value ? matcher with { Value = value } : null;

    private static StringMatcherResource? NonEmpty(StringMatchKind kind, string text, string field, bool ignoreCase, ErrorCollector errors) =>
        text.Require(field, errors) ? new StringMatcherResource(kind, text, ignoreCase) : null;
}
