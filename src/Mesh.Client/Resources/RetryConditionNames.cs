namespace Mesh.Resources;

/// <summary>The names of retry conditions, as <c>x-envoy-retry-on</c> and <c>x-envoy-retry-grpc-on</c> spell them.</summary>
internal static class RetryConditionNames
{
    /// <summary>The conditions that have to do with a gRPC status (<c>x-envoy-retry-grpc-on</c>).</summary>
    public const RetryConditions Grpc = RetryConditions.GrpcCancelled | RetryConditions.GrpcDeadlineExceeded | RetryConditions.GrpcInternal
        | RetryConditions.GrpcResourceExhausted | RetryConditions.GrpcUnavailable;

    public static readonly (string Name, RetryConditions Condition)[] All =
    [
        ("5xx", RetryConditions.ServerError),
        ("gateway-error", RetryConditions.GatewayError),
        ("reset", RetryConditions.Reset),
        ("reset-before-request", RetryConditions.ResetBeforeRequest),
        ("connect-failure", RetryConditions.ConnectFailure),
        ("envoy-ratelimited", RetryConditions.EnvoyRateLimited),
        ("refused-stream", RetryConditions.RefusedStream),
        ("retriable-4xx", RetryConditions.Retriable4xx),
        ("retriable-status-codes", RetryConditions.RetriableStatusCodes),
        ("retriable-headers", RetryConditions.RetriableHeaders),
        ("http3-post-connect-failure", RetryConditions.Http3PostConnectFailure),
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

        return null;
    }

    /// <summary>The conditions of a list with commas, as the request headers carry it; what is not known counts for nothing.</summary>
    /// <param name="list">The list.</param>
    /// <param name="grpc">Whether it is the list of gRPC conditions, which are not known in the other one.</param>
    /// <param name="allValid">Whether every name was known.</param>
    public static RetryConditions ParseList(ReadOnlySpan<char> list, bool grpc, out bool allValid)
    {
        allValid = true;
        var conditions = RetryConditions.None;
        foreach (Range part in list.Split(','))
        {
            ReadOnlySpan<char> name = list[part].Trim();
            if (name.IsEmpty)
                continue;
            RetryConditions found = Find(name, grpc);
            allValid &= found != RetryConditions.None;
            conditions |= found;
        }

        return conditions;
    }

    private static RetryConditions Find(ReadOnlySpan<char> name, bool grpc)
    {
        foreach (var (known, condition) in All)
        {
            if (name.SequenceEqual(known) && grpc == ((condition & Grpc) != RetryConditions.None))
                return condition;
        }

        return RetryConditions.None;
    }
}
