using Mesh.Resources;
using Mesh.Snapshots;
using Mesh.Sources.Xds.Cache;
using Mesh.Sources.Xds.Names;

namespace Mesh.Sources.Xds.Graph;

/// <summary>
/// What is served of the cache: whole trees of listener, routes, clusters and endpoints only. A tree that is not whole yet waits, and
/// what it is to replace serves on; so a new route never leads to a cluster that is not there, whatever the order of arrival (gRFC A74).
/// What is wrong with one cluster is the cluster's own. Control loop only.
/// </summary>
/// <param name="cache">What was given.</param>
/// <param name="absent">Where everything is asked for: the clusters that are not there; null where each is asked for by name.</param>
/// <param name="clustersAreKnown">Where everything is asked for: whether the control plane has said what clusters there are.</param>
internal sealed class ResourceGraph(ResourceCache cache, AbsentClusters? absent, Func<bool> clustersAreKnown)
{
    private readonly bool _wildcard = absent is not null;
    private readonly HostRoutes _hosts = new();
    private readonly Dictionary<string, ServedListener> _listeners = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, ClusterClosure> _served = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ClusterClosure> _newest = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<string>> _assignments = new(StringComparer.Ordinal);
    private int _depth;
    private readonly HashSet<string>[] _wanted = [.. ResourceType.All.Select(_ => new HashSet<string>(StringComparer.Ordinal))];

    /// <summary>A cluster that is served though no route leads to it; null for none.</summary>
    public string? LocalCluster { get; init; }

    /// <summary>The listeners, by the host that is served or by their name.</summary>
    public IReadOnlyDictionary<string, ServedListener> Listeners => _listeners;

    /// <summary>The clusters that are served, or that fail.</summary>
    public IReadOnlyDictionary<string, ClusterClosure> Clusters => _served;

    /// <summary>The names to ask for, as the last update found them.</summary>
    public HashSet<string> Wanted(ResourceType type) => _wanted[type.Index];

    /// <summary>Serves a host from now on.</summary>
    public void Add(ServedListener listener) => _listeners.Add(listener.Host ?? listener.Name, listener);

    /// <summary>Looks at the cache again and decides what is served.</summary>
    public void Update()
    {
        foreach (ResourceType type in ResourceType.All)
            _wanted[type.Index] = new HashSet<string>(StringComparer.Ordinal);
        _newest.Clear();
        if (_wildcard)
            FollowListeners();

        var used = new HashSet<string>(StringComparer.Ordinal);
        foreach (ServedListener listener in _listeners.Values)
        {
            Update(listener);
            if (listener.Served is { } served)
                used.UnionWith(served.Clusters);
        }

        if (_wildcard)
            used.UnionWith(cache[ResourceType.Cluster].Values.Where(entry => entry.Record is not null && (IsServed(entry.Name) || Find(entry.Name).Readiness != Readiness.Pending)).Select(entry => entry.Name));
        else if (LocalCluster is not null)
            used.Add(LocalCluster);
        foreach (string name in used.ToList())
            Follow(name, used);
        foreach (string name in used)
            Serve(name);
        foreach (string gone in _served.Keys.Where(name => !used.Contains(name)).ToList())
            _served.Remove(gone);
        absent?.Settle();
    }

    /// <summary>The set to publish.</summary>
    public ResourceSet Build()
    {
        var set = new ResourceSet { FailsAlone = true };
        _assignments.Clear();
        foreach (ServedListener listener in _listeners.Values)
        {
            if (listener.Host is { } host)
            {
                if (listener.Served is not null || listener.Failure is not null)
                    set.Targets[host] = new TargetResource(listener.Served?.Listener, listener.Served?.Routes, listener.Failure);
            }
            else if (listener.Served is { } served)
            {
                set.Listeners[listener.Name] = served.Listener;
                set.Routed[listener.Name] = served.Routes;
            }
        }

        foreach (var (name, closure) in _served)
        {
            if (closure.Readiness != Readiness.Ready)
            {
                set.FailedClusters[name] = closure.Reason;
                continue;
            }

            set.Clusters[name] = closure.Cluster!;
            if (closure.Endpoints is not { } endpoints)
                continue;
            set.Endpoints[endpoints.Name] = endpoints;
            if (!_assignments.TryGetValue(endpoints.Name, out List<string>? users))
                _assignments[endpoints.Name] = users = [];
            users.Add(name);
        }

        foreach (ResourceEntry secret in cache[ResourceType.Secret].Values)
        {
            if (secret.Record is SecretResource record)
                set.Secrets[secret.Name] = record;
        }

        return set;
    }

