using System.Globalization;
using System.Net.Http.Headers;
using Mesh.Resources;

namespace Mesh.Calls;

/// <summary>
/// The headers that say which attempt this is: <c>x-envoy-attempt-count</c> where the virtual host asks for it and on every retry, and
/// <c>grpc-previous-rpc-attempts</c> on every gRPC attempt but the first (gRFC A6). A call that is made while a retry is served counts as one, so that
/// the next hop does not multiply it either.
/// </summary>
internal static class AttemptCount
{
    public const string Header = "x-envoy-attempt-count";

    private const string PreviousAttempts = "grpc-previous-rpc-attempts";

    /// <summary>Whether a call's requests are told.</summary>
    public static bool IsTold(Call call) => call.Route.Host is { IncludeRequestAttemptCount: true };

    /// <summary>
    /// Tells the server. What the caller's own message says of itself is never made less: the next hop is not to take a retry for a
    /// first attempt.
    /// </summary>
    public static void AddToRequest(HttpHeaders headers, Call call)
    {
        int attempt = Math.Max(call.Attempts, call.Inbound?.Attempt ?? 1);
        if (IsTold(call) || (attempt > 1 && !call.IsGrpc))
            SetAtLeast(headers, Header, attempt, Retrier.CallersRetries(call.Request.Headers));
        if (call.IsGrpc && attempt > 1)
            SetAtLeast(headers, PreviousAttempts, attempt - 1, Retrier.CallersRetries(call.Request.Headers));
    }

    /// <summary>Tells the caller, where the virtual host asks for it, how many attempts its answer took.</summary>
    public static void AddToResponse(HttpResponseMessage response, Call call)
    {
        if (call.Route.Host is { IncludeAttemptCountInResponse: true })
            Set(response.Headers, Header, call.Attempts);
    }

    private static void SetAtLeast(HttpHeaders headers, string name, int count, ulong callers)
    {
        if (callers < (ulong)count)
            Set(headers, name, count);
    }

    private static void Set(HttpHeaders headers, string name, int count)
    {
        headers.Remove(name);
        headers.TryAddWithoutValidation(name, count.ToString(CultureInfo.InvariantCulture));
    }
}
