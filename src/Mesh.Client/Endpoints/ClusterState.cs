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
    private uint _turn;

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

    /// <summary>The number <see cref="NextTurn"/> gave last.</summary>
    public uint Turn => Volatile.Read(ref _turn);

    /// <summary>The next number of a rotation that goes on through endpoint updates.</summary>
    public uint NextTurn() => Interlocked.Increment(ref _turn);
}

/// <summary>What tells one endpoint of a cluster from another.</summary>
internal readonly record struct EndpointKey(string Host, int Port);
