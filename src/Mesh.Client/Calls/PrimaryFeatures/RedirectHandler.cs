using System.Net;

namespace Mesh.Calls.PrimaryFeatures;

/// <summary>
/// Follows redirects above the mesh by the rules of <see cref="SocketsHttpHandler"/>: the caller's message is sent again with another
/// URI, method and content, never from a secure scheme to an insecure one, and the last redirect response is returned when
/// <paramref name="maxRedirections"/> are used up. Each hop enters routing anew.
/// </summary>
internal sealed class RedirectHandler(int maxRedirections) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        for (int followed = 0; Target(request, response) is { } target && followed < maxRedirections; followed++)
        {
            Redirect(request, response, target);
            response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }

        return response;
    }

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage response = base.Send(request, cancellationToken);
        for (int followed = 0; Target(request, response) is { } target && followed < maxRedirections; followed++)
        {
            Redirect(request, response, target);
            response = base.Send(request, cancellationToken);
        }

        return response;
    }

    /// <summary>
    /// Where the response sends the caller (RFC 9110 section 10.2.2); null when it is to be returned as it is. Two kinds of Location are
    /// returned on which the runtime fails: one that makes no URI (there a <see cref="UriFormatException"/>), and one of a
    /// foreign scheme (there HTTP spoken to whatever listens at the port of, say, ftp).
    /// </summary>
    private static Uri? Target(HttpRequestMessage request, HttpResponseMessage response)
    {
        if (!IsRedirect(response.StatusCode) || response.Headers.Location is not { } location || request.RequestUri is not { } current)
            return null;

        Uri? target = location;
        if (!location.IsAbsoluteUri && !Uri.TryCreate(current, location, out target))
            return null;

        if (target.Scheme is not ("http" or "https" or "ws" or "wss") || (IsSecure(current) && !IsSecure(target)))
            return null;

        if (current.Fragment.Length > 0 && target.Fragment.Length == 0)
            Uri.TryCreate(target, current.Fragment, out target);
        return target;
    }

    private static void Redirect(HttpRequestMessage request, HttpResponseMessage response, Uri target)
    {
        response.Dispose();
        request.Headers.Authorization = null;
        request.RequestUri = target;
        if (!BecomesGet(response.StatusCode, request.Method))
            return;

        request.Method = HttpMethod.Get;
        request.Content = null;
        if (request.Headers.TransferEncodingChunked == true)
            request.Headers.TransferEncodingChunked = false;
    }

    private static bool IsRedirect(HttpStatusCode status) => status is
        HttpStatusCode.MultipleChoices or
        HttpStatusCode.MovedPermanently or
        HttpStatusCode.Found or
        HttpStatusCode.SeeOther or
        HttpStatusCode.TemporaryRedirect or
        HttpStatusCode.PermanentRedirect;

    private static bool BecomesGet(HttpStatusCode status, HttpMethod method) => status switch
    {
        HttpStatusCode.MultipleChoices or HttpStatusCode.MovedPermanently or HttpStatusCode.Found => method == HttpMethod.Post,
        HttpStatusCode.SeeOther => method != HttpMethod.Get && method != HttpMethod.Head,
        _ => false,
    };

    private static bool IsSecure(Uri uri) => uri.Scheme is "https" or "wss";
}
