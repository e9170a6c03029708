using System.Globalization;
using Mesh.Matching;
using Mesh.Resources;

namespace Mesh.Tool.Samples;

/// <summary>Values of headers, query parameters and cookies that matchers take.</summary>
internal static class ValueExamples
{
    /// <summary>A text that a matcher takes; null when none was found.</summary>
    public static string? Of(StringMatcherResource matcher) => matcher.Kind == StringMatchKind.Regex ? RegexExample.Of(matcher.Value) : matcher.Value;

    /// <summary>A value for each header name that its matchers ask for; a name whose header must be absent has none.</summary>
    public static List<KeyValuePair<string, string>> OfHeaders(IEnumerable<HeaderMatcherResource> matchers)
    {
        var headers = new List<KeyValuePair<string, string>>();
        foreach (IGrouping<string, HeaderMatcherResource> name in matchers.GroupBy(matcher => matcher.Name, StringComparer.Ordinal))
        {
            HeaderMatcherResource[] all = [.. name];
            if (Candidates(name.Key, all).FirstOrDefault(value => Satisfies(name.Key, value, all)) is { } value)
                headers.Add(KeyValuePair.Create(name.Key, value));
        }

        return headers;
    }

    /// <summary><c>k=v&amp;l</c>, as query parameter matchers ask for it.</summary>
    public static string Query(IEnumerable<QueryParameterMatcherResource> matchers) => string.Join('&', matchers
        .Where(matcher => matcher.Present || matcher.Value is not null)
        .Select(matcher => matcher.Value is null ? matcher.Name : $"{matcher.Name}={Of(matcher.Value)}"));

    /// <summary>A cookie header; empty where no cookie is asked for.</summary>
    public static string Cookies(IEnumerable<CookieMatcherResource> matchers) =>
        string.Join("; ", matchers.Where(matcher => !matcher.Invert).Select(matcher => $"{matcher.Name}={Of(matcher.Value)}"));

    private static IEnumerable<string> Candidates(string name, HeaderMatcherResource[] matchers)
    {
        foreach (HeaderMatcherResource matcher in matchers)
        {
            if (matcher.Value is not null && Of(matcher.Value) is { } example)
                yield return example;
            if (matcher.Range is { } range)
                yield return range.Start.ToString(CultureInfo.InvariantCulture);
            if (matcher.Range is { } outside)
                yield return outside.End.ToString(CultureInfo.InvariantCulture);
        }

        // Several matchers of a name each ask for a part.
        StringMatchKind[] order = [StringMatchKind.Prefix, StringMatchKind.Contains, StringMatchKind.Suffix];
        yield return string.Concat(order.SelectMany(kind => matchers.Where(matcher => matcher.Value?.Kind == kind && !matcher.Invert)).Select(matcher => matcher.Value!.Value));
        foreach (string usual in name switch { ":method" => ["GET", "POST"], ":scheme" => ["http", "https"], ":path" => ["/a"], _ => new[] { "a", "0" } })
            yield return usual;
    }

    private static bool Satisfies(string name, string value, HeaderMatcherResource[] matchers)
    {
        // An empty header is rarely what is meant, and no pseudo-header may be empty.
        if (value.Length == 0)
            return false;
        string Pseudo(string pseudo) => name == pseudo ? value : "";
        using var content = new ByteArrayContent([]);
        using var message = new HttpRequestMessage { Content = content };
        if (!name.StartsWith(':') && !message.Headers.TryAddWithoutValidation(name, value) && !content.Headers.TryAddWithoutValidation(name, value))
            return false;
        var view = new RequestView(
            Pseudo(":method"), Pseudo(":scheme"), name == "host" ? value : Pseudo(":authority"), Pseudo(":path"), message.Headers, content.Headers);
        return HeaderMatcher.FirstMismatch([.. matchers.Select(matcher => new HeaderMatcher(matcher))], view) is null;
    }
}
