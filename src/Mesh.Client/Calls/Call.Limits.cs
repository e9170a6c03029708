using System.Net.Http.Headers;
using Mesh.Policies.Timeouts;
using Mesh.Primitives;

namespace Mesh.Calls;

/// <summary>The clocks of a call: its deadline, the limit of an attempt, and the limit on silence, all on one timer.</summary>
internal sealed partial class Call
{
    private CallTimer _timer;
    private CancellationTokenRegistration _link;
    private long _deadline;
    private long _perTryTicks;
    private volatile bool _endless;
    private bool _isLinked;

    /// <summary>The clock its limits go by.</summary>
    public TimeProvider TimeProvider => _timer.TimeProvider;

    /// <summary>The limit of the whole call; null for none.</summary>
    public TimeSpan? Timeout { get; private set; }

    /// <summary>What set <see cref="Timeout"/>.</summary>
    public string TimeoutSource { get; private set; } = "";

    /// <summary>Whether the limit is the route's, which the server of a gRPC call has not been told; false for the caller's own.</summary>
    public bool TimeoutIsRoutes { get; private set; }

    /// <summary>The limit on silence between two reads of the response; null for none.</summary>
    public TimeSpan? IdleTimeout { get; set; }

    /// <summary>Ends with the caller's token, the call's deadline, or the attempt's.</summary>
    public CancellationToken Token => _timer.Token;

    public bool DeadlinePassed => _deadline != 0 && _timer.HasPassed(_deadline);

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

    /// <summary>Whether a token ends the call already.</summary>
    public bool IsLinkedTo(CancellationToken token) => _isLinked && token == CallerToken;

    /// <summary>
    /// Takes the limit of the route, or for gRPC the caller's own where that is shorter (gRFC A31); and never more than the caller of the call
    /// that is being served still waits.
    /// </summary>
    public void SetTimeout(CallTimeout timeout)
    {
        Timeout = timeout.Value;
        TimeoutSource = timeout.Source;
        TimeoutIsRoutes = IsGrpc && timeout.Value is not null;
        if (IsGrpc && Request.Headers.NonValidated.TryGetValues("grpc-timeout", out HeaderStringValues values)
            && GrpcTimeoutHeader.Parse(values.ToString()) is { } own && (Timeout is not { } limit || own <= limit))
        {
            Timeout = own;
            TimeoutSource = "grpc-timeout";
            TimeoutIsRoutes = false;
        }

        if (Inbound?.Remaining is not { } rest || rest >= Timeout)
            return;
        Timeout = rest;
        TimeoutSource = "what is left of the call being served";
        TimeoutIsRoutes = IsGrpc;
        StartDeadline();
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

    /// <summary>Lifts the attempt's own limit once its response has begun; the call's stays.</summary>
    public void EndPerTryTimeout()
    {
        if (Volatile.Read(ref _perTryTicks) == 0)
            return;
        Volatile.Write(ref _perTryTicks, 0);
        EndLimit();
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

    /// <summary>Ends whatever of the call is still going on.</summary>
    public void Cancel() => _timer.Cancel();

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
}