    /// <summary>Takes over endpoints of clusters that are served; false when something else than endpoints depends on them.</summary>
    public bool TryReplaceEndpoints(IReadOnlyList<ResourceEntry> changed, List<EndpointsResource> replaced)
    {
        foreach (ResourceEntry entry in changed)
        {
            if (entry.Type != ResourceType.Endpoints || entry.Record is not EndpointsResource || !_assignments.ContainsKey(entry.Name))
                return false;
        }

        foreach (ResourceEntry entry in changed)
        {
            var endpoints = (EndpointsResource)entry.Record!;
            foreach (string cluster in _assignments[entry.Name])
                _served[cluster] = _served[cluster] with { Endpoints = endpoints };
            replaced.Add(endpoints);
        }

        return true;
    }

    /// <summary>With a wildcard, whatever the control plane sends is served, but for what only concerns a proxy.</summary>
    private void FollowListeners()
    {
        IReadOnlyDictionary<string, ResourceEntry> entries = cache[ResourceType.Listener];
        foreach (ServedListener gone in _listeners.Values.Where(listener => !Serves(listener.Name)).ToList())
            _listeners.Remove(gone.Name);
        foreach (string name in entries.Keys.Where(name => Serves(name) && !_listeners.ContainsKey(name)))
            _listeners.Add(name, new ServedListener(null, name));

        bool Serves(string name) => entries.TryGetValue(name, out ResourceEntry? entry) && entry.Record is not ListenerResource { IsForProxyOnly: true };
    }

    private void Update(ServedListener listener)
    {
        if (listener.Name.Length == 0)
            return;
        Want(ResourceType.Listener, listener.Name);
        ResourceEntry? entry = cache.Find(ResourceType.Listener, listener.Name);
        if (entry?.Record is not ListenerResource resource)
        {
            Settle(listener, entry, ResourceType.Listener, listener.Name);
            return;
        }

        if (resource.IsForProxyOnly)
        {
            listener.Fail($"{ResourceType.Listener} '{listener.Name}' is for servers or proxies only: no chain of it takes a client's calls");
            return;
        }

        if (resource.Inline is null)
        {
            string routesName = resource.RouteConfigurationName!;
            Want(ResourceType.RouteConfiguration, routesName);
            ResourceEntry? routesEntry = cache.Find(ResourceType.RouteConfiguration, routesName);
            if (routesEntry?.Record is not RouteConfigurationResource)
            {
                Settle(listener, routesEntry, ResourceType.RouteConfiguration, routesName);
                WantServed(listener.Served);
                return;
            }
        }

        RouteConfigurationResource routes = resource.Inline ?? cache.Record<RouteConfigurationResource>(ResourceType.RouteConfiguration, resource.RouteConfigurationName!)!;
        ListenerClosure newest = listener.Combine(resource, routes, _hosts);
        string? awaited = null;
        foreach (string cluster in newest.Clusters)
        {
            ClusterClosure closure = Find(cluster);
            bool missing = closure.Readiness == Readiness.Pending ? !closure.IsAbsent || listener.Served is not null || !clustersAreKnown() : closure.IsTransient && listener.Served is not null;
            if (missing && !IsServed(cluster))
                awaited ??= closure.Reason;
        }

        if (awaited is null)
        {
            listener.Serve(newest);
            return;
        }

        WantServed(listener.Served);
        listener.Wait(awaited);
    }

    /// <summary>
    /// A resource of a listener's tree has no content: it fails, or what is served serves on until more is known. Routes of another name
    /// that cannot be had yet are no reason to give up those that are.
    /// </summary>
    private static void Settle(ServedListener listener, ResourceEntry? entry, ResourceType type, string name)
    {
        bool moves = type == ResourceType.RouteConfiguration && listener.Served is { } served && served.Listener.RouteConfigurationName != name;
        if (entry?.Error is { } error && (!moves || entry.Status == ResourceStatus.DoesNotExist))
            listener.Fail(error);
        else
            listener.Wait(entry?.Error ?? $"{type} '{name}'");
    }

    private bool IsServed(string cluster) => _served.TryGetValue(cluster, out ClusterClosure? served) && served.Readiness == Readiness.Ready;

    /// <summary>What serves on until something newer is whole is asked for as long, and no longer.</summary>
    private void WantServed(ListenerClosure? served)
    {
        if (served?.Listener.RouteConfigurationName is { } routes)
            Want(ResourceType.RouteConfiguration, routes);
        foreach (string cluster in served?.Clusters ?? [])
            Find(cluster);
    }

    /// <summary>A cluster with all it needs, looked up once an update.</summary>
    private ClusterClosure Find(string name)
    {
        if (_newest.TryGetValue(name, out ClusterClosure? known))
            return known;
        Want(ResourceType.Cluster, XdstpName.CanonicalOf(name));
        ClusterClosure found = Look(name);
        _newest[name] = found;

        // What serves until then is kept too.
        if (found.Readiness == Readiness.Pending && _served.TryGetValue(name, out ClusterClosure? served) && served.Cluster is { Type: DiscoveryType.Eds } old)
            Want(ResourceType.Endpoints, old.EndpointsName);
        return found;
    }

