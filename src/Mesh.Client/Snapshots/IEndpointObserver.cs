using Mesh.Endpoints;
using Mesh.LoadBalancing;
using Mesh.Resources;

namespace Mesh.Snapshots;

/// <summary>Asks the endpoints of clusters something in the background, and writes what it hears to their states. Control loop only.</summary>
internal interface IEndpointObserver
{
    /// <summary>
    /// A cluster is about to be published with these endpoints: those that are new get their first state and are asked from now on, those
    /// that stay are as they were, and the others are let go.
    /// </summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="state">Its state.</param>
    /// <param name="transport">How its connections are made.</param>
    /// <param name="endpoints">Its endpoints.</param>
    /// <param name="before">Those that it had before.</param>
    void Set(ClusterResource cluster, ClusterState state, TransportSettings transport, Endpoint[] endpoints, Endpoint[] before);

    /// <summary>A cluster is gone.</summary>
    void Remove(ClusterState state);
}
