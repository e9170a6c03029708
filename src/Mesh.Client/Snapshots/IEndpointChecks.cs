using Mesh.Endpoints;
using Mesh.LoadBalancing;
using Mesh.Resources;

namespace Mesh.Snapshots;

/// <summary>Checks the endpoints of clusters in the background, and writes what it finds to their states. Control loop only.</summary>
internal interface IEndpointChecks
{
    /// <summary>
    /// A cluster is about to be published with these endpoints: those that are new get their first state and are checked from now on, those
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
