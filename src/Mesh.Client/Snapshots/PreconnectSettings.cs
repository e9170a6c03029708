using Mesh.Policies.Limits;
using Mesh.Resources;

namespace Mesh.Snapshots;

/// <summary>How many connections an endpoint has for its calls and those to come (<c>PreconnectPolicy.per_upstream_preconnect_ratio</c>).</summary>
/// <param name="Ratio">Connections for each call under way, rounded up; more than 1.</param>
/// <param name="Most">The most there may be, by the circuit breakers.</param>
internal sealed record PreconnectSettings(double Ratio, uint Most)
{
    public static PreconnectSettings? Of(ClusterResource cluster)
    {
        bool http1 = cluster.Protocol is UpstreamProtocol.Http1 or UpstreamProtocol.Default || (cluster.Protocol == UpstreamProtocol.Auto && cluster.Tls is null);
        if (!http1 || cluster.PreconnectRatio <= 1)
            return null;
        uint ofCluster = ConnectionLimit.Of(cluster.CircuitBreakers, highPriority: false)?.Connections ?? ConnectionLimit.Default;
        uint ofEndpoint = ConnectionLimit.OfEndpoint(cluster.PerHostCircuitBreakers, cluster.CircuitBreakers, highPriority: false)?.Connections ?? uint.MaxValue;
        return new PreconnectSettings(cluster.PreconnectRatio, Math.Min(ofCluster, ofEndpoint));
    }

    /// <summary>How many connections there should be.</summary>
    /// <param name="calls">Calls under way.</param>
    public int For(int calls) => (int)Math.Min(Math.Ceiling(calls * Ratio), Most);
}
