using System.Net;
using System.Net.Http.Headers;
using Mesh.Policies.Timeouts;

namespace Mesh.Calls;

/// <summary>
/// Hands an endpoint's response over to the caller. The call lasts as long as the body: one without a body ends here, an upgraded
/// connection is handed over as it is, everything else is watched to its end.
/// </summary>
internal static class ResponseCompletion
{
    public static HttpResponseMessage Complete(Call call, HttpResponseMessage response)
    {
        response.RequestMessage = call.Request;
        call.Response = response;
        call.Destination.Headers?.ApplyToResponse(response);
        if (IsUpgrade(call, response) || HasNoBody(call, response))
        {
            call.End(Flag(call, response), error: null);
            return response;
        }

        if (call.Route.Retry?.PerTryTimeout is not null)
            call.EndPerTryTimeout();
        TimeSpan? idle = call.Route.Action.IdleTimeout is { Ticks: > 0 } set ? set : null;
        if (IsEndless(call, response))
        {
            call.LiftDeadline();
            idle ??= call.Route.Action.IdleTimeout is null ? StreamIdleTimeout(call) : null;
        }

        response.Content = new ResponseBody(response.Content, call) { IdleTimeout = idle, Flag = Flag(call, response) };
        return response;
    }

    private static bool IsUpgrade(Call call, HttpResponseMessage response) =>
        response.StatusCode == HttpStatusCode.SwitchingProtocols
        || (call.Request.Method == HttpMethod.Connect && response.IsSuccessStatusCode);

    private static bool HasNoBody(Call call, HttpResponseMessage response) =>
        call.Request.Method == HttpMethod.Head
        || response.StatusCode is HttpStatusCode.NoContent or HttpStatusCode.NotModified
        || IsEmpty(response.Content.Headers);

    // Looked at as it came: parsing the value would cost the caller an object.
    private static bool IsEmpty(HttpContentHeaders headers) =>
        headers.NonValidated.TryGetValues("Content-Length", out HeaderStringValues values) && values.ToString() == "0";

    /// <summary>An answer that would have been retried, had a retry been left, says so.</summary>
    private static string? Flag(Call call, HttpResponseMessage response) =>
        call.Attempts > 1 && AttemptLoop.IsRetriable(call, response) ? ResponseFlags.UpstreamRetryLimitExceeded : null;

    /// <summary>
    /// Server-sent events go on for as long as they like: the default timeout, which nobody asked for, gives way to the limit on
    /// silence (<c>RouteAction.idle_timeout</c>, else <c>stream_idle_timeout</c>, else 5 min). A timeout that was set stays.
    /// </summary>
    private static bool IsEndless(Call call, HttpResponseMessage response) =>
        !call.IsGrpc && call.Route.Action.Timeout is null or { Ticks: 0 } && IsEventStream(response.Content.Headers);

    private static TimeSpan? StreamIdleTimeout(Call call)
    {
        TimeSpan limit = call.Listener.Resource.StreamIdleTimeout ?? CallTimeout.DefaultStreamIdleTimeout;
        return limit > TimeSpan.Zero ? limit : null;
    }

    private static bool IsEventStream(HttpContentHeaders headers) =>
        headers.NonValidated.TryGetValues("Content-Type", out HeaderStringValues values)
        && values.ToString().StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase);
}
