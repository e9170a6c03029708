using Mesh.Matching;
using Mesh.Primitives;
using Mesh.Resources;

namespace Mesh.Policies.Retries;

/// <summary>
/// <c>envoy.config.route.v3.RetryPolicy</c>, ready to run: what it retries is decided as Envoy decides it, for the calls of gRPC
/// clients in gRPC's dialect as gRFC A44 does. Immutable; where one call stands with it is in its <see cref="RetryState"/>.
/// </summary>
internal sealed class RetryPolicy
{
    /// <summary>gRPC makes no more than this many attempts, whatever was asked (gRFC A44).</summary>
    private const uint MaxGrpcAttempts = 5;

    private readonly RetryPolicyResource _resource;
    private readonly HeaderMatcher[] _requestHeaders;
    private readonly HeaderMatcher[] _responseHeaders;
    private readonly RetryPolicy? _limitsOnly;

    public RetryPolicy(RetryPolicyResource resource)
    {
        _resource = resource;
        _requestHeaders = [.. resource.RetriableRequestHeaders.Select(header => new HeaderMatcher(header))];
        _responseHeaders = [.. resource.RetriableHeaders.Select(header => new HeaderMatcher(header))];
        PerTryTimeout = resource.PerTryTimeout > TimeSpan.Zero ? resource.PerTryTimeout : null;
        PerTryIdleTimeout = resource.PerTryIdleTimeout > TimeSpan.Zero ? resource.PerTryIdleTimeout : null;
        Backoff = new RetryBackoff(resource);
        HostPredicates = HostPredicates.Create(resource.HostPredicates);
        if (_requestHeaders.Length > 0)
            _limitsOnly = Create(resource with { RetryOn = RetryConditions.None, RetriableRequestHeaders = [] });
    }

    /// <summary>A policy that has an effect; null for one that neither retries nor limits an attempt.</summary>
    public static RetryPolicy? Create(RetryPolicyResource? resource)
    {
        if (resource is null)
            return null;
        bool retries = resource is { NumRetries: > 0, RetryOn: not RetryConditions.None };
        return retries || resource.PerTryTimeout > TimeSpan.Zero || resource.PerTryIdleTimeout > TimeSpan.Zero ? new RetryPolicy(resource) : null;
    }

    /// <summary>Retries beyond the first attempt; 0 where nothing is retried and the policy only limits attempts.</summary>
    public uint NumRetries => _resource.RetryOn == RetryConditions.None ? 0 : _resource.NumRetries;

    /// <summary>The limit of one attempt; null for none of its own.</summary>
    public TimeSpan? PerTryTimeout { get; }

    /// <summary>How long an attempt may be silent, its response included; null for as long as it likes.</summary>
    public TimeSpan? PerTryIdleTimeout { get; }

    /// <summary>How long retries wait.</summary>
    public RetryBackoff Backoff { get; }

    /// <summary>Which endpoints a retry passes over; null for none.</summary>
    public HostPredicates? HostPredicates { get; }

    /// <summary>After how many attempts a retry leaves the priorities they were on; 0 is never.</summary>
    public uint LeavesPriorities => _resource.Priority?.UpdateFrequency ?? 0;

    /// <summary>How often a retry picks anew when a predicate passes over what was picked.</summary>
    public uint HostSelectionMaxAttempts => _resource.HostSelectionMaxAttempts;

    /// <summary>The conditions by their Envoy names.</summary>
    public IReadOnlyList<string> Names => [.. RetryConditionNames.All.Where(c => Has(c.Condition)).Select(c => c.Name)];

    public ValueList<uint> StatusCodes => _resource.RetriableStatusCodes;

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

    /// <summary>What is left of the policy for a request: of one that may not be sent again the limits of an attempt, if there are any.</summary>
    public RetryPolicy? For(in RequestView request) => AppliesTo(request) ? this : _limitsOnly;

    /// <summary>Whether gRPC's rules decide: for the calls of gRPC clients, where the policy was written in its dialect.</summary>
    public bool FollowsGrpc(bool grpc) => grpc && _resource.Dialect == XdsDialect.Grpc;

    /// <summary>How many retries a call may ask for.</summary>
    public uint MaxRetries(bool grpc) => FollowsGrpc(grpc) ? Math.Min(NumRetries, MaxGrpcAttempts - 1) : NumRetries;

    /// <summary>Whether a response is one to retry.</summary>
    /// <param name="response">Its status and headers.</param>
    /// <param name="grpc">Whether the call is gRPC's, whose status is looked for: one in the headers, of a Trailers-Only response.</param>
    public bool RetriesResponse(in ResponseView response, bool grpc)
    {
        bool retries = (grpc && RetriesGrpcStatus(response)) || (!FollowsGrpc(grpc) && (RetriesStatus(response.Status) || RetriesHeaders(response)));
        if (!retries && !Has(RetryConditions.EnvoyRateLimited))
            return false;

        // A proxy that limits the rate of requests says so; that is retried only where it was asked for, whatever else would hold.
        return response.Has("x-envoy-ratelimited") ? Has(RetryConditions.EnvoyRateLimited) : retries;
    }

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
    /// Whether a failure without a response is retried. Envoy's <c>5xx</c> and <c>gateway-error</c> cover every such failure, as it
    /// would become a 503 or 504; of a gRPC call it would become UNAVAILABLE, or DEADLINE_EXCEEDED.
    /// </summary>
    /// <param name="failure">What happened.</param>
    /// <param name="grpc">Whether the call is gRPC's.</param>
    /// <param name="sent">Whether any of the request may have left: not when no connection was made.</param>
    public bool RetriesFailure(AttemptFailure failure, bool grpc, bool sent)
    {
        if (failure == AttemptFailure.Overflow)
            return false;
        if (grpc && Has(failure == AttemptFailure.PerTryTimeout ? RetryConditions.GrpcDeadlineExceeded : RetryConditions.GrpcUnavailable))
            return true;
        if (FollowsGrpc(grpc))
            return false;
        return Has(RetryConditions.Reset | RetryConditions.ServerError | RetryConditions.GatewayError)
            || (failure == AttemptFailure.Connect && Has(RetryConditions.ConnectFailure))
            || (failure == AttemptFailure.RefusedStream && Has(RetryConditions.RefusedStream))
            || (!sent && Has(RetryConditions.ResetBeforeRequest));
    }

    private bool RetriesGrpcStatus(in ResponseView response) =>
        Has(RetryConditionNames.Grpc) && WholeNumber.TryParse(response.Find("grpc-status"), out ulong status) && status <= 16 && RetriesGrpcStatus((int)status);

    private bool RetriesHeaders(in ResponseView response)
    {
        if (!Has(RetryConditions.RetriableHeaders))
            return false;
        foreach (HeaderMatcher header in _responseHeaders)
        {
            if (header.Matches(response))
                return true;
        }

        return false;
    }

    private bool Has(RetryConditions any) => (_resource.RetryOn & any) != RetryConditions.None;
}
