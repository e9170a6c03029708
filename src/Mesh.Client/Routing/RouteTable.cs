using Mesh.Matching;

namespace Mesh.Routing;

/// <summary>One entry of a virtual host: what it matches and what it leads to.</summary>
internal readonly record struct RouteEntry<TRoute>(RouteMatcher Matcher, TRoute Route)
    where TRoute : class;

/// <summary>A virtual host with its routes in the order they are tried.</summary>
internal sealed class VirtualHost<TRoute>(string name, string[] domains, RouteEntry<TRoute>[] routes)
    where TRoute : class
{
    public string Name { get; } = name;

    public IReadOnlyList<string> Domains { get; } = domains;

    public RouteEntry<TRoute>[] Routes { get; } = routes;
}

/// <summary>
/// A route configuration, ready to run: the most specific virtual host, then its first route that matches, even if a later one is
/// more exact (gRFC A28). It knows nothing of what a route does.
/// </summary>
internal sealed class RouteTable<TRoute>
    where TRoute : class
{
    private readonly HostTable<VirtualHost<TRoute>> _hosts;
    private readonly bool _ignorePort;

    /// <param name="hosts">The virtual hosts.</param>
    /// <param name="ignorePort">Whether a port in the host is left out of the choice (<c>ignore_port_in_host_matching</c>).</param>
    public RouteTable(IReadOnlyList<VirtualHost<TRoute>> hosts, bool ignorePort)
    {
        VirtualHosts = hosts;
        _ignorePort = ignorePort;
        _hosts = new HostTable<VirtualHost<TRoute>>(
            [.. hosts.SelectMany(host => host.Domains.Select(domain => KeyValuePair.Create(domain, host)))]);
    }

    public IReadOnlyList<VirtualHost<TRoute>> VirtualHosts { get; }

    /// <summary>The virtual host of an authority and the domain that led there; null when none does.</summary>
    public VirtualHost<TRoute>? FindHost(string authority, out string domain) =>
        _hosts.Find(_ignorePort ? WithoutPort(authority) : authority, out domain);

    /// <summary>The first route of a virtual host that matches; null when none does.</summary>
    public static TRoute? Match(VirtualHost<TRoute> host, in RequestView request)
    {
        foreach (RouteEntry<TRoute> entry in host.Routes)
        {
            if (entry.Matcher.Matches(request))
                return entry.Route;
        }

        return null;
    }

    private static string WithoutPort(string authority)
    {
        int colon = authority.LastIndexOf(':');
        return colon < 0 || authority.EndsWith(']') ? authority : authority[..colon];
    }
}
