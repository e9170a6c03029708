using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
using Mesh.LoadBalancing;
using Mesh.Policies.Retries;
using Mesh.Policies.Timeouts;
using Mesh.Snapshots;
using Mesh.Transport;

namespace Mesh.Calls;

/// <summary>
/// One call's attempts: pick an endpoint, send, read the result, and either try again or hand the answer over. Every call, plain or
/// gRPC, synchronous or not, first try or retry, passes here.
/// </summary>
internal static class AttemptLoop
{
    /// <summary>How often an attempt may meet connections that are being closed before that counts as a failure.</summary>
    public const int MaxRepicks = 10;

    /// <summary>Sends a call; false when its cluster has gone since the call was routed, and nothing was sent: it is to be routed anew.</summary>
    public static bool TrySend(Call call, bool async, [NotNullWhen(true)] out Task<HttpResponseMessage>? sent)
    {
        sent = null;
        bool high = call.Route.Action.IsHighPriority;
        uint most = call.Cluster.RequestLimit.For(high);
        if (call.Cluster.State.InFlightOf(high) > most)
        {
            call.Cluster.State.OnOverflow();
            sent = ReplyAsync(call, Overflow(call.Cluster, most), null, async);
            return true;
        }

        if (!ConnectionWait.TryTake(call))
        {
            sent = WaitAndBeginAsync(call, async);
            return true;
        }

        OutlierReport.OnAttempt(call);
        if (TryPick(call, out EndpointPool? pool, out LocalReply? refusal))
            sent = ConnectionWait.TryTakeOfEndpoint(call) ? Begin(call, pool, async) : WaitForEndpointAndBeginAsync(call, pool, async);
        else if (call.Engine.Store.Current?.FindCluster(call.Cluster.Name) is not null)
            sent = ReplyAsync(call, refusal, null, async);
        return sent is not null;
    }

    private static LocalReply Overflow(Cluster cluster, uint most) => LocalReply.Unavailable(
        ResponseFlags.UpstreamOverflow, $"cluster '{cluster.Name}' has {most} calls in flight, as many as it may (circuit_breakers.thresholds.max_requests)");

    private static async Task<HttpResponseMessage> WaitAndBeginAsync(Call call, bool async)
    {
        if (await ConnectionWait.TakeAsync(call, async).ConfigureAwait(false) is { } refusal)
            return await ReplyAsync(call, refusal, null, async).ConfigureAwait(false);
        OutlierReport.OnAttempt(call);
        return TryPick(call, out EndpointPool? pool, out LocalReply? failure)
            ? await WaitForEndpointAndBeginAsync(call, pool, async).ConfigureAwait(false)
            : await ReplyAsync(call, failure, null, async).ConfigureAwait(false);
    }

    private static async Task<HttpResponseMessage> WaitForEndpointAndBeginAsync(Call call, EndpointPool pool, bool async) =>
        await ConnectionWait.TakeOfEndpointAsync(call, async).ConfigureAwait(false) is { } refusal
            ? await ReplyAsync(call, refusal, null, async).ConfigureAwait(false)
            : await Begin(call, pool, async).ConfigureAwait(false);

    private static Task<HttpResponseMessage> Begin(Call call, EndpointPool pool, bool async)
    {
        if (call.IsHedged)
            return Hedging.SendAsync(call, pool);
        Task<HttpResponseMessage> send = Send(call, pool, async, call.Token);
        if (!send.IsCompletedSuccessfully || call.Redirects is not null || Retrier.IsRetriable(call, send.Result))
            return FinishAsync(call, pool, send, async);

        // One that is answered at once needs no state machine.
        Report(call, send.Result);
        ResponseCompletion.Complete(call, send.Result);
        return send;
    }

