using Mesh.LoadBalancing;
using Mesh.Policies.Outliers;
using Mesh.Policies.Retries;

namespace Mesh.Calls;

/// <summary>
/// Tells the outlier detection of a call's cluster what became of its attempts; a cluster without any pays for a look. An answer counts
/// when its headers are there, as in Envoy, and a gRPC call's when its status is, in the headers or after the body.
/// </summary>
internal static class OutlierReport
{
    /// <summary>An endpoint is about to be picked.</summary>
    public static void OnAttempt(Call call)
    {
        if (call.Cluster.State.Outliers is OutlierDetector detector)
            detector.Tick();
    }

    /// <summary>The headers of an endpoint's answer have come.</summary>
    public static void OnResponse(Call call, HttpResponseMessage response)
    {
        if (call.Cluster.State.Outliers is not OutlierDetector detector)
            return;
        int? grpcStatus = call.IsGrpc ? GrpcMessages.Status(response.Headers) : null;
        if (!IsStatusToCome(call, response, grpcStatus))
            Tell(detector, call, (int)response.StatusCode, grpcStatus);
    }

    /// <summary>An attempt ended without an answer.</summary>
    /// <param name="call">The call.</param>
    /// <param name="error">How that is to be read; null where there was an answer. What the caller did, or a pool that closed, is no endpoint's fault.</param>
    /// <param name="failure">How it failed, where it did.</param>
    public static void OnFailure(Call call, AttemptError? error, AttemptFailure failure)
    {
        if (error == AttemptError.DeadlinePassed || (error == AttemptError.Failed && failure == AttemptFailure.PerTryTimeout))
            Tell(call, EndpointResult.TimedOut);
        else if (error == AttemptError.Failed)
            Tell(call, EndpointResult.ConnectFailed);
    }

    /// <summary>An attempt has taken longer than one may, and goes on all the same.</summary>
    public static void OnTimeout(Call call, Endpoint endpoint) => Tell(call, endpoint, EndpointResult.TimedOut);

    /// <summary>A response has come to its end.</summary>
    public static void OnComplete(Call call)
    {
        // The answer of any other call has counted when it came.
        if (!call.IsGrpc || call.Cluster.State.Outliers is not OutlierDetector detector || call.Response is not { } response)
            return;
        if (IsStatusToCome(call, response, GrpcMessages.Status(response.Headers)))
            Tell(detector, call, (int)response.StatusCode, GrpcMessages.Status(response.TrailingHeaders));
    }

    /// <summary>A response broke off. The endpoint's reset counts, whatever its headers said; the caller's does not.</summary>
    public static void OnBroken(Call call, string flag)
    {
        if (flag == ResponseFlags.UpstreamConnectionTermination)
            Tell(call, EndpointResult.ConnectFailed);
        else if (flag == ResponseFlags.UpstreamRequestTimeout && call.Response is { } response && IsStatusToCome(call, response, GrpcMessages.Status(response.Headers)))
            Tell(call, EndpointResult.TimedOut);
    }

    private static bool IsStatusToCome(Call call, HttpResponseMessage response, int? grpcStatus) =>
        call.IsGrpc && grpcStatus is null && response.IsSuccessStatusCode;

    private static void Tell(OutlierDetector detector, Call call, int status, int? grpcStatus)
    {
        detector.Tick();
        detector.OnResponse(call.Endpoint!.State, status, grpcStatus);
    }

    private static void Tell(Call call, EndpointResult result) => Tell(call, call.Endpoint!, result);

    private static void Tell(Call call, Endpoint endpoint, EndpointResult result)
    {
        if (call.Cluster.State.Outliers is not OutlierDetector detector)
            return;
        detector.Tick();
        detector.OnResult(endpoint.State, result);
    }
}
