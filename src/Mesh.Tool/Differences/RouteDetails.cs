using Mesh.Resources;

namespace Mesh.Tool.Differences;

/// <summary>What differs between two routes that are the same one.</summary>
internal static class RouteDetails
{
    private static readonly string[] Clusters = [nameof(RouteActionResource.Clusters), nameof(RouteActionResource.IsWeighted)];
    private static readonly string[] NameAndWeight = [nameof(WeightedClusterResource.Name), nameof(WeightedClusterResource.Weight)];

    public static IReadOnlyList<string> Of(RouteResource before, RouteResource after) =>
    [
        .. OfClusters(before.Action, after.Action),
        .. RecordDifference.Of(before.Action, after.Action, Clusters),
        .. RecordDifference.Of(before, after, [nameof(RouteResource.Action)]),
    ];

    private static IEnumerable<string> OfClusters(RouteActionResource before, RouteActionResource after)
    {
        if (before.Clusters.Equals(after.Clusters) && before.IsWeighted == after.IsWeighted)
            yield break;
        if (before.IsWeighted && after.IsWeighted)
        {
            if (Weights(before, after) is { Length: > 0 } weights)
                yield return $"weights {weights}";
        }
        else if (Text(before) is var old && Text(after) is var now && old != now)
        {
            yield return $"{(before.IsWeighted || after.IsWeighted ? "clusters" : "cluster")} {old} -> {now}";
        }

        foreach (string detail in after.Clusters.SelectMany(cluster => OfCluster(before.Clusters.FirstOrDefault(other => Name(other) == Name(cluster)), cluster)))
            yield return detail;
        if (before.IsWeighted != after.IsWeighted && before.Clusters.Count > 0 && after.Clusters.Count > 0)
            yield return after.IsWeighted ? "weighted_clusters in place of cluster" : "cluster in place of weighted_clusters";
    }

    private static IEnumerable<string> OfCluster(WeightedClusterResource? before, WeightedClusterResource after) =>
        before is null ? [] : RecordDifference.Of(before, after, NameAndWeight, $"cluster {Name(after)} ");

    private static string Weights(RouteActionResource before, RouteActionResource after)
    {
        Dictionary<string, long> old = ByName(before), now = ByName(after);
        IEnumerable<string> changes = old.Keys.Union(now.Keys, StringComparer.Ordinal)
            .Where(name => old.GetValueOrDefault(name, -1) != now.GetValueOrDefault(name, -1))
            .Select(name => $"{name} {(old.TryGetValue(name, out long was) ? was : ValueText.Unset)} -> {(now.TryGetValue(name, out long becomes) ? becomes : ValueText.Unset)}");
        string text = string.Join(", ", changes);
        return text.Length == 0 && !before.Clusters.Select(Name).SequenceEqual(after.Clusters.Select(Name), StringComparer.Ordinal) ? "reordered" : text;
    }

    private static Dictionary<string, long> ByName(RouteActionResource action) =>
        action.Clusters.GroupBy(Name, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Sum(cluster => cluster.Weight), StringComparer.Ordinal);

    private static string Text(RouteActionResource action) => action.Clusters.Count == 0
        ? ValueText.Unset
        : string.Join(", ", action.Clusters.Select(cluster => action.IsWeighted ? $"{Name(cluster)} {cluster.Weight}" : Name(cluster)));

    private static string Name(WeightedClusterResource cluster) => cluster.ClusterHeader.Length == 0 ? cluster.Name : $"of header '{cluster.ClusterHeader}'";
}
