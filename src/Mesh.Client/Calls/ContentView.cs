using System.Net;
using Mesh.Policies.Headers;

namespace Mesh.Calls;

/// <summary>
/// A content with headers of its own: what one attempt's header mutations do to it reaches neither the caller's content nor the next
/// attempt's.
/// </summary>
internal sealed class ContentView : HttpContent
{
    private readonly HttpContent _inner;

    public ContentView(HttpContent inner)
    {
        _inner = inner;

        // Asking for the length makes the content compute it, so that it is copied with the rest.
        _ = inner.Headers.ContentLength;
        inner.Headers.CopyTo(Headers);
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => _inner.CopyToAsync(stream, context);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        _inner.CopyToAsync(stream, context, cancellationToken);

    protected override void SerializeToStream(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        _inner.CopyTo(stream, context, cancellationToken);

    protected override bool TryComputeLength(out long length)
    {
        length = _inner.Headers.ContentLength ?? 0;
        return _inner.Headers.ContentLength is not null;
    }
}
