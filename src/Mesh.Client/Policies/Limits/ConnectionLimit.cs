using Mesh.Primitives;
using Mesh.Resources;

namespace Mesh.Policies.Limits;

/// <summary>
/// How many connections a cluster's HTTP/1.1 calls may hold, and how many calls may wait for one (<c>Thresholds.max_connections</c>,
/// <c>max_pending_requests</c>). HTTP/2 carries all its calls on few connections, so that neither is a limit there.
/// </summary>
/// <param name="Connections">The connections.</param>
/// <param name="Waiting">The calls that wait.</param>
internal sealed record ConnectionLimit(uint Connections, uint Waiting)
{
    /// <summary>Envoy's, of both.</summary>
    public const uint Default = 1024;

    /// <summary>The limit of one routing priority; null where calls cannot reach it before they reach <c>max_requests</c>.</summary>
    public static ConnectionLimit? Of(ValueList<CircuitBreakerResource> thresholds, bool highPriority)
    {
        foreach (CircuitBreakerResource each in thresholds)
        {
            if (each.HighPriority != highPriority)
                continue;
            var limit = new ConnectionLimit(each.MaxConnections ?? Default, each.MaxPendingRequests ?? Default);
            return limit.Connections >= (each.MaxRequests ?? RequestLimit.DefaultMaxRequests) ? null : limit;
        }

        return null;
    }
}
