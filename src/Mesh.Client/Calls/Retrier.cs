using System.Net.Http.Headers;
using Mesh.Matching;
using Mesh.Policies.Retries;
using Mesh.Primitives;

namespace Mesh.Calls;

/// <summary>Decides whether another attempt follows one that has ended. It is asked once for each.</summary>
internal static class Retrier
{
    /// <summary>Whether a response is one the call's policy retries, were a retry left.</summary>
    public static bool IsRetriable(Call call, HttpResponseMessage response) =>
        call.Retry is { } policy && policy.RetriesResponse(new ResponseView(response), call.IsGrpc);

    /// <summary>Whether a response is followed by another attempt.</summary>
    public static bool ShouldRetry(Call call, HttpResponseMessage response)
    {
        if (call.Retry is not { } policy)
            return false;
        bool retriable = IsRetriable(call, response);
        string? refusal = null;
        if (retriable && !call.Retries.State.Heed(policy, new ResponseView(response), call.IsGrpc, call.TimeProvider))
            refusal = RetryRefusal.Pushback;
        return ShouldRetry(call, policy, retriable, refusal);
    }

    /// <summary>Whether a failure is followed by another attempt.</summary>
    public static bool ShouldRetry(Call call, AttemptFailure failure) =>
        call.Retry is { } policy && ShouldRetry(call, policy, policy.RetriesFailure(failure, call.IsGrpc, sent: failure != AttemptFailure.Connect), refusal: null);

    /// <summary>
    /// Whether an attempt that takes too long is followed by another that goes out beside it: where one is left, whatever the policy retries, as in
    /// Envoy, if the body can be sent at the same time.
    /// </summary>
    public static bool ShouldHedge(Call call) =>
        call.Retry is { } policy && ShouldRetry(call, policy, retriable: call.Body is null or { IsSent: true }, refusal: null);

    /// <summary>
    /// Whether an attempt is made again at once and as if it had not been: one that never left, however often that happens, and of a
    /// gRPC call one whose stream the server refused unseen, once (gRFC A6). Neither needs a policy.
    /// </summary>
    public static bool IsTransparent(Call call, AttemptError? kind, AttemptFailure failure)
    {
        if (!CanSendAgain(call))
            return false;
        if (kind == AttemptError.PoolClosed)
            return true;
        if (kind != AttemptError.Failed || failure != AttemptFailure.RefusedStream || !call.IsGrpc || call.Retries.RefusedStream)
            return false;
        call.Retries.RefusedStream = true;
        return true;
    }

    /// <summary>How long the retry that was granted waits.</summary>
    public static TimeSpan NextDelay(Call call) => call.Retries.State.NextDelay(call.Retry!, call.IsGrpc, call.Engine.Random);

    /// <summary>The retries that count with the caller's own message, where it is itself one; 0 for a first attempt.</summary>
    public static ulong CallersRetries(HttpRequestHeaders headers)
    {
        // Whoever says so says that attempts multiply already: no number is needed.
        ulong previous = headers.NonValidated.TryGetValues("grpc-previous-rpc-attempts", out HeaderStringValues rpc)
            ? WholeNumber.TryParse(rpc.ToString(), out ulong number) ? Math.Max(number, 1) : 1
            : 0;
        ulong attempt = headers.NonValidated.TryGetValues(AttemptCount.Header, out HeaderStringValues count) && WholeNumber.TryParse(count.ToString(), out ulong attempts) ? attempts : 0;
        return Math.Max(previous, attempt > 1 ? attempt - 1 : 0);
    }

    private static bool ShouldRetry(Call call, RetryPolicy policy, bool retriable, string? refusal)
    {
        ref CallRetries retries = ref call.Retries;
        if (retriable && refusal is null && retries.State.HasLeft(policy, call.IsGrpc))
            refusal = Refusal(call);
        RetryLimit limit = retriable && refusal is null && !policy.FollowsGrpc(call.IsGrpc)
            ? RetryLimit.Of(call.Cluster.Resource.CircuitBreakers, call.Route.Action.IsHighPriority, call.Cluster.State)
            : RetryLimit.None;
        RetryStatus status = retries.State.Ask(policy, call.IsGrpc, retriable && refusal is null, limit);
        retries.Refusal = status switch
        {
            RetryStatus.NoOverflow => RetryRefusal.Overflow,
            RetryStatus.NoRetryLimitExceeded => policy.NumRetries > 0 ? RetryRefusal.LimitExceeded : null,
            _ => refusal,
        };
        return status == RetryStatus.Yes;
    }

    /// <summary>A request that is itself a retry is not multiplied, and a body that is gone cannot be sent again.</summary>
    private static string? Refusal(Call call) =>
        !CanSendAgain(call) ? RetryRefusal.Body
        : call.Inbound is { Attempt: > 1 } || CallersRetries(call.Request.Headers) > 0 ? RetryRefusal.IsRetry
        : null;

    private static bool CanSendAgain(Call call) =>
        call.Body?.CanSendAgain ?? (call.Request.Content is null || RequestBody.IsInMemory(call.Request.Content));
}
