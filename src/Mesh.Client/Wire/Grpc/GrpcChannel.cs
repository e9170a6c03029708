namespace Mesh.Wire.Grpc;

/// <summary>
/// gRPC to one address, by the protocol's letter (grpc/doc/PROTOCOL-HTTP2.md) over the runtime's HTTP/2. Calls share connections; messages
/// are bytes, and whose they are is the caller's matter. Every failure is a <see cref="GrpcException"/>, but for a cancellation by
/// the caller, which is an <see cref="OperationCanceledException"/> with his token.
/// </summary>
internal sealed class GrpcChannel : IDisposable, IAsyncDisposable
{
    private readonly GrpcChannelSettings _settings;
    private readonly RequestSender _sender;
    private readonly CancellationTokenSource _closing = new();
    private readonly CancellationToken _closed;

    /// <exception cref="ArgumentException">A setting cannot be held; the message says which.</exception>
    public GrpcChannel(GrpcChannelSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        _settings = settings;
        _sender = new RequestSender(settings);
        _closed = _closing.Token;
    }

    /// <summary>Sends one message and returns the one that answers it.</summary>
    /// <param name="method"><c>/package.Service/Method</c>.</param>
    /// <param name="request">The message; not to be changed until the call has ended.</param>
    /// <param name="deadline">How long the call may take; null is as long as it likes.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<ReadOnlyMemory<byte>> UnaryAsync(string method, ReadOnlyMemory<byte> request, TimeSpan? deadline, CancellationToken cancellationToken)
    {
        CheckCall(method);
        using var scope = NewScope(deadline);
        return await scope.RunAsync(token => UnaryAsync(method, request, scope, token), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Opens a call with streams both ways. Returns as soon as it can be written, whether or not the server has answered; so an error may
    /// come from here or from the first read.
    /// </summary>
    /// <param name="method"><c>/package.Service/Method</c>.</param>
    /// <param name="cancellationToken">Cancels the opening; the open stream ends by its own end, or by being disposed.</param>
    public async Task<GrpcStream> OpenAsync(string method, CancellationToken cancellationToken)
    {
        CheckCall(method);
        var stream = new GrpcStream(NewScope(deadline: null), _settings);
        try
        {
            await stream.OpenAsync(_sender, method, cancellationToken).ConfigureAwait(false);
            return stream;
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Ends all calls with CANCELLED and closes the connections.</summary>
    public void Dispose()
    {
        if (_closed.IsCancellationRequested)
            return;
        _closing.Cancel();
        _sender.Dispose();
        _closing.Dispose();
    }

    /// <inheritdoc cref="Dispose"/>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    private async ValueTask<ReadOnlyMemory<byte>> UnaryAsync(string method, ReadOnlyMemory<byte> request, CallScope scope, CancellationToken cancellationToken)
    {
        using HttpRequestMessage message = await _sender.CreateAsync(method, new MessageContent(request), scope, cancellationToken).ConfigureAwait(false);
        using HttpResponseMessage response = await _sender.SendAsync(message, cancellationToken).ConfigureAwait(false);
        ResponseReader reader = await ResponseReader.OpenAsync(response, _settings.Address, new MessageLimit(_settings.MaxMessageBytes), cancellationToken).ConfigureAwait(false);
        ReadOnlyMemory<byte> answer = await reader.ReadAsync(cancellationToken).ConfigureAwait(false)
            ?? throw new GrpcException(GrpcStatusCode.Unimplemented, $"{_settings.Address} ended {method} with OK and no message; one was due");
        return await reader.ReadAsync(cancellationToken).ConfigureAwait(false) is null
            ? answer
            : throw new GrpcException(GrpcStatusCode.Unimplemented, $"{_settings.Address} answered {method} with more than one message");
    }

    private CallScope NewScope(TimeSpan? deadline) => new(_settings.Address, _settings.TimeProvider, deadline, _closed);

    private void CheckCall(string method)
    {
        ObjectDisposedException.ThrowIf(_closed.IsCancellationRequested, this);
        if (!method.StartsWith('/') || method.IndexOf('/', 1) is < 2 || method.EndsWith('/') || method.AsSpan().ContainsAny("?#% "))
            throw new ArgumentException($"'{method}' is no method; expected /package.Service/Method.", nameof(method));
    }
}
