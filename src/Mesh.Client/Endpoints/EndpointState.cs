using System.Diagnostics;

namespace Mesh.Endpoints;

/// <summary>
/// What is remembered of one endpoint of one cluster from snapshot to snapshot: counters, and the connections in an opaque slot
/// that the transport fills. Counters are written by calls without a lock.
/// </summary>
[DebuggerDisplay("{Address} in flight {InFlight}, calls {Calls}")]
internal sealed class EndpointState(string address)
{
    private int _inFlight;
    private long _calls;
    private long _connectFailures;

    /// <summary>Its address as people write it.</summary>
    public string Address { get; } = address;

    /// <summary>The endpoint's connections; owned by the transport.</summary>
    public object? Pool;

    /// <summary>The last update that named it; control loop only.</summary>
    public long LastUpdate { get; set; }

    /// <summary>Calls that have not ended.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>Attempts sent.</summary>
    public long Calls => Volatile.Read(ref _calls);

    /// <summary>Connections that could not be made.</summary>
    public long ConnectFailures => Volatile.Read(ref _connectFailures);

    public void OnCallStarted()
    {
        Interlocked.Increment(ref _inFlight);
        Interlocked.Increment(ref _calls);
    }

    public void OnCallEnded() => Interlocked.Decrement(ref _inFlight);

    public void OnConnectFailed() => Interlocked.Increment(ref _connectFailures);
}
