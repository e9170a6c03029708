using System.Net;

namespace Mesh.Calls.PrimaryFeatures;

/// <summary>
/// Sends the cookies of the caller's container and stores those of every response. It sits below <see cref="RedirectHandler"/>, so each
/// hop has its own. <see cref="SocketsHttpHandler"/> writes cookies to the connection, not to the message; here they are taken off
/// the message again when the response is there, so that the caller's headers end as they began.
/// </summary>
internal sealed class CookieHandler(CookieContainer container) : DelegatingHandler
{
    private const string Cookie = "Cookie";
    private const string SetCookie = "Set-Cookie";

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // Taken now: the response's cookies belong to the URI that was asked.
        Uri? uri = request.RequestUri;
        bool added = Add(request, uri, out string[] own);
        HttpResponseMessage response;
        try
        {
            response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (added)
                Restore(request, own);
        }

        Store(uri, response);
        return response;
    }

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Uri? uri = request.RequestUri;
        bool added = Add(request, uri, out string[] own);
        HttpResponseMessage response;
        try
        {
            response = base.Send(request, cancellationToken);
        }
        finally
        {
            if (added)
                Restore(request, own);
        }

        Store(uri, response);
        return response;
    }

    /// <summary>Adds the container's cookies for this URI; says in <paramref name="own"/> what the caller had set.</summary>
    private bool Add(HttpRequestMessage request, Uri? uri, out string[] own)
    {
        own = [];
        if (container.Count == 0 || uri is not { IsAbsoluteUri: true })
            return false;

        string cookies = container.GetCookieHeader(uri);
        if (cookies.Length == 0)
            return false;

        if (request.Headers.NonValidated.TryGetValues(Cookie, out var values))
            own = [.. values];
        request.Headers.Remove(Cookie);
        request.Headers.TryAddWithoutValidation(Cookie, string.Join("; ", [.. own, cookies]));
        return true;
    }

    private static void Restore(HttpRequestMessage request, string[] own)
    {
        request.Headers.Remove(Cookie);
        if (own.Length > 0)
            request.Headers.TryAddWithoutValidation(Cookie, own);
    }

    private void Store(Uri? uri, HttpResponseMessage response)
    {
        if (uri is not { IsAbsoluteUri: true } || !response.Headers.TryGetValues(SetCookie, out IEnumerable<string>? values))
            return;

        foreach (string value in values)
        {
            try
            {
                container.SetCookies(uri, value);
            }
            catch (CookieException)
            {
                // A server's malformed cookie is its own loss; the other cookies and the response stand.
            }
        }
    }
}