    private static async Task<HttpResponseMessage> FinishAsync(Call call, EndpointPool pool, Task<HttpResponseMessage> send, bool async)
    {
        int repicks = 0;
        while (true)
        {
            Exception? error = null;
            try
            {
                HttpResponseMessage response = await send.ConfigureAwait(false);
                Report(call, response);
                if (!Retrier.ShouldRetry(call, response))
                    return call.Redirects?.Follows(call, response) == true ? EndWithRedirect(call, response) : ResponseCompletion.Complete(call, response);

                response.Dispose();
            }
            catch (Exception e)
            {
                error = e;
            }

            Endpoint? previous = call.Endpoint;
            AttemptFailure failure = default;
            AttemptError? kind = error is null ? null : AttemptResult.Read(call, pool, error, out failure);
            OutlierReport.OnFailure(call, kind, failure);
            LatencyReports.OnFailure(call, kind);
            if (kind == AttemptError.CallerCancelled)
                throw Cancelled(call, error);
            if (kind == AttemptError.RequestAtFault)
                throw AtFault(call, error!);
            if (kind == AttemptError.DeadlinePassed)
                return await ReplyAsync(call, FailureReply.Deadline(call), error, async).ConfigureAwait(false);
            if (repicks < MaxRepicks && Retrier.IsTransparent(call, kind, failure))
            {
                repicks++;
                call.UndoAttempt();
                call.RenewTimer();
            }
            else
            {
                if (error is not null && !Retrier.ShouldRetry(call, failure))
                    return await ReplyAsync(call, FailureReply.Of(call, failure, error), error, async).ConfigureAwait(false);
                call.EndAttempt(failed: true);
                TimeSpan delay = Retrier.NextDelay(call);
                if (call.Remaining is { } rest && delay >= rest)
                {
                    call.Retries.Refusal = RetryRefusal.Deadline;
                    return await ReplyAsync(call, FailureReply.Deadline(call), error, async).ConfigureAwait(false);
                }

                call.RenewTimer();
                if (!await WaitAsync(call, delay, async).ConfigureAwait(false))
                    throw Cancelled(call, error);
            }

            call.Retries.AddTried(previous!);
            var (other, refusal) = await PickNextAsync(call, async).ConfigureAwait(false);
            if (other is null)
                return await ReplyAsync(call, refusal!, error, async).ConfigureAwait(false);
            pool = other;
            send = Send(call, pool, async, call.Token);
        }
    }

    /// <summary>Picks the endpoint of another attempt; null, and what to answer, where there is none.</summary>
    public static async Task<(EndpointPool? Pool, LocalReply? Refusal)> PickNextAsync(Call call, bool async)
    {
        call.ChooseClusterAgain();
        if (!ConnectionWait.TryTake(call) && await ConnectionWait.TakeAsync(call, async).ConfigureAwait(false) is { } refusal)
            return (null, refusal);
        OutlierReport.OnAttempt(call);
        if (!TryPick(call, out EndpointPool? pool, out LocalReply? failure))
            return (null, failure);
        return !ConnectionWait.TryTakeOfEndpoint(call) && await ConnectionWait.TakeOfEndpointAsync(call, async).ConfigureAwait(false) is { } full ? (null, full) : (pool, null);
    }

    /// <summary>Tells whoever goes by it that an endpoint has answered, and what it said of itself.</summary>
    public static void Report(Call call, HttpResponseMessage response)
    {
        OutlierReport.OnResponse(call, response);
        OrcaReports.OnResponse(call, response);
        HealthReport.OnResponse(call, response);
        LatencyReports.OnResponse(call);
    }

    /// <summary>Ends a call whose redirect the mesh follows: what it leads to is another call.</summary>
    public static HttpResponseMessage EndWithRedirect(Call call, HttpResponseMessage response)
    {
        call.Response = response;
        response.Dispose();
        call.End(null, null);
        return response;
    }

    /// <summary>Sends one attempt. Whatever goes wrong is in the task.</summary>
    public static Task<HttpResponseMessage> Send(Call call, EndpointPool pool, bool async, CancellationToken token)
    {
        try
        {
            LatencyReports.OnAttempt(call);
            HttpRequestMessage message = OutgoingRequest.Create(call, pool);
            if (!async)
            {
                call.Watch();
                return Task.FromResult(pool.Invoker.Send(message, token));
            }

            Task<HttpResponseMessage> send = pool.Invoker.SendAsync(message, token);
            if (!send.IsCompleted)
                call.Watch();
            return send;
        }
        catch (Exception e)
        {
            return Task.FromException<HttpResponseMessage>(e);
        }
    }

