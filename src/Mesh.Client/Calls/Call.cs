using System.Diagnostics;
using Mesh.Endpoints;
using Mesh.LoadBalancing;
using Mesh.Matching;
using Mesh.Policies.Hashing;
using Mesh.Policies.Retries;
using Mesh.Snapshots;
using Mesh.Transport;

namespace Mesh.Calls;

/// <summary>
/// One call from its routing to the end of its response body: what it was routed to, its timer, and the counters it holds. Kept and
/// used again (<see cref="CallPool"/>). When a response is lost without being read or disposed, the collector finds the call that
/// belonged to it and ends it.
/// </summary>
[DebuggerDisplay("{Route.Name} -> {Cluster.Name}, attempts {Attempts}")]
internal sealed partial class Call : IDisposable
{
    private RequestTarget _target;
    private string? _authority;
    private string? _path;
    private CallRetries _retries;
    private CallFaults _faults;
    private bool _active;
    private bool _isFinalized;

    public Call(TimeProvider timeProvider) => _timer = new CallTimer(timeProvider);

    ~Call()
    {
        if (!_active)
            return;
        _isFinalized = true;
        Engine.Log.Abandoned(Cluster.Name, Endpoint?.State.Address ?? "");
        End(ResponseFlags.Abandoned, null);
    }

    public CallEngine Engine { get; private set; } = null!;

    public HttpRequestMessage Request { get; private set; } = null!;

    public ref readonly RequestTarget Target => ref _target;

    public Listener Listener { get; private set; } = null!;

    public Route Route { get; private set; } = null!;

    public RouteDestination Destination { get; private set; } = null!;

    public Cluster Cluster { get; private set; } = null!;

    /// <summary>The aggregate that led to the cluster, which another attempt asks again; null for none.</summary>
    public Aggregate? Aggregate { get; set; }

    /// <summary>The route's retry policy, where it applies to this request.</summary>
    public RetryPolicy? Retry { get; set; }

    /// <summary>Whether an attempt that takes too long goes on beside the next one.</summary>
    public bool IsHedged { get; set; }

    /// <summary>What it keeps of its attempts.</summary>
    public ref CallRetries Retries => ref _retries;

    /// <summary>What injected faults have done to it.</summary>
    public ref CallFaults Faults => ref _faults;

    /// <summary>What filters of the user's own have made of the request's headers, in order: a value replaces, null removes; null where there is nothing.</summary>
    public IReadOnlyList<KeyValuePair<string, string?>>? HeaderChanges { get; set; }

    /// <summary>Its session; null where it has none.</summary>
    public CallSession? Session { get; set; }

    /// <summary>The redirects that the mesh follows itself; null where the route follows none.</summary>
    public InternalRedirects? Redirects { get; set; }

    /// <summary>The authority to send; the caller's own, the same object, when nothing rewrites it. An endpoint may bring its own.</summary>
    public string Authority { get => _authority ?? _target.Authority; set => _authority = value; }

    /// <summary>Path and query to send; the caller's own, the same object, when nothing rewrites them.</summary>
    public string Path => _path ?? _target.Path;

    public bool IsGrpc { get; private set; }

    /// <summary>Whether the caller called the synchronous <c>Send</c>.</summary>
    public bool IsSync { get; private set; }

    /// <summary>The call that is being served while this one is made; null for none. Copies for mirrors have none.</summary>
    public InboundCall? Inbound { get; set; }

    /// <summary>Whether it is a copy of another call, which nobody waits for.</summary>
    public bool IsMirror { get; set; }

    public CancellationToken CallerToken { get; private set; }

    /// <summary>The request's body, where it must be watched or may have to be sent again; null where the caller's content goes as it is.</summary>
    public RequestBody? Body { get; set; }

    /// <summary>What its route's hash policies make of the request; null where they make nothing, or the cluster does not ask.</summary>
    public HashedRequest Hashed { get; set; }

    /// <summary>Sends so far.</summary>
    public int Attempts { get; private set; }

    /// <summary>When the attempt was sent, as a timestamp; only where the cluster's policy goes by latency.</summary>
    public long AttemptStarted { get; set; }

    /// <summary>The endpoint of the current or last attempt.</summary>
    public Endpoint? Endpoint { get; private set; }

    /// <summary>The connections of the current attempt; null between attempts.</summary>
    public EndpointPool? Pool { get; private set; }

    /// <summary>Where the attempt's connection is counted; null where none is.</summary>
    public ConnectionSlots? Slots { get; set; }

    /// <summary>The same of its endpoint.</summary>
    public ConnectionSlots? EndpointSlots { get; set; }

    /// <summary>The response handed to the caller, for its status and trailers.</summary>
    public HttpResponseMessage? Response { get; set; }

    /// <summary>The flag of a call whose response comes to its end; null for an undisturbed one.</summary>
    public string? CompletionFlag { get; set; }

    public void Start(
        CallEngine engine, HttpRequestMessage request, in RequestTarget target, Listener listener, Route route, RouteDestination destination, Cluster cluster,
        string authority, string path, bool grpc, bool sync, CancellationToken callerToken)
    {
        Engine = engine;
        Request = request;
        _target = target;
        Listener = listener;
        Route = route;
        Destination = destination;
        if (!ReferenceEquals(authority, target.Authority))
            _authority = authority;
        if (!ReferenceEquals(path, target.Path))
            _path = path;
        Cluster = cluster;
        IsGrpc = grpc;
        IsSync = sync;
        CallerToken = callerToken;
        _active = true;
        cluster.State.OnCallStarted(route.Action.IsHighPriority);
    }

