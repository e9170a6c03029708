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
        while (true)
        {
            // A call that still holds an older snapshot uses the newer connections: they are never less secure than asked for now.
            object? slot = Volatile.Read(ref endpoint.State.Pool);
            if (ReferenceEquals(slot, Gone))
                return null;
            var pool = (EndpointPool?)slot;
            if (pool is null || pool.Settings.Generation < settings.Generation || !pool.Admits(authority))
                pool = Install(endpoint, settings, authority, pool, isSpent: false);
            if (pool is null)
                return null;
            if (pool.TryAcquire())
            {
                if (pool.TryCount())
                    return pool;

                // Nothing is wrong with its connections: the calls on them take as long as they like.
                Install(endpoint, settings, authority, pool, isSpent: true);
                pool.Release();
            }
            else if (ReferenceEquals(Volatile.Read(ref endpoint.State.Pool), pool))
            {
                return null;
            }
        }
    }

    /// <summary>Lets the connections of an endpoint that is no longer configured end.</summary>
    public void Retire(EndpointState state)
    {
        if (Interlocked.Exchange(ref state.Pool, Gone) is EndpointPool pool)
            End(pool, state, long.MaxValue);
    }

    /// <summary>Closes every connection.</summary>
    public void Close()
    {
        foreach (EndpointPool pool in _open.Keys)
            pool.Close();
    }

    private EndpointPool? Install(Endpoint endpoint, TransportSettings settings, string authority, EndpointPool? old, bool isSpent)
    {
        TransportSettings newest = old is not null && old.Settings.Generation > settings.Generation ? old.Settings : settings;
        var pool = new EndpointPool(endpoint.Resource, endpoint.State, newest, timeProvider, CreateHandler, closed => _open.TryRemove(closed, out _));
        pool.Admits(authority);
        _open[pool] = 0;
        object? seen = Interlocked.CompareExchange(ref endpoint.State.Pool, pool, old);
        if (!ReferenceEquals(seen, old))
        {
            pool.Close();
            return seen as EndpointPool;
        }

        if (isSpent)
            old!.Retire();
        else if (old is not null)
            End(old, endpoint.State, newest.Generation);
        return pool;
    }

    /// <summary>Lets a pool end by the deadline, and with it those of older settings that have had their requests and may still have calls.</summary>
    private void End(EndpointPool pool, EndpointState state, long generation)
    {
        pool.CloseAfter(timeProvider, drainDeadline);
        pool.Retire();
        if (pool.Settings.MaxRequestsPerConnection == 0)
            return;
        foreach (EndpointPool before in _open.Keys)
        {
            if (before.IsOf(state, generation))
                before.CloseAfter(timeProvider, drainDeadline);
        }
    }
}