    /// <summary>Picks an endpoint and takes its connections; false, and what to answer, where there is none.</summary>
    public static bool TryPick(Call call, [NotNullWhen(true)] out EndpointPool? pool, [NotNullWhen(false)] out LocalReply? refusal)
    {
        pool = null;
        refusal = null;
        Cluster cluster = call.Cluster;
        for (int i = 0; ; i++)
        {
            PickResult pick = call.Session is null ? cluster.Picker.Pick(ContextOf(call)) : PickForSession(call, cluster);
            if (pick.Kind != PickKind.Complete)
            {
                refusal = LocalReply.Unavailable(pick.Kind == PickKind.Drop ? ResponseFlags.DropOverload : ResponseFlags.NoHealthyUpstream, pick.Reason ?? "");
                return false;
            }

            if (call.Route.Action.AutoHostRewrite && !call.IsMirror)
                call.Authority = AuthorityOf(call, pick.Endpoint!);
            pool = call.Engine.Pools.TryAcquire(pick.Endpoint!, cluster.Transport, call.Authority);
            if (pool is not null)
            {
                call.StartAttempt(pick.Endpoint!, pool, call.IsHedged ? null : call.Retry?.PerTryTimeout);
                return true;
            }

            // The endpoint went away after this call took its snapshot; the newest endpoints of the same cluster serve as well.
            if (i >= MaxRepicks || call.Engine.Store.Current?.FindCluster(cluster.Name) is not { } newest)
            {
                refusal = Gone(cluster);
                return false;
            }

            cluster = newest;
        }
    }

    private static LocalReply Gone(Cluster cluster) => LocalReply.Unavailable(ResponseFlags.NoHealthyUpstream, $"cluster '{cluster.Name}' is no longer configured");

    /// <summary>What a picker may know; of a first attempt, which most are, there is little.</summary>
    private static PickContext ContextOf(Call call) => call.Retries.Tried is { } tried
        ? new PickContext(call.Hashed.Value, tried, call.Retries.AcceptsBy(call.Retry), call.Retry?.LeavesPriorities ?? 0, call.Destination.Criteria)
        : new PickContext(call.Hashed.Value, Criteria: call.Destination.Criteria);

    /// <summary>The endpoint of the call's session, or the policy's choice where the session has none.</summary>
    private static PickResult PickForSession(Call call, Cluster cluster)
    {
        if (call.Session!.Find(call, out string? reason) is { } endpoint)
            return PickResult.Complete(endpoint);
        return reason is null ? cluster.Picker.Pick(ContextOf(call)) : PickResult.Fail(reason);
    }

    /// <summary><c>auto_host_rewrite</c>: the name of the endpoint, where it has one.</summary>
    private static string AuthorityOf(Call call, Endpoint endpoint) =>
        endpoint.Resource.HostName is { Length: > 0 } name ? name
        : call.Destination.HostRewrite is { Length: > 0 } literal ? literal
        : call.Target.Authority;

    /// <summary>Ends a call whose request is at fault: its caller sees what was thrown, from where it was thrown.</summary>
    public static Exception AtFault(Call call, Exception error)
    {
        var cause = ExceptionDispatchInfo.Capture(call.Body?.Failure ?? error);
        call.End(ResponseFlags.DownstreamProtocolError, error);
        cause.Throw();
        return error;
    }

    /// <summary>Ends a call that its caller cancelled.</summary>
    public static TaskCanceledException Cancelled(Call call, Exception? error)
    {
        CancellationToken token = call.CallerToken;
        call.End(ResponseFlags.DownstreamConnectionTermination, error);
        return new TaskCanceledException("The call was cancelled by its caller.", error, token);
    }

    /// <summary>Waits before the next step of a call; false when its caller cancelled meanwhile.</summary>
    public static async Task<bool> WaitAsync(Call call, TimeSpan delay, bool async)
    {
        if (delay <= TimeSpan.Zero)
            return !call.CallerToken.IsCancellationRequested;
        Task wait = Task.Delay(delay, call.Engine.TimeProvider, call.CallerToken);
        if (async)
            await wait.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        else
            wait.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default).GetAwaiter().GetResult();
        return !call.CallerToken.IsCancellationRequested;
    }

    /// <summary>Ends the call with an answer of the mesh itself.</summary>
    public static async Task<HttpResponseMessage> ReplyAsync(Call call, LocalReply reply, Exception? error, bool async)
    {
        // A gRPC client in the middle of its own stream set-up does not expect to be answered before it has let go.
        if (async && call.IsGrpc)
            await Task.Yield();
        bool throws = call.Engine.Settings.ThrowOnLocalReply, grpc = call.IsGrpc;
        HttpResponseMessage response = reply.ToResponse(call.Request, call.IsGrpc);
        AttemptCount.AddToResponse(response, call);
        if (!throws)
            call.Response = response;
        call.End(reply.Flag, error);
        return throws ? throw reply.ToException(error, grpc) : response;
    }
}