    /// <summary>Asks the aggregate again before another attempt: the call goes over to the cluster that it names now.</summary>
    public void ChooseClusterAgain()
    {
        if (Aggregate is null || Engine.Store.Current is not { } snapshot || Aggregate.Choose(snapshot, Engine.Random) is not { } cluster || cluster.State == Cluster.State)
            return;
        Cluster.State.OnCallEnded(Route.Action.IsHighPriority);
        Cluster = cluster;
        cluster.State.OnCallStarted(Route.Action.IsHighPriority);
    }

    /// <summary>What formats see of the call.</summary>
    /// <param name="response">The response; null while there is none.</param>
    /// <param name="sent">The message that was sent; null before it is.</param>
    public FormatContext Format(HttpResponseMessage? response, HttpRequestMessage? sent = null) => Route.Context(_target.View(sent ?? Request, random: 0)) with
    {
        Response = response,
        Cluster = Cluster.Name,
        UpstreamHost = Endpoint?.State.Address,
    };

    /// <summary>Takes the endpoint's connections for an attempt.</summary>
    public void StartAttempt(Endpoint endpoint, EndpointPool pool, TimeSpan? perTryTimeout)
    {
        Endpoint = endpoint;
        Pool = pool;
        endpoint.State.OnCallStarted();
        Attempts++;
        long limit = perTryTimeout?.Ticks ?? 0, idle = ResponseIdleTimeout.Ticks;
        if (idle > 0 && (limit == 0 || idle < limit))
            limit = idle;
        if (limit > 0)
            Volatile.Write(ref _perTryTicks, limit);
    }

    /// <summary>Gives the endpoint's connections back; the call goes on.</summary>
    /// <param name="failed">Whether the attempt ended badly.</param>
    public void EndAttempt(bool failed = false)
    {
        Slots?.Release();
        Slots = null;
        EndpointSlots?.Release();
        EndpointSlots = null;
        if (Pool is not { } pool)
            return;
        Pool = null;
        if (failed && Cluster.Resource.LrsServerSelf)
            Endpoint!.State.OnCallFailed();
        Endpoint!.State.OnCallEnded();
        pool.Release();
    }

    /// <summary>Takes the attempt out of the call, which may start another: somebody else holds what it held.</summary>
    public void Detach()
    {
        Pool = null;
        Slots = null;
        EndpointSlots = null;
    }

    /// <summary>Makes an attempt the call's current one again.</summary>
    public void Attach(Endpoint endpoint, EndpointPool pool, ConnectionSlots? slots, ConnectionSlots? endpointSlots)
    {
        Endpoint = endpoint;
        Pool = pool;
        Slots = slots;
        EndpointSlots = endpointSlots;
    }

    /// <summary>Takes back the count of an attempt whose connections were closed before it could be sent.</summary>
    public void UndoAttempt()
    {
        EndAttempt();
        Attempts--;
    }

    /// <summary>Ends the call: counters, connections, outcome. The call must not be used any more.</summary>
    public void End(string? flag, Exception? error, bool reuse = true)
    {
        _active = false;
        string? address = Endpoint?.State.Address;
        EndAttempt(Cluster.Resource.LrsServerSelf && OutcomeOf.IsFailure(this, flag));
        Cluster.State.OnCallEnded(Route.Action.IsHighPriority);
        CallEngine engine = Engine;
        Action<CallOutcome>? observer = engine.OutcomeObserver;
        CallOutcome outcome = observer is null ? default : OutcomeOf.Ended(this, address, flag, error);
        Recycle(reuse);
        engine.OnCallEnded();
        observer?.Invoke(outcome);
    }

    /// <summary>Ends a call that was not sent and is not answered: another takes its place. It must not be used any more.</summary>
    public void Withdraw()
    {
        _active = false;
        EndAttempt();
        Cluster.State.OnCallEnded(Route.Action.IsHighPriority);
        CallEngine engine = Engine;
        Recycle(reuse: true);
        engine.OnCallEnded();
    }

    public void Dispose()
    {
        _timer.Dispose();
        GC.SuppressFinalize(this);
    }

    private void Recycle(bool reuse)
    {
        // A body that may still be sent, or a token that is cancelling, would reach into the call that came next; and one that the
        // collector found has had its finalizer, and would not be found again.
        bool unlinked = !_isLinked || _link.Unregister();
        bool free = reuse && unlinked && !_isFinalized && (Body is null || Body.IsSent);
        CallPool pool = Engine.Calls;
        Engine = null!;
        Request = null!;
        Response = null;
        CompletionFlag = null;
        IdleTimeout = null;
        Listener = null!;
        Route = null!;
        Destination = null!;
        Retry = null;
        IsHedged = false;
        _retries.Reset();
        _faults.Reset();
        Redirects = null;
        Aggregate = null;
        IsMirror = false;
        Inbound = null;
        Session = null;
        HeaderChanges = null;
        Hashed = default;
        _authority = null;
        _path = null;
        Cluster = null!;
        Endpoint = null;
        Body = null;
        Timeout = null;
        TimeoutIsRoutes = false;
        _target = default;
        Attempts = 0;
        CallerToken = default;
        _link = default;
        _isLinked = false;
        _deadline = 0;
        _endless = false;
        _perTryTicks = 0;
        if (_timer.TryReset() && free)
            pool.Return(this);
        else
            Dispose();
    }
}
