namespace Mesh.Resources;

/// <summary>The names of retry conditions, as <c>x-envoy-retry-on</c> and <c>x-envoy-retry-grpc-on</c> spell them.</summary>
internal static class RetryConditionNames
{
    public static readonly (string Name, RetryConditions Condition)[] All =
    [
        ("5xx", RetryConditions.ServerError),
        ("gateway-error", RetryConditions.GatewayError),
        ("reset", RetryConditions.Reset),
        ("reset-before-request", RetryConditions.ResetBeforeRequest),
        ("connect-failure", RetryConditions.ConnectFailure),
        ("refused-stream", RetryConditions.RefusedStream),
        ("retriable-4xx", RetryConditions.Retriable4xx),
        ("retriable-status-codes", RetryConditions.RetriableStatusCodes),
        ("cancelled", RetryConditions.GrpcCancelled),
        ("deadline-exceeded", RetryConditions.GrpcDeadlineExceeded),
        ("internal", RetryConditions.GrpcInternal),
        ("resource-exhausted", RetryConditions.GrpcResourceExhausted),
        ("unavailable", RetryConditions.GrpcUnavailable),
    ];

    /// <summary>One condition by its name, in any case; null when it is not known.</summary>
    public static RetryConditions? Parse(string name)
    {
        foreach (var (known, condition) in All)
        {
            if (known.Equals(name, StringComparison.OrdinalIgnoreCase))
                return condition;
        }

        // Known, and part of what was asked, though without effect so far.
        return name.Equals("retriable-headers", StringComparison.OrdinalIgnoreCase) ? RetryConditions.RetriableHeaders : null;
    }
}
