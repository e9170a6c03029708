using Mesh.Resources;

namespace Mesh.Sources.Xds.Graph;

/// <summary>One listener that is to be served, and what of it is served now. Control loop only.</summary>
/// <param name="host">The host it serves alone; null for one that serves by its port or name.</param>
/// <param name="name">The listener's resource name; empty where none could be made.</param>
internal sealed class ServedListener(string? host, string name)
{
    private RouteConfigurationResource? _from;
    private RouteConfigurationResource? _part;

    public string? Host { get; } = host;

    public string Name { get; } = name;

    /// <summary>What is served; null before the first.</summary>
    public ListenerClosure? Served { get; private set; }

    /// <summary>Why it cannot be served; null while it can, or while nothing is known.</summary>
    public string? Failure { get; private set; }

    /// <summary>What newer content waits for; null when nothing does.</summary>
    public string? Awaited { get; private set; }

    /// <summary>The newest whole content, perhaps not served yet; kept so that it is made once.</summary>
    public ListenerClosure? Newest { get; private set; }

    /// <summary>Puts a listener and its routes together; the same objects give the same closure.</summary>
    public ListenerClosure Combine(ListenerResource listener, RouteConfigurationResource routes, HostRoutes hosts)
    {
        if (!ReferenceEquals(routes, _from))
        {
            RouteConfigurationResource part = Host is null ? routes : hosts.Of(routes, Host);
            _from = routes;
            if (_part is null || !_part.Equals(part))
                _part = part;
        }

        if (Newest is null || !ReferenceEquals(Newest.Listener, listener) || !ReferenceEquals(Newest.Routes, _part))
            Newest = new ListenerClosure(listener, _part!, ReferenceEquals(Newest?.Routes, _part) ? Newest!.Clusters : ClusterNames.Of(_part!));
        return Newest;
    }

    public void Serve(ListenerClosure closure)
    {
        Served = closure;
        Failure = null;
        Awaited = null;
    }

    /// <summary>It cannot be served any more, or never could.</summary>
    public void Fail(string reason)
    {
        Served = null;
        Failure = reason;
        Awaited = null;
    }

    /// <summary>What is served, if anything is, serves on.</summary>
    public void Wait(string awaited)
    {
        Awaited = awaited;
        if (Served is not null)
            Failure = null;
    }
}
