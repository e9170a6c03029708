namespace Mesh.Wire.Grpc;

/// <summary>
/// A call with streams both ways. One may write while another reads; neither alone does two things at once. One message is read at a
/// time and nothing ahead of it, so a slow reader slows the server down. After a read or write that failed or was cancelled only
/// disposing is left.
/// </summary>
internal sealed class GrpcStream(CallScope scope, GrpcChannelSettings settings) : IAsyncDisposable
{
    private readonly DuplexContent _content = new();
    private HttpRequestMessage? _request;
    private Task<HttpResponseMessage>? _response;
    private ResponseReader? _reader;
    private int _disposed;

    /// <summary>Whether the server has sent a message that was read.</summary>
    public bool AnyMessage => _reader is { AnyMessage: true };

    /// <summary>Sends the request; done when it can be written. The channel's part.</summary>
    public async ValueTask OpenAsync(RequestSender sender, string method, CancellationToken cancellationToken)
    {
        await scope.RunAsync(
            async token =>
            {
                _request = await sender.CreateAsync(method, _content, scope, token).ConfigureAwait(false);
                _response = sender.SendAsync(_request, scope.Token);
                _ = _response.ContinueWith(
                    static (_, content) => ((DuplexContent)content!).Answered(), _content, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
                await Task.WhenAny(_content.Opened, _response).WaitAsync(token).ConfigureAwait(false);
                // A server may have ended the call already, with an error, which is thrown here, or with an answer, which is read.
                if (!_content.Opened.IsCompletedSuccessfully)
                    await _response.WaitAsync(token).ConfigureAwait(false);
                return true;
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sends a message. It may wait for the server to take what was sent before. A server that has ended the call says why to the reader.</summary>
    /// <exception cref="InvalidOperationException">The stream was completed.</exception>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        CheckDisposed();
        if (_content.IsCompleted)
            throw new InvalidOperationException("A completed stream takes no more messages.");
        await scope.RunAsync(
            async token =>
            {
                try
                {
                    Stream body = await _content.Opened.WaitAsync(token).ConfigureAwait(false);
                    await FrameWriter.WriteAsync(body, message, token).ConfigureAwait(false);
                }
                catch (Exception e) when (e is ObjectDisposedException or OperationCanceledException && !token.IsCancellationRequested)
                {
                    // So the runtime tells that the server has ended the response.
                    throw new GrpcException(GrpcStatusCode.Cancelled, $"{settings.Address} has ended the call; reading tells with which status", e);
                }

                return true;
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Tells the server that no more messages come (half-close). Again does nothing.</summary>
    public ValueTask CompleteAsync()
    {
        CheckDisposed();
        _content.Complete();
        return ValueTask.CompletedTask;
    }

    /// <summary>The next message; null when the server has ended the call with OK.</summary>
    /// <exception cref="GrpcException">It has ended otherwise.</exception>
    public ValueTask<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken cancellationToken)
    {
        CheckDisposed();
        return scope.RunAsync(ReadStepAsync, cancellationToken);
    }

    /// <summary>Ends the call, unless it has ended: the server sees a reset. Pending reads and writes end with CANCELLED.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        await scope.CancelAsync().ConfigureAwait(false);
        _content.Abort();
        if (_response is not null)
        {
            await ((Task)_response).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_response.IsCompletedSuccessfully)
                (await _response.ConfigureAwait(false)).Dispose();
            await _content.LeftAsync().ConfigureAwait(false);
        }

        _request?.Dispose();
        _content.Dispose();
        scope.Dispose();
    }

    private async ValueTask<ReadOnlyMemory<byte>?> ReadStepAsync(CancellationToken cancellationToken)
    {
        if (_reader is null)
        {
            HttpResponseMessage response = await _response!.WaitAsync(cancellationToken).ConfigureAwait(false);
            _reader = await ResponseReader.OpenAsync(response, settings.Address, new MessageLimit(settings.MaxMessageBytes), cancellationToken).ConfigureAwait(false);
        }

        return await _reader.ReadAsync(cancellationToken).ConfigureAwait(false);
    }

    private void CheckDisposed() => ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
}
