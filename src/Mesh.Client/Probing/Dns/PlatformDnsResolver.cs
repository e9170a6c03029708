using System.Net;
using System.Net.Sockets;

namespace Mesh.Probing.Dns;

/// <summary>
/// The resolver of the platform (getaddrinfo): hosts files, search domains and all. It tells no time to live. A name that does not exist or has
/// no address is an answer without addresses, as Envoy's resolvers have it; all else that goes wrong is a failure.
/// </summary>
internal sealed class PlatformDnsResolver : IDnsResolver
{
    public static readonly PlatformDnsResolver Instance = new();

    private PlatformDnsResolver()
    {
    }

    public async ValueTask<DnsAnswer> ResolveAsync(string host, AddressFamily family, CancellationToken cancellationToken)
    {
        try
        {
            return new DnsAnswer(await System.Net.Dns.GetHostAddressesAsync(host, family, cancellationToken).ConfigureAwait(false));
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.HostNotFound or SocketError.NoData)
        {
            return new DnsAnswer([]);
        }
    }
}
