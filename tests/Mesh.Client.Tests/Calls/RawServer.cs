using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;

namespace Mesh.Client.Tests.Calls;

/// <summary>
/// HTTP/1.1 by hand: each connection is kept for one bodyless request, and at the second it reads the head and hangs up without a byte.
/// </summary>
internal sealed class RawServer : IAsyncDisposable
{
    private readonly LoopbackServer _server;
    private readonly ConcurrentDictionary<TcpClient, byte> _unused = new();
    private int _requests;

    public RawServer() => _server = new LoopbackServer(ServeAsync);

    public int Port => _server.Port;

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

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task ServeAsync(TcpClient client, CancellationToken stop)
    {
        using (client)
        {
            NetworkStream stream = client.GetStream();
            _unused[client] = 0;
            try
            {
                bool asked = await ReadHeadAsync(stream, stop);
                _unused.TryRemove(client, out _);
                if (asked)
                    await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"u8.ToArray(), stop);
                await ReadHeadAsync(stream, stop);
            }
            catch (Exception e) when (e is OperationCanceledException or IOException or ObjectDisposedException)
            {
                // The test is over, or one side went away.
                _unused.TryRemove(client, out _);
            }
        }
    }

    private async Task<bool> ReadHeadAsync(NetworkStream stream, CancellationToken stop)
    {
        var head = new StringBuilder();
        byte[] one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one, stop) == 0)
                return false;
            head.Append((char)one[0]);
        }

        Interlocked.Increment(ref _requests);
        return true;
    }
}
