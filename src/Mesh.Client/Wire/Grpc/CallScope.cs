namespace Mesh.Wire.Grpc;

/// <summary>
/// What of this side can end a call: its deadline, its own cancelling, the channel's closing, and the caller of each step. It tells which
/// of them a failure comes from.
/// </summary>
internal sealed class CallScope : IDisposable
{
    /// <summary>A timer takes 49 days at most, and nobody waits longer.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(49);

    private readonly Uri _address;
    private readonly TimeProvider _timeProvider;
    private readonly TimeSpan? _deadline;
    private readonly long _started;
    private readonly CancellationToken _closing;
    private readonly CancellationToken _expired;
    private readonly CancellationTokenSource? _timer;
    private readonly CancellationTokenSource _end;

    public CallScope(Uri address, TimeProvider timeProvider, TimeSpan? deadline, CancellationToken closing)
    {
        _address = address;
        _timeProvider = timeProvider;
        _deadline = deadline;
        _started = timeProvider.GetTimestamp();
        _closing = closing;
        if (deadline is { } span)
            _timer = span <= TimeSpan.Zero ? new CancellationTokenSource(TimeSpan.Zero, timeProvider) : new CancellationTokenSource(span < Longest ? span : Longest, timeProvider);
        _expired = _timer?.Token ?? CancellationToken.None;
        _end = CancellationTokenSource.CreateLinkedTokenSource(_expired, closing);
        Token = _end.Token;
    }

    /// <summary>Ends with the call.</summary>
    public CancellationToken Token { get; }

    /// <summary>What is left until the deadline, at least a tick: gRPC writes positive numbers only. Null without a deadline.</summary>
    public TimeSpan? Left
    {
        get
        {
            if (_deadline is not { } deadline)
                return null;
            TimeSpan left = deadline - _timeProvider.GetElapsedTime(_started);
            return left > TimeSpan.Zero ? left : new TimeSpan(1);
        }
    }

    /// <summary>Ends the call.</summary>
    public Task CancelAsync() => _end.CancelAsync();

    /// <summary>Runs one step of the call under a token that ends with the call and with the step's caller, and translates its failure.</summary>
    /// <exception cref="GrpcException">The call has ended; with which status.</exception>
    /// <exception cref="OperationCanceledException">The caller wanted it to.</exception>
    public async ValueTask<T> RunAsync<T>(Func<CancellationToken, ValueTask<T>> step, CancellationToken caller)
    {
        using CancellationTokenSource? linked = caller.CanBeCanceled ? CancellationTokenSource.CreateLinkedTokenSource(caller, Token) : null;
        CancellationToken token = linked?.Token ?? Token;
        try
        {
            token.ThrowIfCancellationRequested();
            return await step(token).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            if (Translate(e, caller) is not { } translated)
                throw;
            throw translated;
        }
    }

    public void Dispose()
    {
        _end.Dispose();
        _timer?.Dispose();
    }

    /// <summary>Null leaves the exception as it is.</summary>
    private Exception? Translate(Exception e, CancellationToken caller)
    {
        // A server that keeps the deadline too may be faster by a hair (PROTOCOL-HTTP2.md, Client Cancellation).
        if (e is GrpcException { Status.Code: GrpcStatusCode.Cancelled } && _expired.IsCancellationRequested)
            return Expired(e);
        if (e is ObjectDisposedException && Token.IsCancellationRequested)
            return Ended(e);
        if (!TransportFailure.Covers(e))
            return null;
        if (caller.IsCancellationRequested)
            return new OperationCanceledException($"The caller cancelled the call to {_address}.", e, caller);
        if (_expired.IsCancellationRequested)
            return Expired(e);
        return Token.IsCancellationRequested ? Ended(e) : TransportFailure.Translate(e, _address);
    }

    private GrpcException Expired(Exception e) =>
        new(GrpcStatusCode.DeadlineExceeded, $"{_address} did not answer within {_deadline!.Value.TotalSeconds:0.###} s", e);

    private GrpcException Ended(Exception e) =>
        new(GrpcStatusCode.Cancelled, $"the {(_closing.IsCancellationRequested ? "channel" : "call")} to {_address} was disposed", e);
}
