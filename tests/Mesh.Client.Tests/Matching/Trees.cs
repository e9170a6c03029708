using System.Net;
using Mesh.Matching;
using Mesh.Primitives;
using Mesh.Resources;

namespace Mesh.Client.Tests.Matching;

/// <summary>Matcher trees on the headers x, y and ip, and what they find.</summary>
internal static class Trees
{
    public static MatchInputResource Input(string header) => new(MatchInputKind.Header, header);

    public static OnMatchResource Action(int number, bool keep = false) => new(null, number, keep);

    public static OnMatchResource Tree(MatcherResource tree, bool keep = false) => new(tree, MatchTree.None, keep);

    public static PredicateResource X(string value) => Is("x", value);

    public static PredicateResource Is(string header, string value) => new PredicateResource.Single(Input(header), new StringMatcherResource(StringMatchKind.Exact, value));

    public static MatcherResource List(params (PredicateResource Predicate, OnMatchResource OnMatch)[] matchers) =>
        new MatcherResource.List(matchers.Select(each => new FieldMatcherResource(each.Predicate, each.OnMatch)).ToValueList());

    public static MatcherResource Exact(params (string Key, OnMatchResource OnMatch)[] entries) => Map(false, entries);

    public static MatcherResource Prefixes(params (string Key, OnMatchResource OnMatch)[] entries) => Map(true, entries);

    public static MatcherResource Names(params (string Domain, OnMatchResource OnMatch)[] domains) =>
        new MatcherResource.ServerNames(Input("x"), domains.Select(each => KeyValuePair.Create(each.Domain, each.OnMatch)).ToValueList());

    public static MatcherResource Addresses(params (string Ranges, OnMatchResource OnMatch, bool Exclusive)[] ranges) => new MatcherResource.Addresses(
        Input("ip"),
        ranges.Select(each => new AddressRangesResource(each.Ranges.Split(' ').Select(range => new CidrRangeResource(IPNetwork.Parse(range))).ToValueList(), each.OnMatch, each.Exclusive)).ToValueList());

    /// <summary>The number of the action for a request of these headers, each <c>name=value</c>.</summary>
    public static int Find(MatcherResource tree, params string[] headers) => Find(tree, null, headers);

    /// <summary>What was decided on the way.</summary>
    public static string[] Steps(MatcherResource tree, params string[] headers)
    {
        var steps = new List<string>();
        Find(tree, steps, headers);
        return [.. steps];
    }

    private static int Find(MatcherResource tree, List<string>? steps, string[] headers)
    {
        using var request = new HttpRequestMessage();
        foreach (string header in headers)
            request.Headers.TryAddWithoutValidation(header.Split('=')[0], header.Split('=')[1]);
        return MatchTree.Create(tree).Find(new RequestView("GET", "http", "h", "/p?q=a%20b&e", request.Headers, null), steps);
    }

    private static MatcherResource.Map Map(bool byPrefix, (string Key, OnMatchResource OnMatch)[] entries) =>
        new(Input("x"), byPrefix, entries.Select(each => KeyValuePair.Create(each.Key, each.OnMatch)).ToValueList());
}
