using System.Net.Http.Headers;
using Mesh.Matching;
using Mesh.Primitives;
using Mesh.Resources;

namespace Mesh.Policies.Retries;

/// <summary>
/// The request headers by which a caller sets its own retries and timeouts, as Envoy reads them of callers it trusts. They are
/// consumed: the server does not see them.
/// </summary>
internal static class RetryRequestHeaders
{
    private const string RetryOn = "x-envoy-retry-on", RetryGrpcOn = "x-envoy-retry-grpc-on", MaxRetries = "x-envoy-max-retries";
    private const string StatusCodes = "x-envoy-retriable-status-codes", HeaderNames = "x-envoy-retriable-header-names";
    private const string PerTryTimeoutMs = "x-envoy-upstream-rq-per-try-timeout-ms", HedgeOnPerTryTimeout = "x-envoy-hedge-on-per-try-timeout";

    /// <summary>The header that takes the place of the route's timeout.</summary>
    public const string TimeoutMs = "x-envoy-upstream-rq-timeout-ms";

    /// <summary>What a policy becomes with a request's headers; the same object when it has none of them. Conditions add up, numbers replace.</summary>
    public static RetryPolicyResource? Merge(RetryPolicyResource? policy, in RequestView request)
    {
        string? retryOn = request.Find(RetryOn), retryGrpcOn = request.Find(RetryGrpcOn), maxRetries = request.Find(MaxRetries);
        string? statusCodes = request.Find(StatusCodes), headerNames = request.Find(HeaderNames);
        TimeSpan? perTry = Milliseconds(request, PerTryTimeoutMs);
        if (retryOn is null && retryGrpcOn is null && maxRetries is null && statusCodes is null && headerNames is null && perTry is null)
            return policy;
        policy ??= new RetryPolicyResource();
        return policy with
        {
            RetryOn = policy.RetryOn | RetryConditionNames.ParseList(retryOn, grpc: false, out _) | RetryConditionNames.ParseList(retryGrpcOn, grpc: true, out _),
            NumRetries = WholeNumber.TryParse(maxRetries, out ulong number) ? (uint)Math.Min(number, uint.MaxValue) : policy.NumRetries,
            PerTryTimeout = perTry ?? policy.PerTryTimeout,
            RetriableStatusCodes = statusCodes is null ? policy.RetriableStatusCodes : policy.RetriableStatusCodes.Concat(Codes(statusCodes)).ToValueList(),
            RetriableHeaders = headerNames is null ? policy.RetriableHeaders : policy.RetriableHeaders.Concat(Present(headerNames)).ToValueList(),
        };
    }

    /// <summary>The limit of the whole call a request asks for; null when it asks for none, zero for no limit.</summary>
    public static TimeSpan? Timeout(in RequestView request) => Milliseconds(request, TimeoutMs);

    /// <summary>Whether a request asks for hedges; null where it does not say.</summary>
    public static bool? Hedges(in RequestView request) => request.Find(HedgeOnPerTryTimeout) switch
    {
        "true" => true,
        "false" => false,
        _ => null,
    };

    /// <summary>Takes the headers out of a message that is about to be sent.</summary>
    public static void RemoveFrom(HttpHeaders headers)
    {
        foreach (string name in (ReadOnlySpan<string>)[RetryOn, RetryGrpcOn, MaxRetries, StatusCodes, HeaderNames, PerTryTimeoutMs, HedgeOnPerTryTimeout, TimeoutMs])
            headers.Remove(name);
    }

    /// <summary>Whether a message has any of the headers.</summary>
    public static bool AreIn(HttpHeaders headers)
    {
        foreach (var (name, _) in headers.NonValidated)
        {
            if (name.StartsWith("x-envoy-", StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }

    private static TimeSpan? Milliseconds(in RequestView request, string name) =>
        WholeNumber.TryParse(request.Find(name), out ulong milliseconds)
            ? TimeSpan.FromMilliseconds((long)Math.Min(milliseconds, (ulong)TimeSpan.MaxValue.TotalMilliseconds / 2))
            : null;

    private static IEnumerable<uint> Codes(string list)
    {
        foreach (string text in list.Split(','))
        {
            if (WholeNumber.TryParse(text, out ulong code) && code <= uint.MaxValue)
                yield return (uint)code;
        }
    }

    private static IEnumerable<HeaderMatcherResource> Present(string list) =>
        list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(name => new HeaderMatcherResource { Name = name.ToLowerInvariant(), Present = true });
}
