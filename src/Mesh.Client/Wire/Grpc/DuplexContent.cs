using System.Net;

namespace Mesh.Wire.Grpc;

/// <summary>
/// A request body that others write: it hands out the stream it is given, and is written until it is completed. The runtime drives it
/// while the response runs, and cancels it with the call.
/// </summary>
internal sealed class DuplexContent : HttpContent
{
    private readonly TaskCompletionSource<Stream> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _completed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _serializations;

    /// <summary>The stream to write to, once the request's headers are on their way; cancelled when the call ends before.</summary>
    public Task<Stream> Opened => _opened.Task;

    /// <summary>Whether nothing more may be written.</summary>
    public bool IsCompleted => _completed.Task.IsCompleted;

    /// <summary>Ends the body in order: half-close.</summary>
    public void Complete() => _completed.TrySetResult();

    /// <summary>Breaks the body off, unless it is complete.</summary>
    public void Abort() => _completed.TrySetCanceled();

    /// <summary>Tells that sending has ended, by headers or by an error.</summary>
    public void Answered() => _answered.TrySetResult();

    /// <summary>Ends when the runtime has let go of the body. Asked after the request was sent, or has failed to be.</summary>
    public Task LeftAsync() => Volatile.Read(ref _serializations) == 0 ? Task.CompletedTask : _left.Task;

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        // The runtime tries again when a connection closes under a call; what was written to the first stream would be lost.
        if (Interlocked.Increment(ref _serializations) > 1)
            throw new IOException("the server refused the stream, or closed the connection as it began");
        try
        {
            // Without a flush the headers wait for the first message, which may wait for the server's.
            await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
            _opened.TrySetResult(stream);
            await _completed.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!_completed.Task.IsCompleted)
        {
            // A reset cancels the body, and the call has the error of whichever ends first, body or headers. The headers know the reset's code.
            await _answered.Task.ConfigureAwait(false);
            throw;
        }
        finally
        {
            _opened.TrySetCanceled(CancellationToken.None);
            _left.TrySetResult();
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = -1;
        return false;
    }
}
