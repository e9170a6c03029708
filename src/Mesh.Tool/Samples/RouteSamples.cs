using Mesh.Calls;
using Mesh.Matching;
using Mesh.Resources;

namespace Mesh.Tool.Samples;

/// <summary>Requests that one route matches, as far as they can be made.</summary>
internal static class RouteSamples
{
    /// <param name="route">The route.</param>
    /// <param name="table">Its route configuration.</param>
    /// <param name="origin">Where requests of its virtual host go.</param>
    /// <param name="more">Headers that lead to the virtual host.</param>
    /// <param name="way">What leads to the route in the virtual host's matcher tree.</param>
    public static IEnumerable<SampleRequest> Of(
        RouteResource route, RouteConfigurationResource table, Origin origin, IReadOnlyList<KeyValuePair<string, string>> more, IReadOnlyList<KeyValuePair<MatchInputResource, string>>? way = null)
    {
        RouteMatchResource match = route.Match;

        // The tree comes before the route, and only headers of a client's call can lead through it.
        IEnumerable<KeyValuePair<string, string>> steps = (way ?? []).Where(step => step.Key.Kind == MatchInputKind.Header).Select(step => KeyValuePair.Create(step.Key.Name, step.Value));
        List<KeyValuePair<string, string>> headers = [.. steps.Concat(ValueExamples.OfHeaders(match.Headers)).DistinctBy(header => header.Key, StringComparer.Ordinal)];
        string method = Take(headers, ":method") ?? (match.PathKind == PathMatchKind.Connect ? "CONNECT" : match.Grpc ? "POST" : "GET");
        string authority = Take(headers, ":authority") ?? Take(headers, "host") ?? origin.Authority;
        origin = origin with { Scheme = Take(headers, ":scheme") ?? origin.Scheme, Authority = authority };
        IEnumerable<string> paths = Take(headers, ":path") is { } asked ? [asked] : PathExamples.Of(match);
        if (match.Grpc && !headers.Exists(header => header.Key == "content-type"))
            headers.Add(KeyValuePair.Create("content-type", "application/grpc"));
        if (ValueExamples.Cookies(match.Cookies) is { Length: > 0 } cookies)
            headers.Add(KeyValuePair.Create("cookie", cookies));

        string query = ValueExamples.Query(match.QueryParameters);
        var matcher = new RouteMatcher(match, table.IgnorePathParametersInPathMatching);
        foreach (string path in paths)
        {
            string target = query.Length == 0 ? path : $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{query}";
            if (SampleRequest.Create(method, origin, target, [.. headers, .. more]) is { } sample && Matches(matcher, sample))
                yield return sample;
        }
    }

    // An example may have missed what is asked for, or what is asked for is nothing a client's request has.
    private static bool Matches(RouteMatcher matcher, SampleRequest sample)
    {
        using HttpRequestMessage message = sample.Message();
        return matcher.Matches(new RequestTarget(message).View(message, 0));
    }

    private static string? Take(List<KeyValuePair<string, string>> headers, string name)
    {
        int at = headers.FindIndex(header => header.Key == name);
        if (at < 0)
            return null;
        string value = headers[at].Value;
        headers.RemoveAt(at);
        return value;
    }
}
