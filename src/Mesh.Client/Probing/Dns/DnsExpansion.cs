using System.Net;
using Mesh.Resources;

namespace Mesh.Probing.Dns;

/// <summary>Puts the addresses of names in the place of the names.</summary>
internal static class DnsExpansion
{
    /// <summary>
    /// Whether each address is an endpoint. Envoy's LOGICAL_DNS is one endpoint whatever its name leads to; gRPC has an endpoint for each address
    /// there too, and uses one of them (gRFC A37).
    /// </summary>
    public static bool Applies(ClusterResource cluster) => cluster.Type == DiscoveryType.StrictDns || cluster.PriorityMode == PriorityMode.FirstUsable;

    /// <summary>The names of an assignment, each once.</summary>
    public static IEnumerable<string> Names(EndpointsResource assignment) =>
        assignment.Localities.SelectMany(locality => locality.Endpoints).Where(IsName).Select(endpoint => endpoint.Host).Distinct(StringComparer.Ordinal);

    /// <summary>
    /// The assignment with an endpoint for each address: health, weight, priority, locality and host name are those of the name. One whose
    /// addresses are not known yet stays, to be resolved when it is connected to.
    /// </summary>
    /// <param name="assignment">The assignment as configured.</param>
    /// <param name="addressesOf">The addresses of a name; null where they are not known.</param>
    /// <returns>Null where no name has addresses.</returns>
    public static EndpointsResource? Expand(EndpointsResource assignment, Func<string, IPAddress[]?> addressesOf)
    {
        bool known = false;
        var localities = new LocalityEndpointsResource[assignment.Localities.Count];
        for (int i = 0; i < localities.Length; i++)
        {
            LocalityEndpointsResource locality = assignment.Localities[i];
            var endpoints = new List<EndpointResource>(locality.Endpoints.Count);
            foreach (EndpointResource endpoint in locality.Endpoints)
            {
                if (!IsName(endpoint) || addressesOf(endpoint.Host) is not { } addresses)
                {
                    endpoints.Add(endpoint);
                    continue;
                }

                known = true;
                foreach (IPAddress address in addresses)
                    endpoints.Add(endpoint with { Host = address.ToString(), DnsName = endpoint.Host, AdditionalAddresses = [] });
            }

            localities[i] = locality with { Endpoints = [.. endpoints] };
        }

        return known ? assignment with { Localities = [.. localities] } : null;
    }

    private static bool IsName(EndpointResource endpoint) => endpoint.Port != EndpointResource.UnixSocket && !IPAddress.TryParse(endpoint.Host, out _);
}
