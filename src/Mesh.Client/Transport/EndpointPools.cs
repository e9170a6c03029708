using System.Collections.Concurrent;
using Mesh.Endpoints;
using Mesh.LoadBalancing;
using Mesh.Resources;
using Mesh.Snapshots;

namespace Mesh.Transport;

/// <summary>
/// Gives each endpoint its pool and replaces it when the settings of its connections change. Takes no lock: who comes first
/// installs the pool, who comes second drops its own before it has connected.
/// </summary>
internal sealed class EndpointPools(TimeProvider timeProvider, TimeSpan drainDeadline)
{
    /// <summary>Stands in the slot of an endpoint that is no longer configured, so that a late call cannot open connections to it.</summary>
    private static readonly object Gone = new();

    private readonly ConcurrentDictionary<EndpointPool, byte> _open = new();

    /// <summary>Makes what carries the calls of an endpoint, in place of sockets; null for sockets.</summary>
    public Func<EndpointResource, HttpMessageHandler>? CreateHandler { get; set; }

    /// <summary>A pool of the endpoint with a reference taken; null when the endpoint is gone, and another is to be picked.</summary>
    public EndpointPool? TryAcquire(Endpoint endpoint, TransportSettings settings, string authority)
    {
        // A call that still holds an older snapshot uses the newer connections: they are never less secure than asked for now.
        object? slot = Volatile.Read(ref endpoint.State.Pool);
        if (ReferenceEquals(slot, Gone))
            return null;
        var pool = (EndpointPool?)slot;
        if (pool is null || pool.Settings.Generation < settings.Generation || !pool.Admits(authority))
            pool = Install(endpoint, settings, authority, pool);
        return pool is not null && pool.TryAcquire() ? pool : null;
    }

    /// <summary>Lets the connections of an endpoint that is no longer configured end.</summary>
    public void Retire(EndpointState state)
    {
        if (Interlocked.Exchange(ref state.Pool, Gone) is EndpointPool pool)
            pool.Retire(timeProvider, drainDeadline);
    }

    /// <summary>Closes every connection.</summary>
    public void Close()
    {
        foreach (EndpointPool pool in _open.Keys)
            pool.Close();
    }

    private EndpointPool? Install(Endpoint endpoint, TransportSettings settings, string authority, EndpointPool? old)
    {
        var pool = new EndpointPool(endpoint.Resource, endpoint.State, settings, timeProvider, CreateHandler, closed => _open.TryRemove(closed, out _));
        pool.Admits(authority);
        _open[pool] = 0;
        object? seen = Interlocked.CompareExchange(ref endpoint.State.Pool, pool, old);
        if (!ReferenceEquals(seen, old))
        {
            pool.Close();
            return seen as EndpointPool;
        }

        old?.Retire(timeProvider, drainDeadline);
        return pool;
    }
}
