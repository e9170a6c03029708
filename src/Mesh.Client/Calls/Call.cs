using System.Diagnostics;
using System.Net.Http.Headers;
using Mesh.LoadBalancing;
using Mesh.Matching;
using Mesh.Policies.Hashing;
using Mesh.Policies.Retries;
using Mesh.Policies.Timeouts;
using Mesh.Primitives;
using Mesh.Snapshots;
using Mesh.Transport;

namespace Mesh.Calls;

/// <summary>
/// One call from its routing to the end of its response body: what it was routed to, its timer, and the counters it holds. Kept and
/// used again (<see cref="CallPool"/>). When a response is lost without being read or disposed, the collector finds the call that
/// belonged to it and ends it.
/// </summary>
[DebuggerDisplay("{Route.Name} -> {Cluster.Name}, attempts {Attempts}")]
internal sealed class Call : IDisposable
{
    private CallTimer _timer;
    private CancellationTokenRegistration _link;
    private RequestTarget _target;
    private CallRetries _retries;
    private long _deadline;
    private long _perTryTicks;
    private volatile bool _endless;
    private bool _isLinked;
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

    /// <summary>The clock its limits go by.</summary>
    public TimeProvider TimeProvider => _timer.TimeProvider;

    public CallEngine Engine { get; private set; } = null!;

    public HttpRequestMessage Request { get; private set; } = null!;

    public ref readonly RequestTarget Target => ref _target;

    public Listener Listener { get; private set; } = null!;

    public Route Route { get; private set; } = null!;

    public RouteDestination Destination { get; private set; } = null!;

    public Cluster Cluster { get; private set; } = null!;

    /// <summary>The route's retry policy, where it applies to this request.</summary>
    public RetryPolicy? Retry { get; set; }

    /// <summary>What it keeps of its attempts.</summary>
    public ref CallRetries Retries => ref _retries;

    /// <summary>The redirects that the mesh follows itself; null where the route follows none.</summary>
    public InternalRedirects? Redirects { get; set; }

    /// <summary>The authority to send; the caller's own, the same object, when nothing rewrites it. An endpoint may bring its own.</summary>
    public string Authority { get; set; } = "";

    /// <summary>Path and query to send; the caller's own, the same object, when nothing rewrites them.</summary>
    public string Path { get; private set; } = "";

    public bool IsGrpc { get; private set; }

    /// <summary>Whether the caller called the synchronous <c>Send</c>.</summary>
    public bool IsSync { get; private set; }

    public CancellationToken CallerToken { get; private set; }

    /// <summary>The request's body, where it must be watched or may have to be sent again; null where the caller's content goes as it is.</summary>
    public RequestBody? Body { get; set; }

    /// <summary>The limit of the whole call; null for none.</summary>
    public TimeSpan? Timeout { get; private set; }

    /// <summary>What set <see cref="Timeout"/>.</summary>
    public string TimeoutSource { get; private set; } = "";

    /// <summary>Whether the limit is the route's, which the server of a gRPC call has not been told; false for the caller's own.</summary>
    public bool TimeoutIsRoutes { get; private set; }

    /// <summary>What its route's hash policies make of the request; null where they make nothing, or the cluster does not ask.</summary>
    public HashedRequest Hashed { get; set; }

    /// <summary>Sends so far.</summary>
    public int Attempts { get; private set; }

    /// <summary>The endpoint of the current or last attempt.</summary>
    public Endpoint? Endpoint { get; private set; }

    /// <summary>The connections of the current attempt; null between attempts.</summary>
    public EndpointPool? Pool { get; private set; }

    /// <summary>The response handed to the caller, for its status and trailers.</summary>
    public HttpResponseMessage? Response { get; set; }

    /// <summary>The flag of a call whose response comes to its end; null for an undisturbed one.</summary>
    public string? CompletionFlag { get; set; }

