namespace Mesh.LoadBalancing;

/// <summary>
/// The instances of this program by their localities, with which zone-aware routing compares those of the clusters that are called (Envoy's
/// <c>cluster_manager.local_cluster_name</c>). There is one for a mesh; the local cluster writes it whenever its endpoints or their health change.
/// </summary>
/// <param name="cluster">The local cluster: the one whose endpoints are the instances.</param>
internal sealed class LocalZones(string cluster)
{
    private volatile ZoneCounts _current = ZoneCounts.None;

    /// <summary>The name of the local cluster.</summary>
    public string Cluster { get; } = cluster;

    /// <summary>The locality of this process, as <c>region/zone/sub_zone</c>; to be set before the first snapshot.</summary>
    public string Locality { get; set; } = ZoneCounts.NoLocality;

    /// <summary>The instances as they are now.</summary>
    public ZoneCounts Current => _current;

    /// <summary>Counts the endpoints of the local cluster, of which there are none where it is not configured.</summary>
    public void Update(ReadOnlySpan<Endpoint> endpoints) => _current = ZoneCounts.Of(endpoints);
}
