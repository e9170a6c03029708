using Mesh.Endpoints;

namespace Mesh.Policies.Outliers;

/// <summary>
/// What outlier detection remembers of one endpoint; it hangs on <see cref="EndpointState.Outliers"/>. Counts are written by calls without
/// a lock, everything below them under the lock of the cluster's health.
/// </summary>
internal sealed class OutlierState(EndpointState endpoint)
{
    private uint _consecutive5xx;
    private uint _consecutiveGatewayFailure;
    private uint _consecutiveLocalOriginFailure;

    public EndpointState Endpoint => endpoint;

    /// <summary>What the endpoint answered, and without <c>split_external_local_origin_errors</c> everything else too.</summary>
    public OriginCounts External { get; } = new();

    /// <summary>What kept it from answering, with <c>split_external_local_origin_errors</c>.</summary>
    public OriginCounts Local { get; } = new();

    /// <summary>Whether the endpoint is still one of the cluster's.</summary>
    public bool IsMember { get; set; } = true;

    /// <summary>The last update of the cluster's endpoints that named it.</summary>
    public long LastUpdate { get; set; }

    public long EjectedAt { get; set; }

    /// <summary>When it returned from its last ejection; null before that.</summary>
    public long? ReturnedAt { get; set; }

    /// <summary>How often the base time an ejection lasts: it grows with each one and shrinks while all is well.</summary>
    public long Multiplier { get; set; }

    /// <summary>By how much longer this ejection lasts, by chance.</summary>
    public long Jitter { get; set; }

    public OriginCounts Counts(bool local) => local ? Local : External;

    /// <summary>Counts one more of a row; the number is that of the row, so that each is seen by one caller only.</summary>
    public uint OnConsecutive(EjectionType type) => Interlocked.Increment(ref Row(type));

    /// <summary>Ends a row.</summary>
    public void EndConsecutive(EjectionType type)
    {
        // Most rows are none: then the line of memory stays shared between cores.
        ref uint row = ref Row(type);
        if (Volatile.Read(ref row) != 0)
            Volatile.Write(ref row, 0);
    }

    private ref uint Row(EjectionType type)
    {
        if (type == EjectionType.Consecutive5xx)
            return ref _consecutive5xx;
        if (type == EjectionType.ConsecutiveGatewayFailure)
            return ref _consecutiveGatewayFailure;
        return ref _consecutiveLocalOriginFailure;
    }
}