    private ClusterClosure Look(string name)
    {
        ResourceEntry? entry = cache.Find(ResourceType.Cluster, XdstpName.CanonicalOf(name));
        if (entry?.Record is not ClusterResource cluster)
        {
            if (entry is null && absent is not null)
                return absent.IsGivenUp(name) ? ClusterClosure.Failed($"the control plane has no Cluster '{name}'") : ClusterClosure.Pending($"Cluster '{name}'") with { IsAbsent = true };
            return Missing(entry, ResourceType.Cluster, name);
        }

        // Routes may write the name in another way.
        if (cluster.Name != name)
            cluster = cluster with { Name = name };
        ClusterResource? served = _served.TryGetValue(name, out ClusterClosure? before) ? before.Cluster : null;

        // What cannot be called needs nothing more: its calls fail, and say why.
        if (cluster.Unsupported is not null)
            return ClusterClosure.Ready(cluster, null);
        if (FindSecrets(cluster, served) is { } unresolved)
            return unresolved;
        if (cluster.Type == DiscoveryType.Aggregate)
            return LookAtClusters(cluster);
        if (cluster.Type != DiscoveryType.Eds)
            return ClusterClosure.Ready(cluster, null);
        Want(ResourceType.Endpoints, cluster.EndpointsName);
        ResourceEntry? endpoints = cache.Find(ResourceType.Endpoints, cluster.EndpointsName);
        if (endpoints?.Record is EndpointsResource assignment)
            return ClusterClosure.Ready(cluster, assignment);
        return Missing(endpoints, ResourceType.Endpoints, cluster.EndpointsName, moves: served is not null && served.EndpointsName != cluster.EndpointsName);
    }

    /// <summary>
    /// An aggregate is known when all its clusters are, or it is known that they cannot be had (gRFC A37, A74). One that leads to itself leads
    /// nowhere there.
    /// </summary>
    private ClusterClosure LookAtClusters(ClusterResource aggregate)
    {
        if (_depth >= Aggregate.MaxDepth)
            return ClusterClosure.Failed($"aggregate clusters are nested deeper than {Aggregate.MaxDepth}, or in a circle (gRFC A37)");
        _depth++;
        ClusterClosure? pending = null;
        foreach (string name in aggregate.AggregateClusters)
        {
            if (Find(name) is { Readiness: Readiness.Pending } awaited && !IsServed(name))
                pending ??= awaited;
        }

        _depth--;
        return pending ?? ClusterClosure.Ready(aggregate, null);
    }

    /// <summary>The clusters of an aggregate are served with it; those of the old one until the new one is known.</summary>
    private void Follow(string name, HashSet<string> used)
    {
        ClusterClosure? serving = Find(name) is { Readiness: not Readiness.Pending } newest ? newest : _served.GetValueOrDefault(name);
        foreach (string below in serving?.Cluster?.AggregateClusters ?? [])
        {
            if (used.Add(below))
                Follow(below, used);
        }
    }

    /// <summary>What is missing; that something of another name cannot be had yet is no reason to give up what a cluster has.</summary>
    private static ClusterClosure Missing(ResourceEntry? entry, ResourceType type, string name, bool moves = false) =>
        entry?.Error is not { } error ? ClusterClosure.Pending($"{type} '{name}'")
        : moves && entry.Status != ResourceStatus.DoesNotExist ? ClusterClosure.Pending(error)
        : ClusterClosure.Failed(error) with { IsTransient = entry.Status is ResourceStatus.Requested or ResourceStatus.Timeout };

    /// <summary>Why a cluster's secrets are not there; null when they are.</summary>
    private ClusterClosure? FindSecrets(ClusterResource cluster, ClusterResource? served)
    {
        foreach (string? name in new[] { cluster.Tls?.CertificateSecret, cluster.Tls?.ValidationSecret })
        {
            if (name is null)
                continue;
            Want(ResourceType.Secret, name);
            ResourceEntry? secret = cache.Find(ResourceType.Secret, name);
            if (secret?.Record is null)
                return Missing(secret, ResourceType.Secret, name, moves: served is not null && served.Tls?.CertificateSecret != name && served.Tls?.ValidationSecret != name);
        }

        return null;
    }

    private void Serve(string name)
    {
        ClusterClosure newest = Find(name);
        if (newest.Readiness == Readiness.Pending && _served.TryGetValue(name, out ClusterClosure? served))
        {
            // Its own old endpoints may have moved on while the new cluster warms.
            if (served.Endpoints is { } old && cache.Record<EndpointsResource>(ResourceType.Endpoints, old.Name) is { } moved)
                _served[name] = served with { Endpoints = moved };
            return;
        }

        _served[name] = newest.Readiness == Readiness.Pending ? ClusterClosure.Failed($"{newest.Reason} has not come from the control plane yet") : newest;
    }

    private void Want(ResourceType type, string name) => _wanted[type.Index].Add(name);
}
