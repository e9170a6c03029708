namespace Mesh.Tool.Differences;

/// <summary>A difference for people: listeners, clusters, hosts with their routes, then the requests that land elsewhere.</summary>
internal static class DifferenceText
{
    public static void Write(TextWriter writer, Comparison comparison)
    {
        SnapshotDifference difference = comparison.Difference;
        foreach (Change listener in difference.Listeners)
            writer.WriteLine(Line("listener", listener.Name, listener));
        foreach (Change cluster in difference.Clusters)
            writer.WriteLine(Line("cluster", cluster.Name, cluster));
        foreach (HostChange host in difference.Hosts)
        {
            writer.WriteLine(Line("host", host.Name, host));
            foreach (Change route in host.Routes)
                writer.WriteLine("    " + Line("route", $"'{route.Name}'", route));
        }

        foreach (MovedRequest moved in comparison.Moved)
            writer.WriteLine($"{moved.Request}: {LandingText.Of(moved.Old, moved.New)}   becomes   {LandingText.Of(moved.New, moved.Old)}{Endpoints(moved)}");
        if (comparison.Samples.IsCut)
            writer.WriteLine($"there are more than {comparison.Samples.All.Count} sample requests; the others were not tried");
        writer.WriteLine($"{difference.Count} changes; {comparison.Moved.Count} of {comparison.Samples.All.Count} sample requests land elsewhere");
    }

    private static string Line(string what, string name, Change change) => change.Kind switch
    {
        ChangeKind.Added => $"+ {what} {name}",
        ChangeKind.Removed => $"- {what} {name}",
        _ => $"~ {what} {name}:{(change.Details.Count == 0 ? "" : " ")}{string.Join("; ", change.Details)}",
    };

    // Of requests that go to other clusters, these say enough.
    private static string Endpoints(MovedRequest moved)
    {
        bool sameClusters = moved.Old.Clusters.Keys.Order(StringComparer.Ordinal).SequenceEqual(moved.New.Clusters.Keys.Order(StringComparer.Ordinal), StringComparer.Ordinal);
        return sameClusters && EndpointDetails.Moved(moved.Old.Endpoints, moved.New.Endpoints) is { Length: > 0 } endpoints ? $"; endpoints {endpoints}" : "";
    }
}
