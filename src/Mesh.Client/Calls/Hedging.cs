using Mesh.Endpoints;
using Mesh.Policies.Retries;
using Mesh.Transport;

namespace Mesh.Calls;

/// <summary>
/// A call whose attempts may overlap (<c>HedgePolicy.hedge_on_per_try_timeout</c>): an attempt that has no answer when its
/// <c>per_try_timeout</c> is over goes on, and a retry goes out beside it. The first answer that is not to be retried is the call's; the
/// others are cancelled. As in Envoy, each attempt leads to one retry at most: an error of one that has been hedged is thrown away while another attempt is
/// under way or about to be, any other error is retried, or the caller's where no retry is left.
/// </summary>
internal sealed class Hedging
{
    private readonly Call _call;
    private readonly List<HedgedAttempt> _inFlight = [];

    /// <summary>The attempt that was sent last; null once its retry has been granted.</summary>
    private HedgedAttempt? _unhedged;

    /// <summary>When the next attempt goes out; null where none is granted.</summary>
    private Task? _next;

    private int _repicks;

    private Hedging(Call call) => _call = call;

    /// <summary>Whether a route's policies hedge at all.</summary>
    public static bool Applies(RetryPolicy? retry, bool onPerTryTimeout, bool grpc) =>
        onPerTryTimeout && retry is { PerTryTimeout: not null, NumRetries: > 0 } && !retry.FollowsGrpc(grpc);

    /// <summary>Sends a call.</summary>
    /// <param name="call">The call.</param>
    /// <param name="first">The connections of its first attempt.</param>
    public static async Task<HttpResponseMessage> SendAsync(Call call, EndpointPool first)
    {
        var hedging = new Hedging(call);
        try
        {
            hedging.Start(first);
            return await hedging.RunAsync().ConfigureAwait(false);
        }
        finally
        {
            hedging.Abandon();
        }
    }

    private async Task<HttpResponseMessage> RunAsync()
    {
        while (true)
        {
            await Task.WhenAny(Events()).ConfigureAwait(false);
            if (_inFlight.Find(static attempt => attempt.Send.IsCompleted) is { } ended)
            {
                if (await EndAsync(ended).ConfigureAwait(false) is { } answer)
                    return answer;
            }
            else if (_next is { IsCompleted: true })
            {
                if (await StartNextAsync().ConfigureAwait(false) is { } answer)
                    return answer;
            }
            else if (_unhedged is { Limit.IsCompleted: true } slow)
            {
                Hedge(slow);
            }
        }
    }

    /// <summary>What the call waits for.</summary>
    private IEnumerable<Task> Events()
    {
        foreach (HedgedAttempt attempt in _inFlight)
            yield return attempt.Send;
        if (_next is not null)
            yield return _next;
        if (_unhedged is not null)
            yield return _unhedged.Limit;
    }

    private void Start(EndpointPool pool)
    {
        // A call is counted on its cluster once, as the first of its attempts that are under way.
        ClusterState? counted = _inFlight.Count > 0 ? _call.Cluster.State : null;
        counted?.OnCallStarted(_call.Route.Action.IsHighPriority);
        var attempt = HedgedAttempt.Start(_call, pool, counted);
        _inFlight.Add(attempt);
        _unhedged = attempt;
    }

    /// <summary>The limit of an attempt is over: it counts as a timeout, goes on, and is retried where a retry is left, whatever the policy retries.</summary>
    private void Hedge(HedgedAttempt slow)
    {
        // The clock of an attempt starts when its request has been sent.
        if (_call.Body is { IsSent: false })
        {
            slow.StartLimit(_call);
            return;
        }

        _unhedged = null;
        slow.IsTimedOut = true;
        slow.ReportTimeout(_call);
        if (!Retrier.ShouldHedge(_call))
            return;
        slow.IsRetried = true;
        Schedule(slow);
    }

    /// <summary>Lets a retry that was granted go out when it is due, if that is in time.</summary>
    private void Schedule(HedgedAttempt after)
    {
        TimeSpan delay = Retrier.NextDelay(_call);
        if (_call.Remaining is { } rest && delay >= rest)
        {
            _call.Retries.Refusal = RetryRefusal.Deadline;
            return;
        }

        _call.Retries.AddTried(after.Endpoint);
        _next = AttemptLoop.WaitAsync(_call, delay, async: true);
    }

    /// <summary>Sends the attempt that is due; gives the call's answer where that fails and nothing else is under way.</summary>
    private async Task<HttpResponseMessage?> StartNextAsync()
    {
        _next = null;
        bool alone = _inFlight.Count == 0;
        if (alone)
            _call.RenewTimer();
        if (_call.CallerToken.IsCancellationRequested)
            return alone ? throw AttemptLoop.Cancelled(_call, null) : null;
        if (!alone)
        {
            StartBeside();
            return null;
        }

        var (pool, refusal) = await AttemptLoop.PickNextAsync(_call, async: true).ConfigureAwait(false);
        if (pool is null)
            return await AttemptLoop.ReplyAsync(_call, refusal!, null, async: true).ConfigureAwait(false);
        Start(pool);
        return null;
    }

