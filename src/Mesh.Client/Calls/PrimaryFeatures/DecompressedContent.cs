using System.IO.Compression;
using System.Net;

namespace Mesh.Calls.PrimaryFeatures;

/// <summary>A response's content with its last Content-Encoding undone, decoded as it is read and readable once.</summary>
internal sealed class DecompressedContent : HttpContent
{
    private readonly HttpContent _compressed;
    private readonly DecompressionMethods _method;
    private bool _consumed;

    public DecompressedContent(HttpContent compressed, DecompressionMethods method)
    {
        _compressed = compressed;
        _method = method;
        foreach (var header in compressed.Headers.NonValidated)
            Headers.TryAddWithoutValidation(header.Key, header.Value);

        Headers.ContentLength = null;
        Headers.ContentEncoding.Clear();
        foreach (string encoding in compressed.Headers.ContentEncoding.SkipLast(1))
            Headers.ContentEncoding.Add(encoding);
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        Stream decoded = await CreateContentReadStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (decoded.ConfigureAwait(false))
            await decoded.CopyToAsync(stream, cancellationToken).ConfigureAwait(false);
    }

    protected override void SerializeToStream(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        using Stream decoded = CreateContentReadStream(cancellationToken);
        decoded.CopyTo(stream);
    }

    protected override Task<Stream> CreateContentReadStreamAsync() => CreateContentReadStreamAsync(CancellationToken.None);

    protected override async Task<Stream> CreateContentReadStreamAsync(CancellationToken cancellationToken)
    {
        Consume();
        return Decode(await _compressed.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false));
    }

    protected override Stream CreateContentReadStream(CancellationToken cancellationToken)
    {
        Consume();
        return Decode(_compressed.ReadAsStream(cancellationToken));
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _compressed.Dispose();
        base.Dispose(disposing);
    }

    private void Consume()
    {
        if (_consumed)
            throw new InvalidOperationException("The content stream was already consumed. It cannot be read again.");
        _consumed = true;
    }

    private Stream Decode(Stream stream) => _method switch
    {
        DecompressionMethods.GZip => new GZipStream(stream, CompressionMode.Decompress),
        DecompressionMethods.Deflate => new DeflateContentStream(stream),
        _ => new BrotliStream(stream, CompressionMode.Decompress),
    };
}
