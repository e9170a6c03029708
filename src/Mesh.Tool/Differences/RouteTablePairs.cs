using Mesh.Resources;
using Mesh.Snapshots;

namespace Mesh.Tool.Differences;

/// <summary>An old and a new route configuration that are the same one; null where one side has none.</summary>
internal sealed record RouteTablePair(RouteConfigurationResource? Old, RouteConfigurationResource? New);

/// <summary>
/// Which route configurations are the same: those of one listener, whatever they are called, so that a listener that changes over to
/// another is compared with itself; of the others those of one name.
/// </summary>
internal static class RouteTablePairs
{
    public static IReadOnlyList<RouteTablePair> Of(MeshSnapshot before, MeshSnapshot after)
    {
        var pairs = new List<RouteTablePair>();
        foreach (Listener listener in before.Listeners)
        {
            if (Array.Find(after.Listeners, other => other.Name == listener.Name) is { } now)
                pairs.Add(new RouteTablePair(listener.RouteConfiguration, now.RouteConfiguration));
        }

        List<RouteConfigurationResource> added = [.. Tables(after).Where(table => !pairs.Exists(pair => table.Equals(pair.New)))];
        foreach (RouteConfigurationResource table in Tables(before).Where(table => !pairs.Exists(pair => table.Equals(pair.Old))).ToList())
        {
            RouteConfigurationResource? now = added.Find(other => other.Name == table.Name);
            if (now is not null)
                added.Remove(now);
            pairs.Add(new RouteTablePair(table, now));
        }

        pairs.AddRange(added.Select(table => new RouteTablePair(null, table)));
        return [.. pairs.Distinct()];
    }

    public static IEnumerable<RouteConfigurationResource> Tables(MeshSnapshot snapshot) => snapshot.Listeners.Select(listener => listener.RouteConfiguration).Distinct();
}
