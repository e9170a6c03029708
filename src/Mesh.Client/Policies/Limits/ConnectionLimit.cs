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

    /// <summary>
    /// The limit of each endpoint (<c>CircuitBreakers.per_host_thresholds</c>), null for none. The calls that wait are those of the whole cluster. An endpoint has
    /// one connection whatever the limit, as in Envoy: else its calls would wait for ever.
    /// </summary>
    public static ConnectionLimit? OfEndpoint(ValueList<CircuitBreakerResource> perHost, ValueList<CircuitBreakerResource> thresholds, bool highPriority) =>
        Find(perHost, highPriority)?.MaxConnections is { } most ? new ConnectionLimit(Math.Max(most, 1), Find(thresholds, highPriority)?.MaxPendingRequests ?? Default) : null;

    /// <summary>The limit of one routing priority; null where calls cannot reach it before they reach <c>max_requests</c>.</summary>
    public static ConnectionLimit? Of(ValueList<CircuitBreakerResource> thresholds, bool highPriority)
    {
        if (Find(thresholds, highPriority) is not { } found)
            return null;
        var limit = new ConnectionLimit(found.MaxConnections ?? Default, found.MaxPendingRequests ?? Default);
        return limit.Connections >= (found.MaxRequests ?? RequestLimit.DefaultMaxRequests) ? null : limit;
    }

    /// <summary>The first thresholds of a priority count.</summary>
    private static CircuitBreakerResource? Find(ValueList<CircuitBreakerResource> thresholds, bool highPriority)
    {
        foreach (CircuitBreakerResource each in thresholds)
        {
            if (each.HighPriority == highPriority)
                return each;
        }

        return null;
    }
}
