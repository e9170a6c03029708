using System.Net;
using Mesh.Policies.Headers;

namespace Mesh.Calls;

/// <summary>A response's content that comes no faster than an injected fault lets it (<c>HTTPFault.response_rate_limit</c>).</summary>
internal sealed class PacedContent : HttpContent
{
    private readonly HttpContent _inner;
    private readonly double _bytesPerSecond;
    private readonly TimeProvider _timeProvider;

    public PacedContent(HttpContent inner, double bytesPerSecond, TimeProvider timeProvider)
    {
        _inner = inner;
        _bytesPerSecond = bytesPerSecond;
        _timeProvider = timeProvider;
        inner.Headers.CopyTo(Headers);
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        Stream source = CreateContentReadStream(cancellationToken);
        await using (source.ConfigureAwait(false))
            await source.CopyToAsync(stream, cancellationToken).ConfigureAwait(false);
    }

    protected override void SerializeToStream(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        using Stream source = CreateContentReadStream(cancellationToken);
        source.CopyTo(stream);
    }

    protected override Task<Stream> CreateContentReadStreamAsync() => CreateContentReadStreamAsync(CancellationToken.None);

    protected override Task<Stream> CreateContentReadStreamAsync(CancellationToken cancellationToken) => Task.FromResult(CreateContentReadStream(cancellationToken));

    protected override Stream CreateContentReadStream(CancellationToken cancellationToken) =>
        new PacedStream(_inner.ReadAsStream(cancellationToken), _bytesPerSecond, _timeProvider);

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _inner.Dispose();
        base.Dispose(disposing);
    }
}
