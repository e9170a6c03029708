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
        Targets = new(StringComparer.OrdinalIgnoreCase),
        Clusters = [],
        Slots = [],
        EndpointUsers = [],
    };

    private readonly ListenerIndex _index = ListenerIndex.Empty;
    private readonly bool _listenersUseRandom;
    private readonly bool _targetsUseRandom;

    public required long Version { get; init; }

    public required Listener[] Listeners
    {
        get;
        init
        {
            field = value;
            _index = value.Length > 1 ? new ListenerIndex(value) : ListenerIndex.Empty;
            _listenersUseRandom = Array.Exists(value, listener => listener.Routes.UsesRandom);
        }
    }

    /// <summary>The hosts that are served one by one; upper and lower case are alike.</summary>
    public required Dictionary<string, Target> Targets
    {
        get;
        init
        {
            field = value;
            _targetsUseRandom = value.Values.Any(target => target.Listener is { Routes.UsesRandom: true });
        }
    }

    /// <summary>The clusters by slot; a freed slot is null.</summary>
    public required Cluster?[] Clusters { get; init; }

    /// <summary>The slot of each cluster name.</summary>
    public required Dictionary<string, int> Slots { get; init; }

    /// <summary>The slots that use a load assignment, by its name.</summary>
    public required Dictionary<string, int[]> EndpointUsers { get; init; }

    /// <summary>Whether chance has a say in what a request matches.</summary>
    public bool UsesRandom => _listenersUseRandom || _targetsUseRandom;

    /// <summary>All listeners, of hosts too.</summary>
    public IEnumerable<Listener> AllListeners => Listeners.Concat(Targets.Values.Select(target => target.Listener).OfType<Listener>());

    public Cluster? FindCluster(string name) => Slots.TryGetValue(name, out int slot) ? Clusters[slot] : null;

    /// <summary>
    /// The listener of a call and its virtual host there. A host that is served by a listener of its own: that one, by authority, else by
    /// name. Else one listener: all calls. Several: the one of the URL's port, else the API listener named as the authority or the host,
    /// else the default listener; the first of them that knows the host by name, else the first that knows any.
    /// </summary>
    public ListenerChoice FindListener(in RequestView request, string hostName, int port)
    {
        if (Targets.Count > 0 && (Targets.TryGetValue(request.Authority, out Target? target) || Targets.TryGetValue(hostName, out target)))
            return new ListenerChoice(target.Listener, target.Listener?.Routes.FindHost(request, out string _), request.Authority, target);
        if (Listeners.Length == 1)
        {
            VirtualHost<Route>? only = Listeners[0].Routes.FindHost(request, out string found);
            return new ListenerChoice(Listeners[0], only, found, null);
        }

        Listener? first = null;
        ListenerChoice any = default;
        for (int kind = 0; kind < ListenerIndex.Kinds; kind++)
        {
            if (_index.Find(kind, request.Authority, hostName, port) is not { } listener)
                continue;
            first ??= listener;
            VirtualHost<Route>? host = listener.Routes.FindHost(request, out string domain);
            if (host is not null && domain != "*")
                return new ListenerChoice(listener, host, domain, null);
            if (host is not null && any.Host is null)
                any = new ListenerChoice(listener, host, "*", null);
        }

        return any.Host is not null ? any : new ListenerChoice(first, null, request.Authority, null);
    }
}

/// <summary>Who serves a call.</summary>
/// <param name="Listener">The listener; null when none does.</param>
/// <param name="Host">Its virtual host of the call; null when it has none.</param>
/// <param name="Domain">The domain that led to the virtual host; of a target the host itself.</param>
/// <param name="Target">The host that is served by a listener of its own; null where listeners serve many.</param>
internal readonly record struct ListenerChoice(Listener? Listener, VirtualHost<Route>? Host, string Domain, Target? Target)
{
    /// <summary>Whether the configuration knows the host by name, so that it belongs to the mesh whoever calls it.</summary>
    public bool IsByName => Target is not null || (Host is not null && Domain != "*");
}
