using Mesh.Primitives.Regexes;
using Mesh.Resources;
using Mesh.Wire.Protos.Envoy.Type.Matcher.V3;

namespace Mesh.Wire.Decode;

/// <summary><c>RegexMatcher</c> and <c>RegexMatchAndSubstitute</c>: the pattern must be one of RE2's.</summary>
internal static class RegexDecoder
{
    /// <summary>The pattern; null after reporting what is wrong with it.</summary>
    public static string? Decode(RegexMatcher message, ErrorCollector errors)
    {
        if (!message.Regex.Require("regex", errors))
            return null;
        if (Re2.Parse(message.Regex, out string error) is not null)
            return message.Regex;
        errors.Error("regex", $"'{Text.Excerpt.Of(System.Text.Encoding.UTF8.GetBytes(message.Regex))}' is no regular expression of RE2: {error}");
        return null;
    }

    /// <summary>The rewrite; null when unset, or after reporting what is wrong.</summary>
    public static RegexRewriteResource? Decode(RegexMatchAndSubstitute? message, string field, ErrorCollector errors)
    {
        if (message is null)
            return null;
        using (errors.At(field))
        {
            if (!message.Pattern.Require("pattern", errors))
                return null;
            string? pattern;
            using (errors.At("pattern"))
                pattern = Decode(message.Pattern, errors);
            if (pattern is null)
                return null;
            if (Re2.Parse(pattern, out _) is { } regex && !Re2.IsValidRewrite(message.Substitution, regex.GroupCount, out string error))
                errors.Error("substitution", error);
            if (message.Substitution.AsSpan().ContainsAny('\0', '\r', '\n'))
                errors.Error("substitution", "holds a NUL, CR or LF, which may stand in no path and no header");
            return new RegexRewriteResource(pattern, message.Substitution);
        }
    }
}
