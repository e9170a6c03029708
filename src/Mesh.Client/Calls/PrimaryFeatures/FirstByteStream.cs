namespace Mesh.Calls.PrimaryFeatures;

/// <summary>Lets one look at the first byte of a stream before reading the stream from that byte on.</summary>
internal sealed class FirstByteStream(Stream inner) : ReadOnlyStream
{
    private readonly byte[] _first = new byte[1];
    private bool _pending;

    /// <summary>The first byte, or -1 where the stream is empty. Called before the first read only.</summary>
    public int Peek() => Keep(inner.Read(_first, 0, 1));

    /// <inheritdoc cref="Peek"/>
    public async ValueTask<int> PeekAsync(CancellationToken cancellationToken) =>
        Keep(await inner.ReadAsync(_first, cancellationToken).ConfigureAwait(false));

    public override int Read(Span<byte> buffer) => TakeFirst(buffer) ? 1 : inner.Read(buffer);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        TakeFirst(buffer.Span) ? ValueTask.FromResult(1) : inner.ReadAsync(buffer, cancellationToken);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }

    private int Keep(int read)
    {
        _pending = read == 1;
        return _pending ? _first[0] : -1;
    }

    private bool TakeFirst(Span<byte> buffer)
    {
        if (!_pending || buffer.IsEmpty)
            return false;

        buffer[0] = _first[0];
        _pending = false;
        return true;
    }
}
