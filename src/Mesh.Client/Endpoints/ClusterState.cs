using System.Collections.Concurrent;
using System.Diagnostics;

namespace Mesh.Endpoints;

/// <summary>
/// What is remembered of one cluster from snapshot to snapshot. <see cref="Endpoints"/> belongs to the control loop; the counters
/// are written by calls without a lock.
/// </summary>
[DebuggerDisplay("{Name} in flight {InFlight}")]
internal sealed class ClusterState(string name, TimeProvider? timeProvider = null, Random? random = null)
{
    private int _inFlight;
    private int _highPriority;
    private bool _hasHadCalls;
    private readonly RetryCounter _retries = new();
    private readonly RetryCounter _highPriorityRetries = new();

    public string Name { get; } = name;

    /// <summary>The clock that its load balancing goes by.</summary>
    public TimeProvider TimeProvider { get; } = timeProvider ?? TimeProvider.System;

    /// <summary>The chance that its load balancing goes by.</summary>
    public Random Random { get; } = random ?? Random.Shared;

    /// <summary>The endpoints; control loop only.</summary>
    public Dictionary<EndpointKey, EndpointState> Endpoints { get; } = [];

    /// <summary>The cluster's outlier detection; null where it has none. Owned by the policy.</summary>
    public volatile object? Outliers;

    /// <summary>The active health checks of its endpoints; null where it has none. Owned by who checks.</summary>
    public volatile object? Checks;

    /// <summary>Held while the health of endpoints changes.</summary>
    public Lock HealthLock { get; } = new();

    /// <summary>
    /// Called after endpoints were ejected or have returned, or pass their checks or do not, by the thread that saw to it and under <see cref="HealthLock"/>, so that the
    /// next pick can know.
    /// </summary>
    public Action? HealthChanged { get; set; }

    /// <summary>Calls that have not ended.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>Whether there has ever been a call.</summary>
    public bool HasHadCalls => Volatile.Read(ref _hasHadCalls);

    /// <param name="highPriority">Whether it is of <c>RoutingPriority</c> HIGH.</param>
    public void OnCallStarted(bool highPriority = false)
    {
        Interlocked.Increment(ref _inFlight);
        if (!_hasHadCalls)
            Volatile.Write(ref _hasHadCalls, true);
        if (highPriority)
            Interlocked.Increment(ref _highPriority);
    }

    /// <param name="highPriority">As it was started.</param>
    public void OnCallEnded(bool highPriority = false)
    {
        if (highPriority)
            Interlocked.Decrement(ref _highPriority);
        Interlocked.Decrement(ref _inFlight);
    }

    /// <summary>Calls of one routing priority that have not ended. DEFAULT, which most have, is counted by nobody: it is the rest.</summary>
    public int InFlightOf(bool highPriority)
    {
        int high = Volatile.Read(ref _highPriority);
        return highPriority ? high : Math.Max(InFlight - high, 0);
    }

    /// <summary>The retries under way of one routing priority.</summary>
    public RetryCounter RetriesOf(bool highPriority) => highPriority ? _highPriorityRetries : _retries;

    private int _pending;
    private int _highPriorityPending;

    /// <summary>Counts one more call of a routing priority that waits for a connection, of the cluster or of an endpoint, while there are fewer than a limit.</summary>
    public bool TryStartWaiting(bool highPriority, uint limit)
    {
        ref int pending = ref highPriority ? ref _highPriorityPending : ref _pending;
        int seen = Volatile.Read(ref pending);
        while (seen < limit)
        {
            int found = Interlocked.CompareExchange(ref pending, seen + 1, seen);
            if (found == seen)
                return true;
            seen = found;
        }

        return false;
    }

    /// <summary>One that was counted waits no longer.</summary>
    public void OnWaitEnded(bool highPriority) => Interlocked.Decrement(ref highPriority ? ref _highPriorityPending : ref _pending);

    private ConnectionSlots? _connections;
    private ConnectionSlots? _highPriorityConnections;

    /// <summary>The connections of HTTP/1.1 calls of one routing priority, counted where they are limited.</summary>
    public ConnectionSlots ConnectionsOf(bool highPriority)
    {
        ref ConnectionSlots? slots = ref highPriority ? ref _highPriorityConnections : ref _connections;
        return LazyInitializer.EnsureInitialized(ref slots);
    }

    /// <summary>What the cluster's pickers hand on to the next; owned by load balancing, and to be used under <see cref="HealthLock"/>.</summary>
    public object? Pickers;

    /// <summary>Calls that were dropped by policy, by category.</summary>
    public ConcurrentDictionary<string, long> Drops { get; } = new(StringComparer.Ordinal);

    private long _overflows;

    /// <summary>Calls that were refused because as many were in flight as there may be.</summary>
    public long Overflows => Volatile.Read(ref _overflows);

    public void OnOverflow() => Interlocked.Increment(ref _overflows);

    public void OnDropped(string category) => Drops.AddOrUpdate(category, 1, static (_, count) => count + 1);
}

/// <summary>What tells one endpoint of a cluster from another.</summary>
/// <param name="Host">Its host.</param>
/// <param name="Port">Its port.</param>
/// <param name="DnsName">
/// The name it was resolved from. Two names that lead to one address are two endpoints, as in Envoy, each with connections of its own: TLS
/// verifies them by different names.
/// </param>
internal readonly record struct EndpointKey(string Host, int Port, string DnsName);
