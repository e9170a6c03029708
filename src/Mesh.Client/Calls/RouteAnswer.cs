using System.Net;
using System.Text;
using Mesh.Matching;
using Mesh.Routing;
using Mesh.Snapshots;

namespace Mesh.Calls;

/// <summary>The answers that a route gives by itself: redirects and direct responses.</summary>
internal static class RouteAnswer
{
    public static HttpResponseMessage Of(VirtualHost<Route> host, Route route, HttpRequestMessage request, in RequestView view)
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
                body = Encoding.UTF8.GetBytes(format.Evaluate(Context(host, route, answer, view, Encoding.UTF8.GetString(body))));
                type = format.ContentType;
            }

            answer.Content = new ByteArrayContent(body);
            if (body.Length > 0)
                answer.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        }

        route.AnswerHeaders?.ApplyToResponse(answer, Context(host, route, answer, view, body: ""));
        return answer;
    }

    private static FormatContext Context(VirtualHost<Route> host, Route route, HttpResponseMessage answer, in RequestView view, string body) => new(view)
    {
        Response = answer,
        RouteName = route.ResourceName,
        RouteMetadata = route.Metadata,
        VirtualHost = host.Name,
        HostMetadata = host.Metadata,
        VirtualCluster = host.VirtualClusterOf(view),
        LocalReplyBody = body,
    };

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
