using System.Collections.Frozen;
using Mesh.Endpoints;
using Mesh.Identity;
using Mesh.LoadBalancing;
using Mesh.Resources;
using Mesh.Routing;

namespace Mesh.Snapshots;

/// <summary>
/// Makes the next snapshot of the previous one. What did not change is carried over by reference, so that the cost of an update
/// follows its size. Control loop only.
/// </summary>
internal sealed class SnapshotCompiler
{
    private readonly TlsIdentityLoader _tls = new();
    private readonly ClusterStates _states = new();
    private readonly List<EndpointState> _removed = [];
    private long _generation;

    /// <summary>Calls that have not ended.</summary>
    public int InFlight => _states.InFlight;

    /// <summary>
    /// The endpoints that the last compilations removed. To be asked for once their snapshot is published: until then calls pick them,
    /// and must find their connections.
    /// </summary>
    public IReadOnlyList<EndpointState> TakeRemoved()
    {
        if (_removed.Count == 0)
            return [];
        EndpointState[] removed = [.. _removed];
        _removed.Clear();
        return removed;
    }

    /// <summary>The certificate files of the last good compilation.</summary>
    public IReadOnlyCollection<string> CertificateFiles { get; private set; } = [];

    /// <summary>Compiles a whole set: the previous snapshot itself when nothing differs; null, and nothing changed, when there are errors.</summary>
    public MeshSnapshot? Compile(ResourceSet set, MeshSnapshot previous, ErrorCollector errors)
    {
        FrozenDictionary<string, int> slots = AssignSlots(set.Clusters, previous);
        Listener[] listeners = CompileListeners(set, slots, previous, errors);
        var planned = new List<(int Slot, ClusterResource Cluster, EndpointsResource Assignment, TlsIdentity? Tls)>(set.Clusters.Count);
        var inUse = new HashSet<TlsContextResource>();
        foreach (ClusterResource cluster in set.Clusters.Values)
        {
            using (errors.Owner($"Cluster '{cluster.Name}'"))
            {
                TlsIdentity? tls = LoadTls(cluster, set, inUse, errors);
                if (FindAssignment(cluster, set, errors) is { } assignment)
                    planned.Add((slots[cluster.Name], cluster, assignment, tls));
            }
        }

        if (errors.HasErrors)
            return null;

        // Nothing can fail any more: from here on states change.
        long version = previous.Version + 1;
        var clusters = new Cluster?[slots.Count == 0 ? 0 : slots.Values.Max() + 1];
        foreach (var (slot, resource, assignment, tls) in planned)
            clusters[slot] = CompileCluster(resource, assignment, tls, previous.FindCluster(resource.Name), version);
        foreach (string gone in _states.Names.Where(name => !set.Clusters.ContainsKey(name)).ToList())
            RemoveCluster(gone);
        _tls.Keep(inUse);
        CertificateFiles = [.. inUse.SelectMany(TlsIdentityLoader.Files).Distinct(StringComparer.Ordinal)];
        if (clusters.AsSpan().SequenceEqual(previous.Clusters) && listeners.AsSpan().SequenceEqual(previous.Listeners) && previous.Version > 0)
            return previous;
        return new MeshSnapshot
        {
            Version = version,
            Listeners = listeners,
            Clusters = clusters,
            Slots = slots,
            EndpointUsers = set.Clusters.Values
                .Where(cluster => cluster.Type == DiscoveryType.Eds)
                .GroupBy(cluster => cluster.EndpointsName, cluster => slots[cluster.Name], StringComparer.Ordinal)
                .ToFrozenDictionary(group => group.Key, group => group.ToArray(), StringComparer.Ordinal),
        };
    }

    /// <summary>Replaces one load assignment: copies the array of clusters, replaces the slots that use it, compiles no route.</summary>
    public MeshSnapshot WithEndpoints(EndpointsResource assignment, MeshSnapshot previous)
    {
        if (!previous.EndpointUsers.TryGetValue(assignment.Name, out int[]? users))
            return previous;
        long version = previous.Version + 1;
        var clusters = (Cluster?[])previous.Clusters.Clone();
        foreach (int slot in users)
        {
            Cluster old = clusters[slot]!;
            clusters[slot] = new Cluster(old.Resource, assignment, old.State, old.Transport, CompileEndpoints(old.State, assignment, old, version));
        }

        return new MeshSnapshot
        {
            Version = version,
            Listeners = previous.Listeners,
            Clusters = clusters,
            Slots = previous.Slots,
            EndpointUsers = previous.EndpointUsers,
        };
    }

