using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Mesh.Interop.Tests.Transport;

/// <summary>
/// A server below HTTP: it keeps what each read brings, byte for byte, and answers each with an empty 200 in HTTP/1.1. A small
/// request on loopback is one read.
/// </summary>
internal sealed class RawServer : IAsyncDisposable
{
    private static readonly byte[] Answer = Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentQueue<byte[]> _received = new();
    private readonly CancellationTokenSource _end = new();
    private readonly Task _accepting;

    public RawServer()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>What came, one read an element.</summary>
    public IReadOnlyList<byte[]> Received => [.. _received];

    /// <summary>The lines of the requests that came, without the empty one at their end.</summary>
    public IReadOnlyList<string[]> Heads => [.. _received.Select(bytes => Encoding.Latin1.GetString(bytes).TrimEnd().Split("\r\n"))];

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _accepting;
        _listener.Dispose();
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        var serving = new List<Task>();
        try
        {
            while (true)
                serving.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_end.Token)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(serving);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            var stream = client.GetStream();
            var buffer = new byte[64 * 1024];
            try
            {
                int count;
                while ((count = await stream.ReadAsync(buffer, _end.Token)) > 0)
                {
                    _received.Enqueue(buffer[..count]);
                    await stream.WriteAsync(Answer, _end.Token);
                }
            }
            catch (Exception e) when (e is IOException or OperationCanceledException)
            {
                // The client went away, or the test is over.
            }
        }
    }
}
