using System.Collections.Frozen;

namespace Mesh.Snapshots;

/// <summary>
/// Everything a call needs to know, as one immutable graph: a call takes it once and sees no half of an update. Routes refer to
/// clusters by slot, so that an endpoint update replaces one slot and no route.
/// </summary>
internal sealed class MeshSnapshot
{
    /// <summary>The listener that serves every host no other listener claims: the one the short form makes.</summary>
    public const string DefaultListener = "mesh";

    public static readonly MeshSnapshot Empty = new()
    {
        Version = 0,
        Listeners = [],
        Clusters = [],
        Slots = FrozenDictionary<string, int>.Empty,
        EndpointUsers = FrozenDictionary<string, int[]>.Empty,
    };

    public required long Version { get; init; }

    public required Listener[] Listeners { get; init; }

    /// <summary>The clusters by slot; a freed slot is null.</summary>
    public required Cluster?[] Clusters { get; init; }

    /// <summary>The slot of each cluster name.</summary>
    public required FrozenDictionary<string, int> Slots { get; init; }

    /// <summary>The slots that use a load assignment, by its name.</summary>
    public required FrozenDictionary<string, int[]> EndpointUsers { get; init; }

    public Cluster? FindCluster(string name) => Slots.TryGetValue(name, out int slot) ? Clusters[slot] : null;

    /// <summary>
    /// The listener of a call. One: all calls. Several: the one of the URL's port, else the API listener named as the authority or the
    /// host, else the default listener.
    /// </summary>
    public Listener? FindListener(string authority, string host, int port) =>
        Listeners.Length == 1 ? Listeners[0] : FindAmong(authority, host, port);

    // On its own, because what the lambdas capture is allocated on entry.
    private Listener? FindAmong(string authority, string host, int port)
    {
        return Array.Find(Listeners, l => l.Resource.Port == port)
            ?? Array.Find(Listeners, l => l.Resource.Port is null && l.Name.Equals(authority, StringComparison.OrdinalIgnoreCase))
            ?? Array.Find(Listeners, l => l.Resource.Port is null && l.Name.Equals(host, StringComparison.OrdinalIgnoreCase))
            ?? Array.Find(Listeners, l => l.Resource.Port is null && l.Name.Equals(DefaultListener, StringComparison.Ordinal));
    }
}
