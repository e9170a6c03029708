using System.Diagnostics;
using System.Net.Http.Headers;
using Mesh.LoadBalancing;
using Mesh.Policies.Timeouts;
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
    private CancellationTokenSource _cancel;
    private CancellationTokenRegistration _link;
    private RequestTarget _target;
    private long _deadline;
    private bool _active;
    private bool _isFinalized;

    public Call(CallEngine engine)
    {
        Engine = engine;
        _cancel = new CancellationTokenSource(System.Threading.Timeout.InfiniteTimeSpan, engine.TimeProvider);
    }

    ~Call()
    {
        if (!_active)
            return;
        _isFinalized = true;
        Engine.Log.Abandoned(Cluster.Name, Endpoint?.State.Address ?? "");
        End(ResponseFlags.Abandoned, null);
    }

    public CallEngine Engine { get; }

    public HttpRequestMessage Request { get; private set; } = null!;

    public ref readonly RequestTarget Target => ref _target;

    public Listener Listener { get; private set; } = null!;

    public Route Route { get; private set; } = null!;

    public RouteDestination Destination { get; private set; } = null!;

    public Cluster Cluster { get; private set; } = null!;

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

    /// <summary>Sends so far.</summary>
    public int Attempts { get; private set; }

    /// <summary>The endpoint of the current or last attempt.</summary>
    public Endpoint? Endpoint { get; private set; }

    /// <summary>The connections of the current attempt; null between attempts.</summary>
    public EndpointPool? Pool { get; private set; }

    /// <summary>The response handed to the caller, for its status and trailers.</summary>
    public HttpResponseMessage? Response { get; set; }

    /// <summary>Ends with the caller's token, the call's deadline, or the attempt's.</summary>
    public CancellationToken Token => _cancel.Token;

    public bool DeadlinePassed => _deadline != 0 && Engine.TimeProvider.GetTimestamp() >= _deadline;

    public void Start(
        HttpRequestMessage request, in RequestTarget target, Listener listener, Route route, RouteDestination destination, Cluster cluster, bool grpc, bool sync, CancellationToken callerToken)
    {
        Request = request;
        _target = target;
        Listener = listener;
        Route = route;
        Destination = destination;
        Cluster = cluster;
        IsGrpc = grpc;
        IsSync = sync;
        CallerToken = callerToken;
        _active = true;
        cluster.State.OnCallStarted();
        Engine.OnCallStarted();
        Link();
    }

    /// <summary>Takes the limit of the route, or for gRPC the caller's own where that is shorter (gRFC A31).</summary>
    public void SetTimeout(CallTimeout timeout)
    {
        Timeout = timeout.Value;
        TimeoutSource = timeout.Source;
        TimeoutIsRoutes = IsGrpc && timeout.Value is not null;
        if (!IsGrpc || !Request.Headers.NonValidated.TryGetValues("grpc-timeout", out HeaderStringValues values))
            return;
        if (CallTimeout.ParseGrpcTimeout(values.ToString()) is { } own && (Timeout is not { } limit || own <= limit))
        {
            Timeout = own;
            TimeoutSource = "grpc-timeout";
            TimeoutIsRoutes = false;
        }
    }

    /// <summary>Starts the clock of the whole call: once the request has been sent in full (<c>RouteAction.timeout</c>).</summary>
    /// <param name="sent">The body that has been sent; null for one that needed no watching. Not this call's any more when it outlived its own.</param>
    public void StartDeadline(RequestBody? sent = null)
    {
        if ((sent is not null && !ReferenceEquals(sent, Body)) || Timeout is not { } timeout || _deadline != 0)
            return;
        long span = (long)(timeout.TotalSeconds * Engine.TimeProvider.TimestampFrequency);
        _deadline = Math.Max(Engine.TimeProvider.GetTimestamp() + span, 1);
        _cancel.CancelAfter(Limit(timeout));
    }

    /// <summary>What is left of the deadline; null when there is none yet.</summary>
    public TimeSpan? Remaining => _deadline == 0 ? null : Max(Engine.TimeProvider.GetElapsedTime(Engine.TimeProvider.GetTimestamp(), _deadline), TimeSpan.Zero);

    /// <summary>Takes the endpoint's connections for an attempt.</summary>
    public void StartAttempt(Endpoint endpoint, EndpointPool pool, TimeSpan? perTryTimeout)
    {
        Endpoint = endpoint;
        Pool = pool;
        endpoint.State.OnCallStarted();
        Attempts++;
        if (perTryTimeout is { } limit)
            _cancel.CancelAfter(Limit(Remaining is { } rest && rest < limit ? rest : limit));
    }

    /// <summary>Lifts the attempt's own limit once its response has begun; the call's stays.</summary>
    public void EndPerTryTimeout() => _cancel.CancelAfter(Remaining is { } rest ? Limit(rest) : System.Threading.Timeout.InfiniteTimeSpan);

    /// <summary>Gives the endpoint's connections back; the call goes on.</summary>
    public void EndAttempt()
    {
        if (Pool is not { } pool)
            return;
        Pool = null;
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
        if (_cancel.IsCancellationRequested)
        {
            _link.Unregister();
            _cancel = new CancellationTokenSource(System.Threading.Timeout.InfiniteTimeSpan, Engine.TimeProvider);
            Link();
        }

        EndPerTryTimeout();
    }

    /// <summary>Lifts the call's deadline, for a stream that goes on for as long as it likes.</summary>
    public void LiftDeadline()
    {
        _deadline = 0;
        _cancel.CancelAfter(System.Threading.Timeout.InfiniteTimeSpan);
    }

    /// <summary>Starts a limit on silence for one read; <see cref="EndPerTryTimeout"/> lifts it.</summary>
    public void StartIdleTimeout(TimeSpan limit) => _cancel.CancelAfter(Limit(Remaining is { } rest && rest < limit ? rest : limit));

    /// <summary>Ends the call: counters, connections, outcome. The call must not be used any more.</summary>
    public void End(string? flag, Exception? error)
    {
        _active = false;
        string? address = Endpoint?.State.Address;
        int? grpcStatus = IsGrpc && Response is not null ? GrpcMessages.Status(Response.TrailingHeaders) ?? GrpcMessages.Status(Response.Headers) : null;
        EndAttempt();
        Cluster.State.OnCallEnded();
        var outcome = new CallOutcome(Cluster.Name, address, Response is null ? 0 : (int)Response.StatusCode, grpcStatus, Attempts, flag, error);
        CallEngine engine = Engine;
        Recycle();
        engine.OnCallEnded();
        engine.OutcomeObserver?.Invoke(outcome);
    }

    /// <summary>Ends whatever of the call is still going on.</summary>
    public void Cancel() => _cancel.Cancel();

    /// <summary>
    /// Lets the collector have it. The source is stopped, not disposed: the caller's token may be cancelling it at this moment.
    /// </summary>
    public void Dispose()
    {
        _cancel.CancelAfter(System.Threading.Timeout.InfiniteTimeSpan);
        GC.SuppressFinalize(this);
    }

    private void Recycle()
    {
        bool unlinked = !CallerToken.CanBeCanceled || _link.Unregister();
        Request = null!;
        Response = null;
        Listener = null!;
        Route = null!;
        Destination = null!;
        Cluster = null!;
        Endpoint = null;
        Body = null;
        Timeout = null;
        TimeoutIsRoutes = false;
        _target = default;
        Attempts = 0;
        CallerToken = default;
        _link = default;
        _deadline = 0;
        // One that the collector found has had its finalizer, and would not be found again.
        if (unlinked && !_isFinalized && _cancel.TryReset())
            Engine.Calls.Return(this);
        else
            Dispose();
    }

    private void Link()
    {
        if (CallerToken.CanBeCanceled)
            _link = CallerToken.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _cancel);
    }

    /// <summary>A timer takes 49 days at most, and nobody waits longer.</summary>
    private static TimeSpan Limit(TimeSpan limit) => limit.TotalMilliseconds < uint.MaxValue - 1 ? limit : System.Threading.Timeout.InfiniteTimeSpan;

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
