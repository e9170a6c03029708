using System.Net;
using Mesh.Policies.Headers;

namespace Mesh.Calls;

/// <summary>
/// The caller's content on its way out: it tells when the body has been sent, counts how often it was asked for, and keeps the first
/// bytes so that a small streamed body can be sent again. The caller's own content is never serialized twice unless its bytes lie in
/// memory anyway: a gRPC stream would hang (Grpc.Net.Client's PushStreamContent hands its stream out once).
/// </summary>
internal sealed class RequestBody : HttpContent
{
    private readonly HttpContent _inner;
    private Action<RequestBody>? _sent;
    private List<Action<byte[]>>? _copies;
    private MemoryStream? _kept;
    private readonly int _limit;
    private volatile bool _complete;
    private int _serializations;
    private volatile bool _connectionFailed;

    /// <param name="inner">The caller's content.</param>
    /// <param name="limit">How many bytes are kept for another send; 0 keeps none.</param>
    /// <param name="sent">Called when the body has been sent in full.</param>
    public RequestBody(HttpContent inner, int limit, Action<RequestBody>? sent)
    {
        _inner = inner;
        _limit = limit;
        _sent = sent;

        // Asking for the length makes the content compute it, so that it is copied with the rest.
        _ = inner.Headers.ContentLength;
        inner.Headers.CopyTo(Headers);
    }

    /// <summary>What the caller's content threw; null while it has not.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Whether the body has been sent in full, and whoever waited for that has been told.</summary>
    public bool IsSent => _complete;

    /// <summary>Whether another send would carry the same bytes.</summary>
    public bool CanSendAgain => Volatile.Read(ref _serializations) == 0 || IsInMemory(_inner) || (_complete && _kept is not null);

    /// <summary>Asks for a copy of the body once it has been sent; none comes where it is longer than what is kept. Before it is sent first.</summary>
    public void WhenSent(Action<byte[]> copy) => (_copies ??= []).Add(copy);

    /// <summary>Whether a content's bytes lie in memory, so that it can be sent any number of times.</summary>
    public static bool IsInMemory(HttpContent content) => content is ByteArrayContent or ReadOnlyMemoryContent;

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        if (Replay() is { } kept)
        {
            await stream.WriteAsync(kept, cancellationToken).ConfigureAwait(false);
            return;
        }

        try
        {
            CapturingStream target = Capture(stream);
            await using (target.ConfigureAwait(false))
                await _inner.CopyToAsync(target, context, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (Note(e))
        {
            throw;
        }

        Complete();
    }

    protected override void SerializeToStream(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        if (Replay() is { } kept)
        {
            stream.Write(kept.Span);
            return;
        }

        try
        {
            using CapturingStream target = Capture(stream);
            _inner.CopyTo(target, context, cancellationToken);
        }
        catch (Exception e) when (Note(e))
        {
            throw;
        }

        Complete();
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _inner.Headers.ContentLength ?? 0;
        return _inner.Headers.ContentLength is not null;
    }

    private ReadOnlyMemory<byte>? Replay()
    {
        int count = Interlocked.Increment(ref _serializations);
        if (count == 1 || IsInMemory(_inner))
            return null;
        if (!_complete || _kept is null)
            throw new InvalidOperationException("The request's body cannot be sent again: it is a stream that has been read.");
        return _kept.GetBuffer().AsMemory(0, (int)_kept.Length);
    }

    private CapturingStream Capture(Stream stream)
    {
        if (_limit > 0 && !IsInMemory(_inner))
            _kept = new MemoryStream();
        return new CapturingStream(this, stream);
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        if (_kept is not { } kept)
            return;
        if (kept.Length + bytes.Length > _limit)
            _kept = null;
        else
            kept.Write(bytes);
    }

    private void Complete()
    {
        // Let go of the call: the connection holds on to this body longer than the call may last.
        Interlocked.Exchange(ref _sent, null)?.Invoke(this);
        _complete = true;
        if (_copies is not null && _kept is not null)
            _copies.ForEach(copy => copy(_kept.ToArray()));
        _copies = null;
    }

    // A failing write is the connection's fault, anything else the content's own.
    private bool Note(Exception e)
    {
        if (!_connectionFailed && e is not OperationCanceledException)
            Failure = e is HttpRequestException { InnerException: IOException inner } ? inner : e;
        return false;
    }

    /// <summary>Passes writes through and lets the body keep them.</summary>
    private sealed class CapturingStream(RequestBody body, Stream inner) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Flush() => inner.Flush();

        public override async Task FlushAsync(CancellationToken cancellationToken)
        {
            try
            {
                await inner.FlushAsync(cancellationToken).ConfigureAwait(false);
            }
            catch
            {
                body._connectionFailed = true;
                throw;
            }
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            body.Keep(buffer);
            try
            {
                inner.Write(buffer);
            }
            catch
            {
                body._connectionFailed = true;
                throw;
            }
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            body.Keep(buffer.Span);
            try
            {
                await inner.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
            }
            catch
            {
                body._connectionFailed = true;
                throw;
            }
        }
    }
}