    /// <summary>A cluster keeps its slot while it lives, so that unchanged routes stay valid.</summary>
    private static FrozenDictionary<string, int> AssignSlots(Dictionary<string, ClusterResource> clusters, MeshSnapshot previous)
    {
        if (clusters.Count == previous.Slots.Count && clusters.Keys.All(previous.Slots.ContainsKey))
            return previous.Slots;
        var slots = new Dictionary<string, int>(clusters.Count, StringComparer.Ordinal);
        var taken = new HashSet<int>();
        foreach (string name in clusters.Keys)
        {
            if (previous.Slots.TryGetValue(name, out int slot))
            {
                slots[name] = slot;
                taken.Add(slot);
            }
        }

        int next = 0;
        foreach (string name in clusters.Keys.Where(name => !slots.ContainsKey(name)))
        {
            while (!taken.Add(next))
                next++;
            slots[name] = next;
        }

        return slots.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static Listener[] CompileListeners(ResourceSet set, FrozenDictionary<string, int> slots, MeshSnapshot previous, ErrorCollector errors)
    {
        var tables = new Dictionary<RouteConfigurationResource, (RouteTable<Route> Table, IReadOnlyList<ResourceError> Warnings)>();
        var reused = new HashSet<RouteConfigurationResource>();
        if (ReferenceEquals(slots, previous.Slots))
        {
            foreach (Listener listener in previous.Listeners)
            {
                if (tables.TryAdd(listener.RouteConfiguration, (listener.Routes, listener.Warnings)))
                    reused.Add(listener.RouteConfiguration);
            }
        }

        var listeners = new List<Listener>(set.Listeners.Count);
        var ports = new Dictionary<int, string>();
        foreach (ListenerResource resource in set.Listeners.Values)
        {
            if (resource.Port is { } port && !ports.TryAdd(port, resource.Name))
            {
                using (errors.Owner($"Listener '{resource.Name}'"))
                    errors.Warning("address", $"listener '{ports[port]}' serves port {port} already, and a client has no other address to tell them apart: this one is never chosen");
            }

            RouteConfigurationResource? routes = resource.Inline;
            if (routes is null && !set.RouteConfigurations.TryGetValue(resource.RouteConfigurationName!, out routes))
            {
                using (errors.Owner($"Listener '{resource.Name}'"))
                    errors.Error("rds.route_config_name", $"no route configuration is named '{resource.RouteConfigurationName}'");
                continue;
            }

            if (!tables.TryGetValue(routes, out var compiled))
            {
                int before = errors.Items.Count;
                using (errors.Owner(resource.Inline is null ? $"RouteConfiguration '{routes.Name}'" : $"Listener '{resource.Name}'"))
                using (errors.At(resource.Inline is null ? "" : resource.InlinePath))
                    compiled.Table = RouteTableCompiler.Compile(routes, slots, errors);
                compiled.Warnings = [.. errors.Items.Skip(before)];
                tables[routes] = compiled;
            }
            else if (reused.Remove(routes))
            {
                errors.AddRange(compiled.Warnings);
            }

            listeners.Add(Array.Find(previous.Listeners, l => ReferenceEquals(l.Routes, compiled.Table) && l.Resource.Equals(resource))
                ?? new Listener(resource, routes, compiled.Table, compiled.Warnings));
        }

        return [.. listeners];
    }

    private TlsIdentity? LoadTls(ClusterResource cluster, ResourceSet set, HashSet<TlsContextResource> inUse, ErrorCollector errors)
    {
        if (cluster.Tls is null)
            return null;
        using (errors.At("transport_socket"))
        {
            if (TlsSecrets.Resolve(cluster.Tls, set.Secrets, errors) is not { } context)
                return null;
            inUse.Add(context);
            return _tls.Load(context, errors);
        }
    }

    private static EndpointsResource? FindAssignment(ClusterResource cluster, ResourceSet set, ErrorCollector errors)
    {
        if (cluster.Type != DiscoveryType.Eds)
            return cluster.LoadAssignment;
        if (set.Endpoints.TryGetValue(cluster.EndpointsName, out EndpointsResource? assignment))
            return assignment;
        errors.Error("eds_cluster_config.service_name", $"no ClusterLoadAssignment is named '{cluster.EndpointsName}'");
        return null;
    }

    private Cluster CompileCluster(ClusterResource resource, EndpointsResource assignment, TlsIdentity? tls, Cluster? previous, long version)
    {
        if (previous is not null && previous.Resource.Equals(resource) && previous.Assignment.Equals(assignment) && ReferenceEquals(previous.Transport.Tls, tls))
            return previous;
        ClusterState state = _states.Get(resource.Name);
        var transport = new TransportSettings(resource, tls, ++_generation);
        if (previous is not null && transport.IsSameAs(previous.Transport))
            transport = previous.Transport;
        return new Cluster(resource, assignment, state, transport, CompileEndpoints(state, assignment, previous, version));
    }

    private Endpoint[] CompileEndpoints(ClusterState state, EndpointsResource assignment, Cluster? previous, long version)
    {
        int count = 0;
        foreach (LocalityEndpointsResource locality in assignment.Localities)
            count += locality.Endpoints.Count;
        var endpoints = new Endpoint[count];
        int at = 0;
        foreach (LocalityEndpointsResource locality in assignment.Localities)
        {
            foreach (EndpointResource resource in locality.Endpoints)
            {
                // An endpoint that stands where it stood is carried over whole.
                Endpoint? same = previous is not null && at < previous.Endpoints.Length ? previous.Endpoints[at] : null;
                if (same is null || same.Priority != locality.Priority || same.Locality != locality.Locality || !same.Resource.Equals(resource))
                    same = new Endpoint(resource, locality.Priority, locality.Locality, StateOf(state, resource));
                same.State.LastUpdate = version;
                endpoints[at++] = same;
            }
        }

        if (state.Endpoints.Count > count)
        {
            foreach (var (key, endpoint) in state.Endpoints.Where(entry => entry.Value.LastUpdate != version).ToList())
            {
                state.Endpoints.Remove(key);
                _removed.Add(endpoint);
            }
        }

        return endpoints;
    }

    private static EndpointState StateOf(ClusterState cluster, EndpointResource resource)
    {
        var key = new EndpointKey(resource.Host, resource.Port);
        if (!cluster.Endpoints.TryGetValue(key, out EndpointState? state))
            cluster.Endpoints[key] = state = new EndpointState(resource.Address);
        return state;
    }

    private void RemoveCluster(string name)
    {
        _removed.AddRange(_states.Remove(name).Endpoints.Values);
    }
}
