using Mesh.Resources;

namespace Mesh.Client.Tests.RoutingModel;

/// <summary><c>QueryParameterMatcher</c> and <c>CookieMatcher</c>: the first of a name counts, as it was sent.</summary>
internal static class ModelQuery
{
    public static bool Matches(QueryParameterMatcherResource matcher, ModelRequest request)
    {
        string? value = First(Parameters(request), matcher.Name);
        return matcher.Value is null ? value is not null == matcher.Present : value is not null && ModelText.Matches(matcher.Value, value);
    }

    public static bool Matches(CookieMatcherResource matcher, ModelRequest request)
    {
        string? value = First(Cookies(request), matcher.Name);
        return (value is not null && ModelText.Matches(matcher.Value, value)) != matcher.Invert;
    }

    private static IEnumerable<(string Name, string Value)> Parameters(ModelRequest request) =>
        request.Query.Split('&').Select(part => part.Split('=', 2)).Select(pair => (pair[0], pair.Length == 2 ? pair[1] : ""));

    private static IEnumerable<(string Name, string Value)> Cookies(ModelRequest request)
    {
        foreach (string cookie in request.Lines("cookie").SelectMany(line => line.Split(';')))
        {
            // Without a '=' it is none.
            if (cookie.Split('=', 2) is not [var name, var value])
                continue;
            bool isQuoted = value.Length >= 2 && value.StartsWith('"') && value.EndsWith('"');
            yield return (name.TrimStart(' '), isQuoted ? value[1..^1] : value);
        }
    }

    private static string? First(IEnumerable<(string Name, string Value)> pairs, string name)
    {
        foreach (var (found, value) in pairs)
        {
            if (found == name)
                return value;
        }

        return null;
    }
}