    /// <summary>Sends an attempt beside those that are under way, if the limits of their cluster have room for it; it does not wait for that.</summary>
    private void StartBeside()
    {
        bool high = _call.Route.Action.IsHighPriority;
        if (_call.Cluster.State.InFlightOf(high) >= _call.Cluster.RequestLimit.For(high) || !ConnectionWait.TryTake(_call))
            return;
        OutlierReport.OnAttempt(_call);
        if (AttemptLoop.TryPick(_call, out EndpointPool? pool, out _) && ConnectionWait.TryTakeOfEndpoint(_call))
            Start(pool);
        else if (_call.Pool is null)
            _call.EndAttempt();
        else
            _call.UndoAttempt();
    }

    /// <summary>An attempt has ended; gives the call's answer where it is that, or nothing else can bring one.</summary>
    private async Task<HttpResponseMessage?> EndAsync(HedgedAttempt attempt)
    {
        _inFlight.Remove(attempt);
        if (_unhedged == attempt)
            _unhedged = null;
        EndpointPool pool = attempt.GiveBack(_call);
        CountForCall(attempt);
        HttpResponseMessage response;
        try
        {
            response = await attempt.Send.ConfigureAwait(false);
        }
        catch (Exception e)
        {
            return await FailAsync(attempt, pool, e).ConfigureAwait(false);
        }

        AttemptLoop.Report(_call, response);
        if (IsThrownAway(attempt, response))
        {
            response.Dispose();
            return await GoOnAsync(attempt, null).ConfigureAwait(false);
        }

        return _call.Redirects?.Follows(_call, response) == true ? AttemptLoop.EndWithRedirect(_call, response) : ResponseCompletion.Complete(_call, response);
    }

    private async Task<HttpResponseMessage?> FailAsync(HedgedAttempt attempt, EndpointPool pool, Exception error)
    {
        AttemptError kind = AttemptResult.Read(_call, pool, error, out AttemptFailure failure);
        if (!attempt.IsTimedOut)
            OutlierReport.OnFailure(_call, kind, failure);
        LatencyReports.OnFailure(_call, kind);
        if (kind == AttemptError.CallerCancelled)
            throw AttemptLoop.Cancelled(_call, error);
        if (kind == AttemptError.RequestAtFault)
            throw AttemptLoop.AtFault(_call, error);
        if (kind == AttemptError.DeadlinePassed)
            return await DeadlineAsync(error).ConfigureAwait(false);
        if (_repicks < AttemptLoop.MaxRepicks && Retrier.IsTransparent(_call, kind, failure))
        {
            _repicks++;
            Forget(attempt, sent: false);
            _call.Retries.AddTried(attempt.Endpoint);
            _next ??= Task.CompletedTask;
            return null;
        }

        if (!attempt.IsRetried && Retrier.ShouldRetry(_call, failure))
            Schedule(attempt);
        else if (IsLast)
            return await AttemptLoop.ReplyAsync(_call, FailureReply.Of(_call, failure, error), error, async: true).ConfigureAwait(false);
        return await GoOnAsync(attempt, error).ConfigureAwait(false);
    }

    /// <summary>The call goes on without an attempt, unless there is no time for the next one and nothing else is under way.</summary>
    private async Task<HttpResponseMessage?> GoOnAsync(HedgedAttempt attempt, Exception? error)
    {
        Forget(attempt);
        return IsLast ? await DeadlineAsync(error).ConfigureAwait(false) : null;
    }

    /// <summary>Whether nothing else is under way, or about to be.</summary>
    private bool IsLast => _inFlight.Count == 0 && _next is null;

    /// <summary>Whether a response is not for the caller: a retry takes its place, or has been sent already.</summary>
    private bool IsThrownAway(HedgedAttempt attempt, HttpResponseMessage response)
    {
        if (!attempt.IsRetried)
        {
            if (!Retrier.ShouldRetry(_call, response))
                return false;
            Schedule(attempt);
            return true;
        }

        if (Retrier.IsRetriable(_call, response))
            return !IsLast;

        // What kept another attempt from following does not matter to an answer that is good.
        _call.Retries.Refusal = null;
        return false;
    }

    private Task<HttpResponseMessage> DeadlineAsync(Exception? error)
    {
        foreach (HedgedAttempt attempt in _inFlight)
        {
            if (!attempt.IsTimedOut)
                attempt.ReportTimeout(_call);
        }

        return AttemptLoop.ReplyAsync(_call, FailureReply.Deadline(_call), error, async: true);
    }

    /// <summary>Makes an attempt the one that the call itself is counted for.</summary>
    private void CountForCall(HedgedAttempt attempt)
    {
        if (attempt.Counted is null)
            return;
        if (_inFlight.Find(static other => other.Counted is null) is { } uncounted)
            uncounted.Counted = attempt.Counted;
        else
            attempt.Counted.OnCallEnded(_call.Route.Action.IsHighPriority);
        attempt.Counted = null;
    }

    /// <summary>An attempt that leads to nothing.</summary>
    private void Forget(HedgedAttempt attempt, bool sent = true)
    {
        if (sent)
            _call.EndAttempt(failed: true);
        else
            _call.UndoAttempt();
        if (_inFlight.Count > 0)
            CountForCall(_inFlight[0]);
    }

    /// <summary>Cancels whatever is still under way. The call may have ended.</summary>
    private void Abandon()
    {
        foreach (HedgedAttempt attempt in _inFlight)
            _ = attempt.AbandonAsync();
    }
}
