using System.Runtime.CompilerServices;
using Mesh.Resources;
using Mesh.Routing;

namespace Mesh.Sources.Xds.Graph;

/// <summary>
/// The part of a route configuration that serves one host: its virtual host, chosen as a call to the host would choose it. A control
/// plane may send the virtual hosts of a whole mesh in one table, and only the clusters of this one are to be asked for (gRFC A74).
/// </summary>
internal sealed class HostRoutes
{
    private readonly ConditionalWeakTable<RouteConfigurationResource, HostTable<VirtualHostResource>> _tables = [];

    public RouteConfigurationResource Of(RouteConfigurationResource routes, string authority)
    {
        // A header chooses the virtual host: any of them may be the one.
        if (routes.VhostHeader.Length > 0)
            return routes;
        HostTable<VirtualHostResource> table = _tables.GetValue(routes, static routes => new HostTable<VirtualHostResource>(
            [.. routes.VirtualHosts.SelectMany(host => host.Domains.Select(domain => KeyValuePair.Create(domain, host)))]));
        VirtualHostResource? host = table.Find(routes.IgnorePortInHostMatching ? DomainPattern.WithoutPort(authority) : authority, out _);
        if (host is not null && routes.VirtualHosts.Count == 1)
            return routes;
        return routes with { VirtualHosts = host is null ? default : [host] };
    }
}
