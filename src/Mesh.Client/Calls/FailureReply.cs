using Mesh.Policies.Retries;

namespace Mesh.Calls;

/// <summary>The local reply for an attempt that had no response.</summary>
internal static class FailureReply
{
    public static LocalReply Of(Call call, AttemptFailure failure, Exception error)
    {
        LocalReply reply = Of(failure, call, error);
        string? refusal = call.Retries.Refusal;
        if (refusal is null or RetryRefusal.LimitExceeded)
            return reply;

        // It failed as it did, and the cluster's limit is what kept it from another try: that is what to look at.
        string reason = $"{reply.Reason}; not tried again: {refusal}";
        return refusal == RetryRefusal.Overflow ? reply with { Flag = ResponseFlags.UpstreamOverflow, Reason = reason } : reply with { Reason = reason };
    }

    private static LocalReply Of(AttemptFailure failure, Call call, Exception error)
    {
        string endpoint = call.Endpoint?.State.Address ?? "";
        string attempts = call.Attempts == 1 ? "" : $" after {call.Attempts} attempts";
        return failure switch
        {
            AttemptFailure.Connect => LocalReply.Unavailable(
                ResponseFlags.UpstreamConnectionFailure,
                $"cluster '{call.Cluster.Name}': {(Transport.EndpointConnectException.Find(error) ?? error).Message}{attempts}. Is the endpoint running, and is its address right?"),
            AttemptFailure.PerTryTimeout when call.IsIdleLimit => LocalReply.Timeout(
                $"cluster '{call.Cluster.Name}': {endpoint} was silent for {call.ResponseIdleTimeout.TotalSeconds:0.###} s ({(call.IdleIsPerTry ? "per_try_idle_timeout" : "idle timeout")}){attempts}"),
            AttemptFailure.PerTryTimeout => LocalReply.Timeout(
                $"cluster '{call.Cluster.Name}': no answer from {endpoint} within {call.Retry?.PerTryTimeout?.TotalSeconds:0.###} s (per_try_timeout){attempts}"),
            _ => LocalReply.Unavailable(
                ResponseFlags.UpstreamConnectionTermination,
                $"cluster '{call.Cluster.Name}': the connection to {endpoint} ended before a response{attempts}: {Innermost(error)}"),
        };
    }

    public static LocalReply Deadline(Call call) => LocalReply.Timeout(
        $"cluster '{call.Cluster.Name}': no answer within {call.Timeout?.TotalSeconds:0.###} s ({call.TimeoutSource}); last endpoint {call.Endpoint?.State.Address}, attempts {call.Attempts}");

    private static string Innermost(Exception error)
    {
        while (error.InnerException is { } inner)
            error = inner;
        return error.Message;
    }
}
