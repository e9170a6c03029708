namespace Mesh.Tool.Differences;

/// <summary>Where a request lands, in words: its route and clusters, and what else is not as in the other configuration.</summary>
internal static class LandingText
{
    private const int MaxBody = 40;

    public static string Of(Landing landing, Landing other) => string.Join(", ", Parts(landing, other));

    private static IEnumerable<string> Parts(Landing landing, Landing other)
    {
        if (landing.Listener != other.Listener)
            yield return $"listener {landing.Listener ?? "none"}";
        if (landing.VirtualHost != other.VirtualHost)
            yield return $"host {landing.VirtualHost ?? "none"}";

        string target = Target(landing);
        yield return landing.Route is null ? landing.Action : $"route '{landing.Route}' -> {target}";
        if (landing.Route is not null && landing.Action != other.Action && target != landing.Action && target == Target(other))
            yield return landing.Action;
        if (landing.Body is { } body && body != other.Body)
            yield return $"body '{(body.Length <= MaxBody ? body : body[..MaxBody] + "...")}'";
        foreach (string difference in Entries(landing.Rewrites, other.Rewrites, " to ").Concat(Entries(landing.Rest, other.Rest, " ")))
            yield return difference;
        if (landing.Otherwise is { } otherwise)
            yield return $"otherwise {Of(otherwise, other.Otherwise ?? other)}";
    }

    private static string Target(Landing landing) =>
        landing.Clusters.Count == 0 || landing.Action.StartsWith("local reply", StringComparison.Ordinal) ? landing.Action
        : landing.Clusters.Count == 1 ? landing.Clusters.Keys.First()
        : string.Join(", ", landing.Clusters.Select(cluster => $"{cluster.Key} {cluster.Value}"));

    private static IEnumerable<string> Entries(IReadOnlyDictionary<string, string> entries, IReadOnlyDictionary<string, string> others, string between) =>
        entries.Where(entry => others.GetValueOrDefault(entry.Key) != entry.Value).Select(entry => $"{entry.Key}{between}{entry.Value}");
}
