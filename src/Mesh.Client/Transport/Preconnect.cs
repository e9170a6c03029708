using System.Collections.Concurrent;
using System.Net.Sockets;
using Mesh.Endpoints;
using Mesh.Snapshots;

namespace Mesh.Transport;

/// <summary>
/// Sockets to one endpoint that are connected before a call needs them, as long as it has calls and is healthy
/// (<c>PreconnectPolicy.per_upstream_preconnect_ratio</c>). TLS waits for the call: its handshake finds out whether the server still wants the
/// connection, which it may have closed meanwhile, before a byte of a request is sent.
/// </summary>
/// <param name="settings">How many.</param>
/// <param name="endpoint">The endpoint.</param>
/// <param name="calls">The calls under way.</param>
/// <param name="connect">Connects one.</param>
internal sealed class Preconnect(PreconnectSettings settings, EndpointState endpoint, Func<int> calls, Func<CancellationToken, Task<Socket>> connect) : IDisposable
{
    /// <summary>One call opens no more ahead, as in Envoy.</summary>
    private const int MostAtOnce = 3;

    private readonly ConcurrentQueue<Socket> _ready = new();
    private readonly CancellationTokenSource _closing = new();
    private int _handedOut;
    private int _connecting;

    /// <summary>A call has come.</summary>
    public void OnCall()
    {
        DropDead();
        Fill();
    }

    /// <summary>A socket that is connected and that the server has not closed; null where there is none.</summary>
    public Socket? TryTake()
    {
        while (_ready.TryDequeue(out Socket? socket))
        {
            if (IsAlive(socket))
                return socket;
            socket.Dispose();
        }

        return null;
    }

    /// <summary>A connection was handed to the calls. What is returned is to be disposed with it.</summary>
    public IDisposable HandOut()
    {
        Interlocked.Increment(ref _handedOut);
        Fill();
        return new Place(this);
    }

    /// <summary>Closes what nobody has taken.</summary>
    public void Dispose()
    {
        _closing.Cancel();
        Drain();
        _closing.Dispose();
    }

    /// <summary>Connects what is missing.</summary>
    private void Fill()
    {
        if (endpoint.IsEjected || endpoint.ActiveHealth.HasFlag(ActiveHealth.Failed))
            return;
        for (int i = 0; i < MostAtOnce; i++)
        {
            // A call without a connection takes one that is ready, and else makes its own. Who counts at the same time sees this one.
            int connecting = Interlocked.Increment(ref _connecting), ready = _ready.Count, handedOut = Volatile.Read(ref _handedOut), underWay = calls();
            if (handedOut + ready + connecting + Math.Max(underWay - handedOut - ready, 0) > settings.For(underWay))
            {
                Interlocked.Decrement(ref _connecting);
                return;
            }

            _ = ConnectAsync();
        }
    }

    private async Task ConnectAsync()
    {
        try
        {
            Socket socket = await connect(_closing.Token).ConfigureAwait(false);
            _ready.Enqueue(socket);
            if (_closing.IsCancellationRequested)
                Drain();
        }
        catch (Exception)
        {
            // It counts as the endpoint's, and the call that needs a connection tries itself.
            if (!_closing.IsCancellationRequested)
                endpoint.OnConnectFailed();
        }
        finally
        {
            Interlocked.Decrement(ref _connecting);
        }
    }

    private void Drain()
    {
        while (_ready.TryDequeue(out Socket? socket))
            socket.Dispose();
    }

    /// <summary>One is looked at with each call, so that in time all are.</summary>
    private void DropDead()
    {
        if (!_ready.TryDequeue(out Socket? socket))
            return;
        if (IsAlive(socket) && !_closing.IsCancellationRequested)
            _ready.Enqueue(socket);
        else
            socket.Dispose();
    }

    /// <summary>A server that says something before it is asked says that it closes.</summary>
    private static bool IsAlive(Socket socket)
    {
        try
        {
            return !socket.Poll(TimeSpan.Zero, SelectMode.SelectRead);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }

    private sealed class Place(Preconnect owner) : IDisposable
    {
        private Preconnect? _owner = owner;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _owner, null) is { } owner)
                Interlocked.Decrement(ref owner._handedOut);
        }
    }
}
