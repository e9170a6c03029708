using Mesh.Matching;
using Mesh.Primitives;
using Mesh.Resources;

namespace Mesh.Policies.Retries;

/// <summary>How an attempt failed before it had a response.</summary>
internal enum AttemptFailure
{
    /// <summary>No connection was made, so nothing was sent.</summary>
    Connect,

    /// <summary>The connection ended, or the stream was reset, before a response.</summary>
    Reset,

    /// <summary>The peer refused the stream before looking at it (REFUSED_STREAM, or GOAWAY with a lower stream id).</summary>
    RefusedStream,

    /// <summary>The attempt's own timeout passed.</summary>
    PerTryTimeout,
}

/// <summary><c>envoy.config.route.v3.RetryPolicy</c>, ready to run; for gRPC also gRFC A44.</summary>
internal sealed class RetryPolicy(RetryPolicyResource resource)
{
    public uint NumRetries => resource.NumRetries;

    /// <summary>The limit of one attempt; null for none of its own.</summary>
    public TimeSpan? PerTryTimeout { get; } = resource.PerTryTimeout > TimeSpan.Zero ? resource.PerTryTimeout : null;

    /// <summary>The conditions by their Envoy names.</summary>
    public IReadOnlyList<string> Names { get; } = [.. RetryConditionNames.All.Where(c => (resource.RetryOn & c.Condition) != RetryConditions.None).Select(c => c.Name)];

    private readonly HeaderMatcher[] _requestHeaders = [.. resource.RetriableRequestHeaders.Select(header => new HeaderMatcher(header))];

    /// <summary>Whether a request may be sent again at all (<c>retriable_request_headers</c>): one of the headers is enough.</summary>
    public bool AppliesTo(in RequestView request)
    {
        foreach (HeaderMatcher header in _requestHeaders)
        {
            if (header.Matches(request))
                return true;
        }

        return _requestHeaders.Length == 0;
    }

    public ValueList<uint> StatusCodes => resource.RetriableStatusCodes;

    public TimeSpan Delay(int retry, Random random) =>
        JitteredBackoff.Delay(retry, resource.BaseInterval, resource.MaxInterval, random.NextDouble());

    public bool RetriesStatus(int status) =>
        (Has(RetryConditions.ServerError) && status is >= 500 and <= 599)
        || (Has(RetryConditions.GatewayError) && status is >= 502 and <= 504)
        || (Has(RetryConditions.Retriable4xx) && status == 409)
        || (Has(RetryConditions.RetriableStatusCodes) && StatusCodes.Span.Contains((uint)status));

    /// <summary>Whether a gRPC status in the response headers (Trailers-Only) is retried.</summary>
    public bool RetriesGrpcStatus(int status) => status switch
    {
        1 => Has(RetryConditions.GrpcCancelled),
        4 => Has(RetryConditions.GrpcDeadlineExceeded),
        8 => Has(RetryConditions.GrpcResourceExhausted),
        13 => Has(RetryConditions.GrpcInternal),
        14 => Has(RetryConditions.GrpcUnavailable),
        _ => false,
    };

    /// <summary>
    /// Whether a failure without a response is retried. Envoy's <c>5xx</c> covers every such failure, <c>gateway-error</c> a timeout
    /// and a failed connection as the 504 and 503 they would become; for gRPC each would become UNAVAILABLE.
    /// </summary>
    public bool RetriesFailure(AttemptFailure failure, bool grpc)
    {
        if (Has(RetryConditions.ServerError) || (grpc && failure != AttemptFailure.PerTryTimeout && Has(RetryConditions.GrpcUnavailable)))
            return true;
        return failure switch
        {
            AttemptFailure.Connect => Has(RetryConditions.ConnectFailure | RetryConditions.GatewayError | RetryConditions.Reset | RetryConditions.ResetBeforeRequest),
            AttemptFailure.RefusedStream => Has(RetryConditions.RefusedStream | RetryConditions.Reset | RetryConditions.GatewayError),
            AttemptFailure.PerTryTimeout => Has(RetryConditions.GatewayError | RetryConditions.Reset) || (grpc && Has(RetryConditions.GrpcDeadlineExceeded)),
            _ => Has(RetryConditions.Reset | RetryConditions.GatewayError),
        };
    }

    private bool Has(RetryConditions any) => (resource.RetryOn & any) != RetryConditions.None;
}
