using System.IO.Compression;

namespace Mesh.Calls.PrimaryFeatures;

/// <summary>
/// Decodes the content coding <c>deflate</c>: by RFC 9110 section 8.4.1.2 the zlib format, but some servers send bare deflate data.
/// The first byte tells them apart: its low four bits are 8 in a zlib header and never in bare deflate. It is awaited with
/// the first read, not before, so that whoever only asks for the stream of a slow response has it at once.
/// </summary>
internal sealed class DeflateContentStream(Stream compressed) : ReadOnlyStream
{
    private const int ZLibMethod = 8;

    private readonly FirstByteStream _compressed = new(compressed);
    private Stream? _decoder;

    public override int Read(Span<byte> buffer)
    {
        _decoder ??= Decoder(_compressed.Peek());
        return _decoder.Read(buffer);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _decoder ??= Decoder(await _compressed.PeekAsync(cancellationToken).ConfigureAwait(false));
        return await _decoder.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _decoder?.Dispose();
            _compressed.Dispose();
        }

        base.Dispose(disposing);
    }

    private Stream Decoder(int first) => (first & 0x0F) == ZLibMethod
        ? new ZLibStream(_compressed, CompressionMode.Decompress)
        : new DeflateStream(_compressed, CompressionMode.Decompress);
}