    /// <summary>The limit on silence between two reads of the response; null for none.</summary>
    public TimeSpan? IdleTimeout { get; set; }

    /// <summary>Ends with the caller's token, the call's deadline, or the attempt's.</summary>
    public CancellationToken Token => _timer.Token;

    public bool DeadlinePassed => _deadline != 0 && _timer.HasPassed(_deadline);

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
        Authority = authority;
        Path = path;
        Cluster = cluster;
        IsGrpc = grpc;
        IsSync = sync;
        CallerToken = callerToken;
        _active = true;
        cluster.State.OnCallStarted(route.Action.IsHighPriority);
    }

    /// <summary>
    /// Lets the caller's token and the clocks end the call. To be called as soon as there is something to end: a send that completes
    /// at once, as one answered from memory does, is spared all of it.
    /// </summary>
    public void Watch()
    {
        if (!_isLinked && CallerToken.CanBeCanceled)
        {
            _isLinked = true;
            _link = CallerToken.UnsafeRegister(static timer => ((CallTimer)timer!).Cancel(), _timer);
        }

        if (Body is null or { IsSent: true })
        {
            StartDeadline();
            StartPerTryTimeout();
        }
    }

    /// <summary>
    /// The limit on silence, before the response and within it: the route's, unless the deadline comes first, or the shorter one of an
    /// attempt (<c>RetryPolicy.per_try_idle_timeout</c>); 0 ticks for none.
    /// </summary>
    public TimeSpan ResponseIdleTimeout => IdleIsPerTry ? Retry!.PerTryIdleTimeout!.Value : RouteIdleTimeout;

    /// <summary>Whether the limit on silence is the retry policy's.</summary>
    public bool IdleIsPerTry => Retry?.PerTryIdleTimeout is { } perTry && (RouteIdleTimeout is not { Ticks: > 0 } idle || perTry < idle);

    private TimeSpan RouteIdleTimeout =>
        !IsGrpc && Route.IdleTimeout(Listener) is { } idle && (Timeout is not { } limit || idle < limit) ? idle : TimeSpan.Zero;

    /// <summary>Whether the attempt's own limit is the one on silence.</summary>
    public bool IsIdleLimit => ResponseIdleTimeout is { Ticks: > 0 } idle && (Retry?.PerTryTimeout is not { } perTry || idle < perTry);

    /// <summary>What formats see of the call.</summary>
    /// <param name="response">The response; null while there is none.</param>
    /// <param name="sent">The message that was sent; null before it is.</param>
    public FormatContext Format(HttpResponseMessage? response, HttpRequestMessage? sent = null) => Route.Context(_target.View(sent ?? Request, random: 0)) with
    {
        Response = response,
        Cluster = Cluster.Name,
        UpstreamHost = Endpoint?.State.Address,
    };

    /// <summary>Whether a token ends the call already.</summary>
    public bool IsLinkedTo(CancellationToken token) => _isLinked && token == CallerToken;

    /// <summary>Takes the limit of the route, or for gRPC the caller's own where that is shorter (gRFC A31).</summary>
    public void SetTimeout(CallTimeout timeout)
    {
        Timeout = timeout.Value;
        TimeoutSource = timeout.Source;
        TimeoutIsRoutes = IsGrpc && timeout.Value is not null;
        if (!IsGrpc || !Request.Headers.NonValidated.TryGetValues("grpc-timeout", out HeaderStringValues values))
            return;
        if (GrpcTimeoutHeader.Parse(values.ToString()) is { } own && (Timeout is not { } limit || own <= limit))
        {
            Timeout = own;
            TimeoutSource = "grpc-timeout";
            TimeoutIsRoutes = false;
        }
    }

    /// <summary>Starts the clock of the whole call (<c>RouteAction.timeout</c>).</summary>
    public void StartDeadline()
    {
        if (_endless || Timeout is not { } timeout || _deadline != 0)
            return;
        _deadline = _timer.After(timeout);
        _timer.Set(_deadline);

        // The response may have begun on another thread meanwhile.
        if (_endless)
        {
            _deadline = 0;
            _timer.Clear();
        }
    }

    /// <summary>
    /// Starts the clocks that wait until the request has been sent in full: the call's, and the attempt's
    /// (<c>RetryPolicy.per_try_timeout</c>).
    /// </summary>
    /// <param name="sent">The body that has been sent; not this call's any more when it outlived its own.</param>
    public void OnRequestSent(RequestBody sent)
    {
        if (!ReferenceEquals(sent, Body))
            return;
        StartDeadline();
        StartPerTryTimeout();
    }

    /// <summary>What is left of the deadline; null when there is none yet.</summary>
    public TimeSpan? Remaining => _deadline == 0 ? null : _timer.Until(_deadline);

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

    /// <summary>Lifts the attempt's own limit once its response has begun; the call's stays.</summary>
    public void EndPerTryTimeout()
    {
        if (Volatile.Read(ref _perTryTicks) == 0)
            return;
        Volatile.Write(ref _perTryTicks, 0);
        EndLimit();
    }

    /// <summary>Gives the endpoint's connections back; the call goes on.</summary>
    /// <param name="failed">Whether the attempt ended badly.</param>
    public void EndAttempt(bool failed = false)
    {
        if (Pool is not { } pool)
            return;
        Pool = null;
        if (failed && Cluster.Resource.LrsServerSelf)
            Endpoint!.State.OnCallFailed();
        Endpoint!.State.OnCallEnded();
        pool.Release();
    }

    /// <summary>Takes back the count of an attempt whose connections were closed before it could be sent.</summary>
    public void UndoAttempt()
    {
        EndAttempt();
        Attempts--;
    }

    /// <summary>Makes the timer fit for another attempt after a per-try timeout has fired.</summary>
    public void RenewTimer()
    {
        if (Token.IsCancellationRequested)
        {
            _link.Unregister();
            _isLinked = false;
            _timer.Dispose();
            _timer = new CallTimer(TimeProvider);
        }

        Volatile.Write(ref _perTryTicks, 0);
        EndLimit();
    }

    /// <summary>Lifts the call's deadline, for a stream that goes on for as long as it likes, or puts a longer one in its place.</summary>
    public void LiftDeadline(TimeSpan? longer = null)
    {
        _endless = true;
        _deadline = longer is { } span ? _timer.After(span) : 0;
        _timer.Set(_deadline);
        Timeout = longer;
        if (longer is not null)
            TimeoutSource = "max_stream_duration";
    }

    /// <summary>Starts a limit that is shorter than the call's: of an attempt, or of one read on silence.</summary>
    public void StartLimit(TimeSpan span)
    {
        long limit = _timer.After(span);
        _timer.Set(_deadline != 0 && _deadline < limit ? _deadline : limit);
    }

    /// <summary>Lifts that limit.</summary>
    public void EndLimit() => _timer.Set(_deadline);

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
        Cluster.State.OnCallEnded(Route.Action.IsHighPriority);
        CallEngine engine = Engine;
        Recycle(reuse: true);
        engine.OnCallEnded();
    }

    /// <summary>Ends whatever of the call is still going on.</summary>
    public void Cancel() => _timer.Cancel();

    public void Dispose()
    {
        _timer.Dispose();
        GC.SuppressFinalize(this);
    }

    private void StartPerTryTimeout()
    {
        long ticks = Volatile.Read(ref _perTryTicks);
        if (ticks == 0)
            return;
        StartLimit(TimeSpan.FromTicks(ticks));

        // The response may have begun on another thread meanwhile.
        if (Volatile.Read(ref _perTryTicks) == 0)
            EndLimit();
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
        _retries.Reset();
        Redirects = null;
        Hashed = default;
        Authority = "";
        Path = "";
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
