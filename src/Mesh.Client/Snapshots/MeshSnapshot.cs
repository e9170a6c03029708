using System.Collections.Frozen;
using Mesh.Matching;
using Mesh.Routing;

namespace Mesh.Snapshots;

/// <summary>
/// Everything a call needs to know, as one immutable graph: a call takes it once and sees no half of an update. Routes refer to
/// clusters by slot, so that an endpoint update replaces one slot and no route.
/// </summary>
internal sealed class MeshSnapshot
{
    /// <summary>The listener that serves every host no other listener claims: the one the short form makes.</summary>
    public const string DefaultListener = "mesh";

    public static readonly MeshSnapshot Empty = new()
    {
        Version = 0,
        Listeners = [],
        Clusters = [],
        Slots = FrozenDictionary<string, int>.Empty,
        EndpointUsers = FrozenDictionary<string, int[]>.Empty,
    };

    public required long Version { get; init; }

    public required Listener[] Listeners
    {
        get;
        init
        {
            field = value;
            UsesRandom = Array.Exists(value, listener => listener.Routes.UsesRandom);
        }
    }

    /// <summary>The clusters by slot; a freed slot is null.</summary>
    public required Cluster?[] Clusters { get; init; }

    /// <summary>The slot of each cluster name.</summary>
    public required FrozenDictionary<string, int> Slots { get; init; }

    /// <summary>The slots that use a load assignment, by its name.</summary>
    public required FrozenDictionary<string, int[]> EndpointUsers { get; init; }

    /// <summary>Whether chance has a say in what a request matches.</summary>
    public bool UsesRandom { get; private init; }

    public Cluster? FindCluster(string name) => Slots.TryGetValue(name, out int slot) ? Clusters[slot] : null;

    /// <summary>
    /// The listener of a call and its virtual host there. One listener: all calls. Several: the one of the URL's port, else the API
    /// listener named as the authority or the host, else the default listener; the first of them that knows the host by name, else the
    /// first that knows any.
    /// </summary>
    public Listener? FindListener(in RequestView request, string hostName, int port, out VirtualHost<Route>? host, out string domain)
    {
        if (Listeners.Length == 1)
        {
            host = Listeners[0].Routes.FindHost(request, out domain);
            return Listeners[0];
        }

        Listener? first = null, any = null;
        VirtualHost<Route>? anyHost = null;
        for (int kind = 0; kind < 4; kind++)
        {
            foreach (Listener listener in Listeners)
            {
                if (!Serves(listener, kind, request.Authority, hostName, port))
                    continue;
                first ??= listener;
                host = listener.Routes.FindHost(request, out domain);
                if (host is not null && domain != "*")
                    return listener;
                if (host is not null && any is null)
                    (any, anyHost) = (listener, host);
                break;
            }
        }

        host = anyHost;
        domain = host is null ? request.Authority : "*";
        return any ?? first;
    }

    private static bool Serves(Listener listener, int kind, string authority, string host, int port) => kind switch
    {
        0 => listener.Resource.Port == port,
        1 => listener.Resource.Port is null && listener.Name.Equals(authority, StringComparison.OrdinalIgnoreCase),
        2 => listener.Resource.Port is null && listener.Name.Equals(host, StringComparison.OrdinalIgnoreCase),
        _ => listener.Resource.Port is null && listener.Name.Equals(DefaultListener, StringComparison.Ordinal),
    };
}
