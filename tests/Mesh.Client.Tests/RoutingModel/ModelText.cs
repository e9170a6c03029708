using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Mesh.Resources;

namespace Mesh.Client.Tests.RoutingModel;

/// <summary><c>StringMatcher</c>, and what else compares text: upper and lower case are .NET's, which differ from Envoy's where no client can send.</summary>
internal static class ModelText
{
    private static readonly ConcurrentDictionary<string, Regex> Patterns = new(StringComparer.Ordinal);

    public static bool Matches(StringMatcherResource matcher, string text)
    {
        if (matcher.Kind == StringMatchKind.Regex)
            return MatchesWhole(matcher.Value, text);
        string value = matcher.IgnoreCase ? Folded(matcher.Value) : matcher.Value;
        text = matcher.IgnoreCase ? Folded(text) : text;
        return matcher.Kind switch
        {
            StringMatchKind.Exact => text == value,
            StringMatchKind.Prefix => text.StartsWith(value, StringComparison.Ordinal),
            StringMatchKind.Suffix => text.EndsWith(value, StringComparison.Ordinal),
            _ => text.Contains(value, StringComparison.Ordinal),
        };
    }

    public static bool MatchesWhole(string pattern, string text) => Pattern($@"\A(?:{pattern})\z").IsMatch(text);

    /// <summary><c>RegexMatchAndSubstitute</c>: every match is replaced; <c>\1</c> stands for the first group.</summary>
    public static string ReplaceAll(RegexRewriteResource rewrite, string text) => Pattern(rewrite.Pattern).Replace(text, match =>
    {
        string made = rewrite.Substitution;
        for (int group = 0; group < 10; group++)
            made = made.Replace($"\\{group}", match.Groups[group].Value, StringComparison.Ordinal);
        return made;
    });

    public static string Folded(string text) => text.ToUpperInvariant();

    private static Regex Pattern(string pattern) => Patterns.GetOrAdd(pattern, text => new Regex(text, RegexOptions.CultureInvariant));
}
