using System.Net.Sockets;

namespace Mesh.Calls.PrimaryFeatures;

/// <summary>
/// Connects as <see cref="SocketsHttpHandler"/> does by itself. It stands in the primary handler so that the handler has a connect
/// callback at all: one without is taken over by Grpc.Net.Client.
/// </summary>
internal static class DirectConnect
{
    public static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
