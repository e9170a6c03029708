using System.Net;
using System.Net.Http.Headers;

namespace Mesh.Calls.PrimaryFeatures;

/// <summary>
/// Asks for compressed responses and decodes them by the rules of <see cref="SocketsHttpHandler.AutomaticDecompression"/>: each enabled
/// coding is added to Accept-Encoding unless the caller named it, and the last Content-Encoding of the response is undone.
/// </summary>
internal sealed class DecompressionHandler(DecompressionMethods methods) : DelegatingHandler
{
    private static readonly (DecompressionMethods Method, string Coding)[] Codings =
    [
        (DecompressionMethods.GZip, "gzip"),
        (DecompressionMethods.Deflate, "deflate"),
        (DecompressionMethods.Brotli, "br"),
    ];

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Ask(request);
        return Decode(await base.SendAsync(request, cancellationToken).ConfigureAwait(false));
    }

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Ask(request);
        return Decode(base.Send(request, cancellationToken));
    }

    private void Ask(HttpRequestMessage request)
    {
        HttpHeaderValueCollection<StringWithQualityHeaderValue> accepted = request.Headers.AcceptEncoding;
        foreach ((DecompressionMethods method, string coding) in Codings)
        {
            if (methods.HasFlag(method) && !accepted.Any(value => IsSame(value.Value, coding)))
                accepted.Add(new StringWithQualityHeaderValue(coding));
        }
    }

    private HttpResponseMessage Decode(HttpResponseMessage response)
    {
        if (response.Content.Headers.ContentEncoding is not { Count: > 0 } encodings)
            return response;

        string last = encodings.Last();
        foreach ((DecompressionMethods method, string coding) in Codings)
        {
            if (!methods.HasFlag(method) || !IsSame(last, coding))
                continue;

            response.Content = new DecompressedContent(response.Content, method);
            break;
        }

        return response;
    }

    private static bool IsSame(string left, string right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);
}
