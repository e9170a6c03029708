using Mesh.Matching;
using Mesh.Resources;

namespace Mesh.Routing;

/// <summary>One entry of a virtual host: what it matches and what it leads to.</summary>
internal readonly record struct RouteEntry<TRoute>(RouteMatcher Matcher, TRoute Route)
    where TRoute : class;

/// <summary>A virtual host with its routes in the order they are tried.</summary>
/// <param name="name">Its name.</param>
/// <param name="domains">The hosts that lead here.</param>
/// <param name="routes">Its routes; of a tree, those of all its actions.</param>
/// <param name="tree">Chooses a part of the routes; null tries all.</param>
/// <param name="parts">The parts, by the number of the tree's action.</param>
internal sealed class VirtualHost<TRoute>(string name, string[] domains, RouteEntry<TRoute>[] routes, MatchTree? tree = null, Range[]? parts = null)
    where TRoute : class
{
    private readonly RouteIndex? _index = tree is null ? RouteIndex.Create([.. routes.Select(entry => entry.Matcher)]) : null;

    /// <summary>Which plaintext requests are redirected to https.</summary>
    public TlsRequirement RequireTls { get; init; }

    /// <summary>Names for parts of the traffic.</summary>
    public VirtualCluster[] VirtualClusters { get; init; } = [];

    public string Name { get; } = name;

    public IReadOnlyList<string> Domains { get; } = domains;

    public RouteEntry<TRoute>[] Routes { get; } = routes;

    /// <summary>The first route that matches; null when none does.</summary>
    public TRoute? Match(in RequestView request)
    {
        if (_index is not null)
            return _index.Find(request) is var found and >= 0 ? Routes[found].Route : null;
        foreach (ref readonly RouteEntry<TRoute> entry in Candidates(request))
        {
            if (entry.Matcher.Matches(request))
                return entry.Route;
        }

        return null;
    }

    /// <summary>The routes that are tried, in order: all, or those the tree chooses; what it chooses is final, even where none of it matches.</summary>
    /// <param name="request">The request.</param>
    /// <param name="steps">Takes the tree's decisions in words; null asks for none.</param>
    public ReadOnlySpan<RouteEntry<TRoute>> Candidates(in RequestView request, List<string>? steps = null)
    {
        if (tree is null)
            return Routes;
        int action = tree.Find(request, steps);
        return action < 0 ? [] : Routes.AsSpan()[parts![action]];
    }

    /// <summary>The name of the first virtual cluster that matches; "other" where there are some and none does; null where there are none.</summary>
    public string? VirtualClusterOf(in RequestView request) => VirtualCluster.NameOf(VirtualClusters, request);
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
    /// <param name="hostHeader">A header that gives the host in place of the authority; empty for none (<c>vhost_header</c>).</param>
    public RouteTable(IReadOnlyList<VirtualHost<TRoute>> hosts, bool ignorePort, string hostHeader = "")
    {
        VirtualHosts = hosts;
        HostHeader = hostHeader;
        UsesRandom = hosts.Any(host => host.Routes.Any(entry => entry.Matcher.UsesRandom));
        _ignorePort = ignorePort;
        _hosts = new HostTable<VirtualHost<TRoute>>(
            [.. hosts.SelectMany(host => host.Domains.Select(domain => KeyValuePair.Create(domain, host)))]);
    }

    public IReadOnlyList<VirtualHost<TRoute>> VirtualHosts { get; }

    public string HostHeader { get; }

    /// <summary>Whether chance has a say in a match.</summary>
    public bool UsesRandom { get; }

    /// <summary>The virtual host of a request and the domain that led there; null when none does.</summary>
    public VirtualHost<TRoute>? FindHost(in RequestView request, out string domain)
    {
        if (HostHeader.Length == 0)
            return FindHost(request.Authority, out domain);
        if (request.Find(HostHeader) is { } host && _hosts.OnlyAny is null)
            return FindHost(host, out domain);

        // Without the header no host is named, so only a table that asks for none has an answer.
        domain = "*";
        return _hosts.OnlyAny;
    }

    /// <summary>The virtual host of an authority and the domain that led there; null when none does.</summary>
    public VirtualHost<TRoute>? FindHost(string authority, out string domain) =>
        _hosts.Find(_ignorePort ? DomainPattern.WithoutPort(authority) : authority, out domain);
}
