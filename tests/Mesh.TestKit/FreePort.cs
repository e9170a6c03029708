using System.Net;
using System.Net.Sockets;

namespace Mesh.TestKit;

/// <summary>A TCP port nobody listens on.</summary>
public static class FreePort
{
    /// <summary>
    /// Asks the system for a port and gives it back. Another process may take it before the caller does, so bind port 0
    /// wherever the server can; this is for programs that want to be told, and for addresses that must refuse.
    /// </summary>
    public static int Next(IPAddress? address = null)
    {
        using var listener = new TcpListener(address ?? IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
