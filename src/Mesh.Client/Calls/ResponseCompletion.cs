using System.Net;
using Mesh.Policies.Headers;

namespace Mesh.Calls;

/// <summary>
/// Hands an endpoint's response over to the caller. The call lasts as long as the body: one without a body, or whose body has come
/// whole, ends here, everything else is watched to its end.
/// </summary>
internal static class ResponseCompletion
{
    public static HttpResponseMessage Complete(Call call, HttpResponseMessage response)
    {
        HttpRequestMessage? sent = response.RequestMessage;
        response.RequestMessage = call.Request;
        call.Response = response;
        call.Destination.Headers?.ApplyToResponse(response, call.Format(response, sent));
        if (call.Hashed.SetCookies is { } cookies)
            response.Headers.TryAddWithoutValidation("Set-Cookie", cookies);
        call.Session?.AddTo(response, call);
        call.CompletionFlag = Flag(call);
        AttemptCount.AddToResponse(response, call);
        if (IsUpgrade(call, response))
            return Upgrade(call, response);
        if (HasNoBody(call, response) || RequestBody.IsInMemory(response.Content))
            return End(call, response);
        if (call.Faults.BytesPerSecond is { } rate)
            response.Content = Paced(response.Content, rate, call.TimeProvider);
        var body = new ResponseBody(response.Content, call);
        if (body.IsEmpty)
            return End(call, response);

        call.EndPerTryTimeout();
        if (body.IsEventStream && IsEndless(call))
            call.LiftDeadline(call.Route.MaxStreamDuration(call.Listener));
        if (call.ResponseIdleTimeout is { Ticks: > 0 } idle)
            call.IdleTimeout = idle;
        response.Content = body;
        return response;
    }

    /// <summary>The content, no faster than an injected fault lets it come (<c>HTTPFault.response_rate_limit</c>).</summary>
    private static StreamContent Paced(HttpContent content, double bytesPerSecond, TimeProvider timeProvider)
    {
        var paced = new StreamContent(new PacedStream(content.ReadAsStream(), bytesPerSecond, timeProvider));
        content.Headers.CopyTo(paced.Headers);
        return paced;
    }

    /// <summary>
    /// A connection that has become a stream both ways lasts until it is closed: it holds its pool, and a drain waits for it. What it may
    /// last and be silent only the route itself says.
    /// </summary>
    private static HttpResponseMessage Upgrade(Call call, HttpResponseMessage response)
    {
        call.EndPerTryTimeout();
        call.LiftDeadline(call.Route.MaxStreamDuration(call.Listener));
        if (call.Route.Action.IdleTimeout is { Ticks: > 0 } idle)
            call.IdleTimeout = idle;
        response.Content = new ResponseBody(response.Content, call);
        return response;
    }

    private static HttpResponseMessage End(Call call, HttpResponseMessage response)
    {
        OutlierReport.OnComplete(call);
        OrcaReports.OnComplete(call);
        call.End(call.CompletionFlag, error: null);
        return response;
    }

    private static bool IsUpgrade(Call call, HttpResponseMessage response) =>
        response.StatusCode == HttpStatusCode.SwitchingProtocols
        || (call.Request.Method == HttpMethod.Connect && response.IsSuccessStatusCode);

    private static bool HasNoBody(Call call, HttpResponseMessage response) =>
        call.Request.Method == HttpMethod.Head || response.StatusCode is HttpStatusCode.NoContent or HttpStatusCode.NotModified;

    /// <summary>An answer that would have been retried, had there been a retry left or room for it, says so.</summary>
    private static string? Flag(Call call) => call.Retries.Refusal switch
    {
        RetryRefusal.Overflow => ResponseFlags.UpstreamOverflow,
        RetryRefusal.LimitExceeded when call.Attempts > 1 => ResponseFlags.UpstreamRetryLimitExceeded,
        _ => call.Faults.Delayed ? ResponseFlags.DelayInjected : null,
    };

    /// <summary>
    /// Server-sent events go on for as long as they like: the default timeout, which nobody asked for, gives way to the limit on
    /// silence (<c>RouteAction.idle_timeout</c>, else <c>stream_idle_timeout</c>, else 5 min). A timeout that was set stays.
    /// </summary>
    private static bool IsEndless(Call call) => !call.IsGrpc && call.Route.Action.Timeout is null or { Ticks: 0 };
}
