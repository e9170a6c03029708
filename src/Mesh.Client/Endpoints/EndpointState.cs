using System.Diagnostics;
using System.Net;
using Mesh.Resources;

namespace Mesh.Endpoints;

/// <summary>
/// What is remembered of one endpoint of one cluster from snapshot to snapshot: counters, and the connections in an opaque slot
/// that the transport fills. Counters are written by calls without a lock.
/// </summary>
[DebuggerDisplay("{Address} in flight {InFlight}, calls {Calls}")]
internal sealed class EndpointState(string address)
{
    private long _started;
    private long _ended;
    private long _failures;
    private long _connectFailures;
    private bool _cannotBeReached;
    private volatile bool _isEjected;
    private volatile ActiveHealth _activeHealth;
    private volatile IPAddress[]? _resolved;
    private volatile EndpointAddress[] _additional = [];
    private ConnectionSlots? _connections;
    private ConnectionSlots? _highPriorityConnections;
    private LoadMetrics? _metrics;

    /// <summary>Its address as people write it.</summary>
    public string Address { get; } = address;

    /// <summary>The endpoint's connections; owned by the transport.</summary>
    public object? Pool;

    /// <summary>
    /// Where new connections of the one endpoint of a LOGICAL_DNS cluster go, the first before the others: the newest answer for its name. Null
    /// before there is one, and for all other endpoints.
    /// </summary>
    public IPAddress[]? Resolved { get => _resolved; set => _resolved = value; }

    /// <summary>Where new connections may go too, as the last update that named it says (<c>Endpoint.additional_addresses</c>).</summary>
    public EndpointAddress[] AdditionalAddresses { get => _additional; set => _additional = value; }

    /// <summary>The connections of HTTP/1.1 calls of one routing priority, counted where they are limited.</summary>
    public ConnectionSlots ConnectionsOf(bool highPriority)
    {
        ref ConnectionSlots? slots = ref highPriority ? ref _highPriorityConnections : ref _connections;
        return LazyInitializer.EnsureInitialized(ref slots);
    }

    /// <summary>What outlier detection remembers of it; null where there is none. Owned by the policy.</summary>
    public volatile object? Outliers;

    /// <summary>The active health checks it is under; null where there are none. Owned by who checks.</summary>
    public volatile object? Checks;

    /// <summary>What load balancing makes of the load it reports, or of its latency; null where nobody asks. Owned by the policy.</summary>
    public object? Load;

    /// <summary>What it has said of its load that load reports pass on; null where there was nothing yet.</summary>
    public LoadMetrics? Metrics => Volatile.Read(ref _metrics);

    /// <summary>The same, to add to.</summary>
    public LoadMetrics OwnMetrics() => LazyInitializer.EnsureInitialized(ref _metrics);

    /// <summary>When it was added, as a timestamp of its cluster's clock.</summary>
    public long AddedAt { get; init; }

    /// <summary>Whether outlier detection has ejected it; written under <see cref="ClusterState.HealthLock"/>.</summary>
    public bool IsEjected { get => _isEjected; set => _isEjected = value; }

    /// <summary>What active health checks say of it; written under <see cref="ClusterState.HealthLock"/>.</summary>
    public ActiveHealth ActiveHealth { get => _activeHealth; set => _activeHealth = value; }

    /// <summary>The last update that named it; control loop only.</summary>
    public long LastUpdate { get; set; }

    /// <summary>Calls that have not ended.</summary>
    public int InFlight
    {
        get
        {
            // Ended first: a call that starts and ends between the two reads must not make the difference negative.
            long ended = Volatile.Read(ref _ended);
            return (int)(Volatile.Read(ref _started) - ended);
        }
    }

    /// <summary>Attempts sent.</summary>
    public long Calls => Volatile.Read(ref _started);

    /// <summary>Calls that have ended.</summary>
    public long Ended => Volatile.Read(ref _ended);

    /// <summary>Of those the ones that ended badly; counted where load reports ask for it.</summary>
    public long Failures => Volatile.Read(ref _failures);

    /// <summary>Connections that could not be made.</summary>
    public long ConnectFailures => Volatile.Read(ref _connectFailures);

    public void OnCallStarted() => Interlocked.Increment(ref _started);

    public void OnCallEnded() => Interlocked.Increment(ref _ended);

    /// <summary>A call is about to end badly.</summary>
    public void OnCallFailed() => Interlocked.Increment(ref _failures);

    /// <summary>Whether the last connection that was tried could not be made.</summary>
    public bool CannotBeReached => Volatile.Read(ref _cannotBeReached);

    public void OnConnectFailed()
    {
        Interlocked.Increment(ref _connectFailures);
        Volatile.Write(ref _cannotBeReached, true);
    }

    public void OnConnected()
    {
        if (CannotBeReached)
            Volatile.Write(ref _cannotBeReached, false);
    }
}
