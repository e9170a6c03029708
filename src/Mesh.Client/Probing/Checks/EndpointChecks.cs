using Mesh.Endpoints;
using Mesh.LoadBalancing;

namespace Mesh.Probing.Checks;

/// <summary>
/// The checks of one endpoint, one session for each that its cluster has; it hangs on <see cref="EndpointState.Checks"/>. The endpoint is healthy
/// while none of them says otherwise. Control loop only, but <see cref="FailAtOnce"/>.
/// </summary>
internal sealed class EndpointChecks(ClusterChecks cluster, EndpointState state)
{
    public EndpointState State => state;

    public CheckSession[] Sessions { get; set; } = [];

    /// <summary>The endpoint as it was configured last.</summary>
    public Endpoint? Endpoint { get; set; }

    /// <summary>The last update of the cluster that named it.</summary>
    public long LastUpdate { get; set; }

    public bool IsEnded { get; set; }

    /// <summary>The endpoint has said on an answer to a call that it fails its checks.</summary>
    public void FailAtOnce() => cluster.FailAtOnce(this);

    /// <summary>What the sessions say together.</summary>
    /// <param name="excludesNew">Whether an endpoint that has not been checked does not even count as unhealthy.</param>
    public ActiveHealth Health(bool excludesNew)
    {
        var health = ActiveHealth.Healthy;
        foreach (CheckSession session in Sessions)
        {
            CheckState found = session.State;
            if (found.IsUnchecked)
                health |= session.IsPresumed ? ActiveHealth.Unchecked : ActiveHealth.Unchecked | ActiveHealth.Failed | (excludesNew ? ActiveHealth.Excluded : ActiveHealth.Healthy);
            else if (found.IsFailed)
                health |= ActiveHealth.Failed;
            if (found.IsDegraded)
                health |= ActiveHealth.Degraded;
            if (found.IsExcluded)
                health |= ActiveHealth.Excluded;
        }

        return health;
    }
}
