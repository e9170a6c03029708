namespace Mesh.Calls;

/// <summary>Reads a response body and tells its <see cref="ResponseBody"/> of the end, whichever member reads it.</summary>
internal sealed class ResponseStream(ResponseBody body, Stream inner) : Stream
{
    public override bool CanRead => inner.CanRead;

    public override bool CanSeek => false;

    public override bool CanWrite => inner.CanWrite;

    public override bool CanTimeout => inner.CanTimeout;

    public override int ReadTimeout
    {
        get => inner.ReadTimeout;
        set => inner.ReadTimeout = value;
    }

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int ReadByte()
    {
        Span<byte> one = stackalloc byte[1];
        return Read(one) == 0 ? -1 : one[0];
    }

    public override int Read(Span<byte> buffer)
    {
        Call? call = Begin();

        // A synchronous read cannot be cancelled; closing the stream under it ends it.
        CancellationTokenRegistration watch = call?.Token.UnsafeRegister(static stream => ((Stream)stream!).Dispose(), inner) ?? default;
        int count;
        try
        {
            count = inner.Read(buffer);
        }
        catch (Exception e)
        {
            if (Fail(WasCancelled(call, e), watch, CancellationToken.None) is { } timeout)
                throw timeout;
            throw;
        }

        watch.Dispose();
        return Ended(count, buffer.Length);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        // Most reads find their bytes waiting, and then cost no state machine.
        Call? call = Begin();
        if (call is null)
            return inner.ReadAsync(buffer, cancellationToken);
        CancellationTokenRegistration link = Link(call, cancellationToken);
        ValueTask<int> read = inner.ReadAsync(buffer, call.Token);
        if (!read.IsCompletedSuccessfully)
            return FinishAsync(read, buffer.Length, link, cancellationToken);
        link.Dispose();
        return new ValueTask<int>(Ended(read.Result, buffer.Length));
    }

    public override Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken) =>
        body.Call?.IdleTimeout is null ? CopyAsync(inner, destination, cancellationToken) : base.CopyToAsync(destination, bufferSize, cancellationToken);

    /// <summary>Copies a body to its end as its own stream does it best, and ends the call.</summary>
    private async Task CopyAsync(Stream source, Stream destination, CancellationToken cancellationToken)
    {
        if (body.Call is not { } call)
        {
            await source.CopyToAsync(destination, cancellationToken).ConfigureAwait(false);
            return;
        }

        call.StartDeadline();
        CancellationTokenRegistration link = Link(call, cancellationToken);
        try
        {
            await source.CopyToAsync(destination, call.Token).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            link.Dispose();
            if (body.Fail(e, cancellationToken) is { } timeout)
                throw timeout;
            throw;
        }

        link.Dispose();
        body.Complete();
    }

    public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);

    public override void Write(ReadOnlySpan<byte> buffer) => inner.Write(buffer);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        inner.WriteAsync(buffer, offset, count, cancellationToken);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => inner.WriteAsync(buffer, cancellationToken);

    public override void Flush() => inner.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync().ConfigureAwait(false);
        body.Abandon();
        await base.DisposeAsync().ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
            body.Abandon();
        }

        base.Dispose(disposing);
    }

    /// <summary>The reader's token, when it is another than the call's own, ends the call too.</summary>
    public static CancellationTokenRegistration Link(Call call, CancellationToken cancellationToken) =>
        cancellationToken.CanBeCanceled && !call.IsLinkedTo(cancellationToken)
            ? cancellationToken.UnsafeRegister(static c => ((Call)c!).Cancel(), call)
            : default;

    /// <summary>What a read threw because the stream was closed under it reads as the cancellation it was.</summary>
    private static Exception WasCancelled(Call? call, Exception error) =>
        call is not null && call.Token.IsCancellationRequested && error is IOException or ObjectDisposedException
            ? new OperationCanceledException(error.Message, error)
            : error;

    private Call? Begin()
    {
        if (body.Call is not { } call)
            return null;
        call.StartDeadline();
        if (call.IdleTimeout is { } idle)
            call.StartLimit(idle);
        return call;
    }

    private int Ended(int read, int asked)
    {
        if (read == 0 && asked > 0)
            body.Complete();
        else if (body.Call is { IdleTimeout: not null } call)
            call.EndLimit();
        return read;
    }

    private async ValueTask<int> FinishAsync(ValueTask<int> read, int asked, CancellationTokenRegistration link, CancellationToken cancellationToken)
    {
        int count;
        try
        {
            count = await read.ConfigureAwait(false);
        }
        catch (Exception e)
        {
            if (Fail(e, link, cancellationToken) is { } timeout)
                throw timeout;
            throw;
        }

        link.Dispose();
        return Ended(count, asked);
    }

    /// <summary>
    /// Ends the call for an error. The link goes first: the ended call may serve another caller, whom this caller's token must not
    /// cancel.
    /// </summary>
    private IOException? Fail(Exception error, CancellationTokenRegistration link, CancellationToken cancellationToken)
    {
        link.Dispose();
        return body.Fail(error, cancellationToken);
    }
}
