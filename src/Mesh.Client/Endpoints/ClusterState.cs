using System.Collections.Concurrent;
using System.Diagnostics;

namespace Mesh.Endpoints;

/// <summary>
/// What is remembered of one cluster from snapshot to snapshot. <see cref="Endpoints"/> belongs to the control loop; the counters
/// are written by calls without a lock.
/// </summary>
[DebuggerDisplay("{Name} in flight {InFlight}")]
internal sealed class ClusterState(string name)
{
    private int _inFlight;

    public string Name { get; } = name;

    /// <summary>The endpoints; control loop only.</summary>
    public Dictionary<EndpointKey, EndpointState> Endpoints { get; } = [];

    /// <summary>The cluster's outlier detection; null where it has none. Owned by the policy.</summary>
    public volatile object? Outliers;

    /// <summary>Held while the health of endpoints changes.</summary>
    public Lock HealthLock { get; } = new();

    /// <summary>
    /// Called after endpoints were ejected or have returned, by the thread that saw to it and under <see cref="HealthLock"/>, so that the
    /// next pick can know.
    /// </summary>
    public Action? HealthChanged { get; set; }

    /// <summary>Calls that have not ended.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    public void OnCallStarted() => Interlocked.Increment(ref _inFlight);

    public void OnCallEnded() => Interlocked.Decrement(ref _inFlight);

    /// <summary>What the cluster's pickers hand on to the next; owned by load balancing, and to be used under <see cref="HealthLock"/>.</summary>
    public object? Pickers;

    /// <summary>Calls that were dropped by policy, by category.</summary>
    public ConcurrentDictionary<string, long> Drops { get; } = new(StringComparer.Ordinal);

    public void OnDropped(string category) => Drops.AddOrUpdate(category, 1, static (_, count) => count + 1);
}

/// <summary>What tells one endpoint of a cluster from another.</summary>
internal readonly record struct EndpointKey(string Host, int Port);
