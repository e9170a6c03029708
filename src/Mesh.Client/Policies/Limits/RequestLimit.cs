using Mesh.Primitives;
using Mesh.Resources;

namespace Mesh.Policies.Limits;

/// <summary>
/// How many calls a cluster may have in flight, for each routing priority apart (<c>CircuitBreakers.Thresholds.max_requests</c>, gRFC A32). A
/// call that waits for a retry is in flight.
/// </summary>
internal readonly record struct RequestLimit(uint Default, uint High)
{
    /// <summary>Envoy's and gRPC's; it holds for a cluster that says nothing too.</summary>
    public const uint DefaultMaxRequests = 1024;

    /// <summary>The limits of a cluster; the first thresholds of a priority count.</summary>
    public static RequestLimit Of(ValueList<CircuitBreakerResource> thresholds) => new(Of(thresholds, highPriority: false), Of(thresholds, highPriority: true));

    /// <summary>The limit of one routing priority.</summary>
    public uint For(bool highPriority) => highPriority ? High : Default;

    private static uint Of(ValueList<CircuitBreakerResource> thresholds, bool highPriority)
    {
        foreach (CircuitBreakerResource each in thresholds)
        {
            if (each.HighPriority == highPriority)
                return each.MaxRequests ?? DefaultMaxRequests;
        }

        return DefaultMaxRequests;
    }
}
