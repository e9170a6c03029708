using System.Collections.Concurrent;
using System.Diagnostics;
using Mesh.Endpoints;
using Mesh.Resources;
using Mesh.Snapshots;

namespace Mesh.Transport;

/// <summary>
/// One generation of connections to one endpoint. It counts the calls that use it: retired, it takes no new ones and is closed when
/// the last has ended, or by a deadline.
/// </summary>
[DebuggerDisplay("{_state.Address} generation {Settings.Generation}, references {_references}")]
internal sealed class EndpointPool
{
    /// <summary>
    /// The runtime keeps a set of connections for each authority it sees over TLS. A pool that has seen this many is replaced by a
    /// fresh one.
    /// </summary>
    private const int MaxAuthorities = 100;

    private readonly EndpointState _state;
    private readonly Action<EndpointPool> _closed;
    private readonly OpenConnections _connections = new();
    private readonly ConcurrentDictionary<string, byte>? _authorities;
    private volatile string? _authority;
    private long _taken;
    private int _references = 1;
    private int _retired;
    private int _hasDeadline;
    private int _closing;
    private ITimer? _deadline;

    public EndpointPool(
        EndpointResource endpoint,
        EndpointState state,
        TransportSettings settings,
        TimeProvider timeProvider,
        Func<EndpointResource, HttpMessageHandler>? createHandler,
        Action<EndpointPool> closed)
    {
        _state = state;
        _closed = closed;
        Settings = settings;
        _authorities = settings.Tls is null ? null : new ConcurrentDictionary<string, byte>(StringComparer.OrdinalIgnoreCase);
        var connector = new Connector(endpoint, state, settings, _connections, timeProvider);
        if (createHandler is null && settings.Preconnect is { } ahead)
            connector.Ahead = Ahead = new Preconnect(ahead, state, () => Volatile.Read(ref _references) - (Volatile.Read(ref _retired) == 0 ? 1 : 0), connector.ConnectAheadAsync);
        Invoker = new HttpMessageInvoker(createHandler?.Invoke(endpoint) ?? CreateSocketsHandler(settings, connector), disposeHandler: true);
    }

    public HttpMessageInvoker Invoker { get; }

    public TransportSettings Settings { get; }

    /// <summary>Sockets that are connected ahead; null where there are none.</summary>
    private Preconnect? Ahead { get; }

    public string Scheme => Settings.Tls is null ? "http" : "https";

    /// <summary>Whether its connections have been closed, also under calls that use them.</summary>
    public bool IsClosing => Volatile.Read(ref _closing) != 0;

    /// <summary>
    /// The authority of every URL sent here, whatever the call's own: the runtime opens connections by it, and it must not open new
    /// ones for each. It is the first call's, so that most calls need no Host header beside it; a Host header that makes no URL cannot
    /// become it.
    /// </summary>
    public string FixedAuthority(string authority)
    {
        if (_authority is { } known)
            return known;
        bool fits = Uri.TryCreate($"{Scheme}://{authority}/", UriKind.Absolute, out Uri? url) && url.Authority == authority && url.UserInfo.Length == 0;
        Interlocked.CompareExchange(ref _authority, fits ? authority : "endpoint", null);
        return _authority!;
    }

    /// <summary>Whether an authority may still be sent here; false asks for a fresh pool.</summary>
    public bool Admits(string authority)
    {
        if (_authorities is null || _authorities.ContainsKey(authority))
            return true;
        return _authorities.Count < MaxAuthorities && (_authorities.TryAdd(authority, 0) || true);
    }

    /// <summary>
    /// Counts one more request. False when it has had as many as one of its connections may carry (<c>max_requests_per_connection</c>), so that
    /// none carries more; that asks for a fresh pool too.
    /// </summary>
    public bool TryCount() => Settings.MaxRequestsPerConnection == 0 || Interlocked.Increment(ref _taken) <= Settings.MaxRequestsPerConnection;

    /// <summary>Takes a reference for one attempt; false when the pool is closed.</summary>
    public bool TryAcquire()
    {
        int references = Volatile.Read(ref _references);
        while (references > 0)
        {
            int seen = Interlocked.CompareExchange(ref _references, references + 1, references);
            if (seen == references)
            {
                Ahead?.OnCall();
                return true;
            }

            references = seen;
        }

        return false;
    }

    /// <summary>Gives a reference back; the last one closes the pool.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _references) == 0)
            Close();
    }

    /// <summary>Whether it connects to an endpoint, by settings older than a generation.</summary>
    public bool IsOf(EndpointState state, long generation) => ReferenceEquals(_state, state) && Settings.Generation < generation;

    /// <summary>Lets the pool end: at once when nothing uses it, else with the last call.</summary>
    public void Retire()
    {
        if (Interlocked.Exchange(ref _retired, 1) == 0)
            Release();
    }

    /// <summary>Closes the pool at a deadline, if it still has calls then.</summary>
    public void CloseAfter(TimeProvider timeProvider, TimeSpan deadline)
    {
        int own = Volatile.Read(ref _retired) == 0 ? 1 : 0;
        if (Volatile.Read(ref _references) > own && Interlocked.Exchange(ref _hasDeadline, 1) == 0)
            _deadline = timeProvider.CreateTimer(static pool => ((EndpointPool)pool!).Close(), this, deadline, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Closes every connection, also those in use.</summary>
    public void Close()
    {
        if (Interlocked.Exchange(ref _closing, 1) != 0)
            return;
        Volatile.Write(ref _retired, 1);
        _deadline?.Dispose();
        Invoker.Dispose();
        Ahead?.Dispose();
        _connections.Close();
        _closed(this);
    }

    /// <summary>The defaults would follow a redirect inside the endpoint, give one caller's cookie to another, and ask a proxy.</summary>
    private static SocketsHttpHandler CreateSocketsHandler(TransportSettings settings, Connector connector)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            EnableMultipleHttp2Connections = true,
            ConnectTimeout = Timeout.InfiniteTimeSpan,
            PooledConnectionIdleTimeout = settings.IdleTimeout,
            PooledConnectionLifetime = settings.MaxConnectionDuration,
            ConnectCallback = connector.ConnectAsync,
        };
        if (settings.Http2Keepalive is { } pings)
        {
            handler.KeepAlivePingDelay = pings.Interval;
            handler.KeepAlivePingTimeout = pings.Timeout;
        }

        return handler;
    }
}
