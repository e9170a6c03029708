namespace Mesh.Calls;

/// <summary>How a call ended, as those are told who ask.</summary>
internal static class OutcomeOf
{
    /// <summary>Whether load reports count a call as failed: any gRPC status but OK, an HTTP status of 500 or more, or no answer of the endpoint.</summary>
    public static bool IsFailure(Call call, string? flag) =>
        flag is not null || call.Response is not { } response || (int)response.StatusCode >= 500 || (call.IsGrpc && GrpcStatus(response) is not 0);

    /// <summary>The outcome of a call that is about to end.</summary>
    public static CallOutcome Ended(Call call, string? address, string? flag, Exception? error)
    {
        HttpResponseMessage? response = call.Response;
        int? grpcStatus = call.IsGrpc && response is not null ? GrpcStatus(response) : null;
        return new CallOutcome(call.Cluster.Name, address, response is null ? 0 : (int)response.StatusCode, grpcStatus, call.Attempts, flag, error)
        {
            NotRetried = call.Retries.Refusal,
            IsMirror = call.IsMirror,
        };
    }

    private static int? GrpcStatus(HttpResponseMessage response) => GrpcMessages.Status(response.TrailingHeaders) ?? GrpcMessages.Status(response.Headers);
}
