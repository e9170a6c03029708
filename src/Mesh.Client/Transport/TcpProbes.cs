using System.Net.Sockets;
using Mesh.Resources;

namespace Mesh.Transport;

/// <summary>Probes of a silent connection (<c>envoy.config.core.v3.TcpKeepalive</c>).</summary>
internal static class TcpProbes
{
    /// <summary>Turns them on, unless a 0 turns them off. What is unset stays the platform's.</summary>
    public static void Set(Socket socket, TcpKeepaliveResource keepalive)
    {
        if (keepalive is { Probes: 0 } or { Time: 0 } or { Interval: 0 })
            return;
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        Set(socket, SocketOptionName.TcpKeepAliveRetryCount, keepalive.Probes);
        Set(socket, SocketOptionName.TcpKeepAliveTime, keepalive.Time);
        Set(socket, SocketOptionName.TcpKeepAliveInterval, keepalive.Interval);
    }

    private static void Set(Socket socket, SocketOptionName option, int? value)
    {
        if (value is { } set)
            socket.SetSocketOption(SocketOptionLevel.Tcp, option, set);
    }
}
