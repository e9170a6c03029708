namespace Mesh.Calls;

/// <summary>Why an attempt that the policy retries was not followed by another, in words (<see cref="CallOutcome.NotRetried"/>).</summary>
internal static class RetryRefusal
{
    public const string LimitExceeded = "its retries are used up (num_retries)";
    public const string Overflow = "the cluster has as many retries under way as it may (circuit_breakers: max_retries or retry_budget)";
    public const string Body = "its body cannot be sent again: it has left in part, or is longer than BodyReplayLimit";
    public const string IsRetry = "it is itself a retry of its caller (grpc-previous-rpc-attempts or x-envoy-attempt-count)";
    public const string Pushback = "the server asks for none (grpc-retry-pushback-ms)";
    public const string Deadline = "the wait would have outlasted the call's timeout";
}
