using System.Threading.Channels;
using Mesh.Sources.Xds.Streams;

namespace Mesh.Benchmarks.Xds.InProcess;

/// <summary>
/// A control plane in this process that costs next to nothing: its messages are made beforehand, no socket is between, and of a request
/// only what the script looks at is read.
/// </summary>
/// <param name="onRequest">The script; called with each request while the client writes it.</param>
internal sealed class ScriptedPlane(Action<ScriptedPlane, ReadOnlyMemory<byte>> onRequest) : IAdsTransport, IAdsStream
{
    private readonly Channel<ReadOnlyMemory<byte>> _messages = Channel.CreateUnbounded<ReadOnlyMemory<byte>>();
    private long _requests;
    private Waiter? _waiter;

    /// <summary>The requests that have come.</summary>
    public long Requests => Interlocked.Read(ref _requests);

    public void Send(ReadOnlyMemory<byte> message) => _messages.Writer.TryWrite(message);

    /// <summary>Ends when so many requests have come in all.</summary>
    public Task WaitForRequestsAsync(long count)
    {
        var waiter = new Waiter(count);
        Volatile.Write(ref _waiter, waiter);
        waiter.Look(Requests);
        return waiter.Task.WaitAsync(TimeSpan.FromMinutes(1));
    }

    public Task<IAdsStream> OpenAsync(string method, CancellationToken cancellationToken) => Task.FromResult<IAdsStream>(this);

    public ValueTask WriteAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        onRequest(this, message);
        long requests = Interlocked.Increment(ref _requests);
        Volatile.Read(ref _waiter)?.Look(requests);
        return ValueTask.CompletedTask;
    }

    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken cancellationToken) => await _messages.Reader.ReadAsync(cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private sealed class Waiter(long count)
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Task => _done.Task;

        public void Look(long requests)
        {
            if (requests >= count)
                _done.TrySetResult();
        }
    }
}
