using Mesh.Resources;

namespace Mesh.Snapshots;

/// <summary>
/// Finds endpoints that no source names: what stands behind the names of DNS clusters, and what the user's own discovery knows. It works in the background, and says so with
/// <see cref="SnapshotStore.Resolve"/> when it has found others. Control loop only.
/// </summary>
internal interface IEndpointResolution
{
    /// <summary>What is known of a cluster's endpoints now; null where that is no more than what its own assignment says.</summary>
    EndpointsResource? Find(ClusterResource cluster);

    /// <summary>A whole set was published: its clusters are those to find endpoints for, from now on.</summary>
    /// <param name="snapshot">What was published.</param>
    /// <param name="set">What it was made of.</param>
    void Follow(MeshSnapshot snapshot, ResourceSet set);
}
