using System.Net;
using System.Net.Sockets;

namespace Mesh;

/// <summary>
/// Finds the addresses of the names that clusters of type STRICT_DNS and LOGICAL_DNS are made of. The mesh asks in the background, again and
/// again, and never within a call. One resolver serves all clusters and is asked by several threads at once.
/// </summary>
public interface IDnsResolver
{
    /// <summary>Asks for the addresses of a name.</summary>
    /// <param name="host">The name as it is configured, as <c>orders.internal</c>; never an IP address.</param>
    /// <param name="family">
    /// <see cref="AddressFamily.InterNetwork"/> (A records), <see cref="AddressFamily.InterNetworkV6"/> (AAAA records), or
    /// <see cref="AddressFamily.Unspecified"/>, which asks for both. Addresses of a family that was not asked for are left out.
    /// </param>
    /// <param name="cancellationToken">Cancelled when nobody waits any more: the mesh stops, the cluster is gone, or 30 s have passed.</param>
    /// <returns>
    /// The answer. One without addresses says for certain that there are none (NXDOMAIN, NODATA), and takes the endpoints of a STRICT_DNS
    /// cluster away; who does not know throws.
    /// </returns>
    /// <exception cref="Exception">
    /// Whatever is thrown means that there is no answer: the addresses in use stay, its message is logged once, and the name is asked for again.
    /// </exception>
    ValueTask<DnsAnswer> ResolveAsync(string host, AddressFamily family, CancellationToken cancellationToken);
}

/// <summary>What a resolver found.</summary>
/// <param name="Addresses">The addresses, the one to be preferred first; empty when there are none. What stands twice counts once.</param>
/// <param name="Ttl">
/// How long they hold, the shortest of the records that led to them (<c>respect_dns_ttl</c> goes by it); null where the resolver does not know.
/// </param>
public sealed record DnsAnswer(IReadOnlyList<IPAddress> Addresses, TimeSpan? Ttl = null);
