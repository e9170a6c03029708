using System.Net;
using System.Text;
using Mesh.Matching;
using Mesh.Routing;
using Mesh.Snapshots;

namespace Mesh.Calls;

/// <summary>The answers that a route gives by itself: redirects and direct responses.</summary>
internal static class RouteAnswer
{
    public static HttpResponseMessage Of(Route route, HttpRequestMessage request, in RequestView view)
    {
        HttpResponseMessage answer;
        if (route.Redirect is { } redirect)
        {
            answer = To(redirect.Location(view, view.Scheme), redirect.StatusCode, request);
        }
        else
        {
            answer = Create(route.DirectResponse!.Status, request);
            byte[] body = route.DirectResponse.Body.Span.ToArray();
            string type = "text/plain";
            if (route.BodyFormat is { } format)
            {
                body = Encoding.UTF8.GetBytes(format.Evaluate(route.Context(view) with { Response = answer, LocalReplyBody = Encoding.UTF8.GetString(body) }));
                type = format.ContentType;
            }

            answer.Content = new ByteArrayContent(body);
            if (body.Length > 0)
                answer.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        }

        route.AnswerHeaders?.ApplyToResponse(answer, route.Context(view) with { Response = answer });
        return answer;
    }

    /// <summary>The redirect of <c>require_tls</c>.</summary>
    public static HttpResponseMessage ToHttps(HttpRequestMessage request, in RequestView view) => To(Redirect.ToHttps(view), 301, request);

    private static HttpResponseMessage To(string location, int status, HttpRequestMessage request)
    {
        HttpResponseMessage answer = Create(status, request);
        answer.Headers.TryAddWithoutValidation("Location", location);
        return answer;
    }

    private static HttpResponseMessage Create(int status, HttpRequestMessage request) => new((HttpStatusCode)status) { RequestMessage = request, Version = request.Version };
}
