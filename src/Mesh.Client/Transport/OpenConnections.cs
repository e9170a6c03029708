using System.Collections.Concurrent;
using System.Net.Sockets;

namespace Mesh.Transport;

/// <summary>
/// The open sockets of one pool, so that they can be closed under the calls that use them: disposing the runtime's handler leaves
/// alone a connection that waits for a response.
/// </summary>
internal sealed class OpenConnections
{
    private readonly ConcurrentDictionary<NetworkStream, byte> _streams = new();
    private volatile bool _closed;

    public bool IsClosed => _closed;

    /// <summary>The stream of a connected socket, which it owns.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="place">Disposed with the stream; null for nothing.</param>
    /// <exception cref="ObjectDisposedException">The pool has been closed meanwhile.</exception>
    public NetworkStream Add(Socket socket, IDisposable? place = null)
    {
        var stream = new ConnectionStream(socket, place, this);
        _streams[stream] = 0;
        if (!_closed)
            return stream;
        stream.Dispose();
        throw new ObjectDisposedException(nameof(EndpointPool), "The endpoint's connections were closed while this one was made.");
    }

    /// <summary>Closes what is open, and whatever comes later.</summary>
    public void Close()
    {
        _closed = true;
        foreach (NetworkStream stream in _streams.Keys)
            stream.Dispose();
    }

    private sealed class ConnectionStream(Socket socket, IDisposable? place, OpenConnections owner) : NetworkStream(socket, ownsSocket: true)
    {
        protected override void Dispose(bool disposing)
        {
            owner._streams.TryRemove(this, out _);
            base.Dispose(disposing);
            place?.Dispose();
        }
    }
}
