using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Mesh.Client.Tests.Calls;

/// <summary>
/// HTTP/1.1 by hand: each connection is kept for one bodyless request, and at the second it reads the head and hangs up without a byte.
/// </summary>
internal sealed class RawServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private readonly ConcurrentDictionary<TcpClient, byte> _unused = new();
    private int _requests;

    public RawServer()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Request heads that have arrived.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>Connections that have had no request.</summary>
    public int Unused => _unused.Count;

    /// <summary>Closes them.</summary>
    public void CloseUnused()
    {
        foreach (TcpClient client in _unused.Keys)
            client.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var serving = new List<Task>();
        try
        {
            while (true)
                serving.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(serving);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            NetworkStream stream = client.GetStream();
            _unused[client] = 0;
            try
            {
                bool asked = await ReadHeadAsync(stream);
                _unused.TryRemove(client, out _);
                if (asked)
                    await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"u8.ToArray(), _stop.Token);
                await ReadHeadAsync(stream);
            }
            catch (Exception e) when (e is OperationCanceledException or IOException or ObjectDisposedException)
            {
                // The test is over, or one side went away.
                _unused.TryRemove(client, out _);
            }
        }
    }

    private async Task<bool> ReadHeadAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        byte[] one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one, _stop.Token) == 0)
                return false;
            head.Append((char)one[0]);
        }

        Interlocked.Increment(ref _requests);
        return true;
    }
}
