namespace Mesh.Policies.Retries;

/// <summary>What becomes of an attempt that has ended: Envoy's <c>RetryStatus</c>.</summary>
internal enum RetryStatus
{
    /// <summary>It is not one to retry.</summary>
    No,

    /// <summary>It is retried.</summary>
    Yes,

    /// <summary>It would be, and the cluster has as many retries under way as it may (<c>max_retries</c>, <c>retry_budget</c>).</summary>
    NoOverflow,

    /// <summary>It would be, and the call has used its retries up (<c>num_retries</c>).</summary>
    NoRetryLimitExceeded,
}
