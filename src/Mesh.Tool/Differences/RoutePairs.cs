using Mesh.Resources;

namespace Mesh.Tool.Differences;

/// <summary>An old and a new route that are the same one, by their places; -1 where one side has none.</summary>
internal readonly record struct RoutePair(int Old, int New);

/// <summary>
/// Which routes of two versions of a virtual host are the same: those of one name; of the others, where at least one has no name, those
/// of equal match; then those without a name at the same place.
/// </summary>
internal static class RoutePairs
{
    /// <summary>The pairs and the routes that were added in the new order, then the removed ones in the old.</summary>
    public static IReadOnlyList<RoutePair> Of(IReadOnlyList<RouteResource> before, IReadOnlyList<RouteResource> after)
    {
        int[] partner = new int[after.Count];
        Array.Fill(partner, -1);
        bool[] taken = new bool[before.Count];
        Pair((old, now, _) => old.Name.Length > 0 && old.Name == now.Name);
        Pair((old, now, _) => (old.Name.Length == 0 || now.Name.Length == 0) && old.Match.Equals(now.Match));
        Pair((old, now, samePlace) => samePlace && old.Name.Length == 0 && now.Name.Length == 0);
        return
        [
            .. partner.Select((old, now) => new RoutePair(old, now)),
            .. Enumerable.Range(0, before.Count).Where(old => !taken[old]).Select(old => new RoutePair(old, -1)),
        ];

        void Pair(Func<RouteResource, RouteResource, bool, bool> same)
        {
            for (int now = 0; now < after.Count; now++)
            {
                for (int old = 0; partner[now] < 0 && old < before.Count; old++)
                {
                    if (taken[old] || !same(before[old], after[now], old == now))
                        continue;
                    partner[now] = old;
                    taken[old] = true;
                }
            }
        }
    }

    /// <summary>Whether routes that stayed are tried in another order.</summary>
    public static bool AreReordered(IEnumerable<RoutePair> pairs)
    {
        int last = -1;
        foreach (RoutePair pair in pairs.Where(pair => pair is { Old: >= 0, New: >= 0 }))
        {
            if (pair.Old < last)
                return true;
            last = pair.Old;
        }

        return false;
    }
}
