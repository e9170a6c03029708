using Mesh.Matching;

namespace Mesh.Routing;

/// <summary>
/// Finds the first of many routes that matches, without trying them all: routes whose path begins with known text are looked up by
/// that text, a lookup for each length there is; the others are tried always. Which one is found does not change.
/// </summary>
internal sealed class RouteIndex
{
    /// <summary>Fewer are tried one by one as fast.</summary>
    private const int MinRoutes = 16;

    private readonly RouteMatcher[] _routes;
    private readonly int[] _always;
    private readonly Group[] _groups;

    private RouteIndex(RouteMatcher[] routes, int[] always, Group[] groups)
    {
        _routes = routes;
        _always = always;
        _groups = groups;
    }

    /// <summary>An index; null where it would not pay.</summary>
    public static RouteIndex? Create(RouteMatcher[] routes)
    {
        if (routes.Length < MinRoutes)
            return null;
        var always = new List<int>();
        var byLength = new SortedDictionary<int, Dictionary<string, List<int>>>();
        for (int i = 0; i < routes.Length; i++)
        {
            string literal = routes[i].Path.Literal;
            if (literal.Length == 0)
            {
                always.Add(i);
                continue;
            }

            if (!byLength.TryGetValue(literal.Length, out Dictionary<string, List<int>>? texts))
                byLength[literal.Length] = texts = new Dictionary<string, List<int>>(StringComparer.Ordinal);
            if (!texts.TryGetValue(literal, out List<int>? at))
                texts[literal] = at = [];
            at.Add(i);
        }

        return new RouteIndex(routes, [.. always], [.. byLength.Select(entry => new Group(entry.Key, entry.Value))]);
    }

    /// <summary>The first route that matches; -1 when none does.</summary>
    public int Find(in RequestView request)
    {
        int best = FirstOf(_always, request, int.MaxValue);
        ReadOnlySpan<char> path = request.PathOnly;
        foreach (Group group in _groups)
        {
            if (group.Length > path.Length)
                break;
            if (group.Find(path) is { } candidates)
                best = FirstOf(candidates, request, best);
        }

        return best == int.MaxValue ? -1 : best;
    }

    /// <summary>The first of these, in their order, that matches and comes before <paramref name="best"/>.</summary>
    private int FirstOf(int[] candidates, in RequestView request, int best)
    {
        foreach (int i in candidates)
        {
            if (i >= best)
                return best;
            if (_routes[i].Matches(request))
                return i;
        }

        return best;
    }

    /// <summary>The routes whose known text has one length.</summary>
    private sealed class Group
    {
        private readonly Dictionary<string, int[]>.AlternateLookup<ReadOnlySpan<char>> _routes;

        public Group(int length, Dictionary<string, List<int>> routes)
        {
            Length = length;
            var byText = new Dictionary<string, int[]>(routes.Count, StringComparer.Ordinal);
            foreach (var (text, at) in routes)
                byText[text] = [.. at];
            _routes = byText.GetAlternateLookup<ReadOnlySpan<char>>();
        }

        public int Length { get; }

        public int[]? Find(ReadOnlySpan<char> path) => _routes.TryGetValue(path[..Length], out int[]? found) ? found : null;
    }
}
