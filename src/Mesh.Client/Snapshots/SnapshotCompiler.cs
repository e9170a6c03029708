using Mesh.Endpoints;
using Mesh.Identity;
using Mesh.LoadBalancing;
using Mesh.Policies.Outliers;
using Mesh.Resources;
using Mesh.Routing;

namespace Mesh.Snapshots;

/// <summary>
/// Makes the next snapshot of the previous one. What did not change is carried over by reference, so that the cost of an update
/// follows its size. Control loop only.
/// </summary>
internal sealed class SnapshotCompiler
{
    private readonly OutlierDetectors _outliers;
    private readonly TlsIdentityLoader _tls = new();
    private readonly ClusterStates _states;
    private readonly List<EndpointState> _removed = [];
    private long _generation;

    public SnapshotCompiler(OutlierDetectors? outliers = null)
    {
        _outliers = outliers ?? OutlierDetectors.Default;
        _states = new ClusterStates(_outliers.TimeProvider, _outliers.Random);
    }

    /// <summary>Those who find the endpoints of clusters whose sources do not name them all.</summary>
    public List<IEndpointResolution> Resolutions { get; } = [];

    /// <summary>Those who ask endpoints something in the background.</summary>
    public List<IEndpointObserver> Observers { get; } = [];

    /// <summary>The instances of this program by locality; null where nobody says. To be set before the first set is compiled.</summary>
    public LocalZones? Zones { get; set; }

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
        Dictionary<string, int> slots = ClusterSlots.Assign(set, previous);
        Listener[] listeners = ListenerCompiler.Compile(set, slots, previous, errors);
        Dictionary<string, Target> targets = ListenerCompiler.CompileTargets(set, slots, previous, errors);
        var planned = new List<PlannedCluster>(slots.Count);
        var inUse = new HashSet<TlsContextResource>();
        foreach (ClusterResource cluster in set.Clusters.Values)
        {
            if (Plan(cluster, set, previous, inUse, errors) is { } plan)
                planned.Add(plan);
        }

        if (errors.HasErrors)
            return null;

        // Nothing can fail any more: from here on states change.
        foreach (var (name, reason) in set.FailedClusters)
            planned.Add(PlannedCluster.Failed(name, reason));
        long version = previous.Version + 1;
        var clusters = new Cluster?[slots.Count == 0 ? 0 : slots.Values.Max() + 1];
        foreach (PlannedCluster plan in planned)
            clusters[slots[plan.Cluster.Name]] = CompileCluster(plan, previous.FindCluster(plan.Cluster.Name), version);
        foreach (string gone in _states.Names.Where(name => !slots.ContainsKey(name)).ToList())
            RemoveCluster(gone);
        _tls.Keep(inUse);
        CertificateFiles = inUse.Count == 0 ? [] : [.. inUse.SelectMany(TlsIdentityLoader.Files).Distinct(StringComparer.Ordinal)];
        if (previous.Version > 0 && clusters.AsSpan().SequenceEqual(previous.Clusters) && listeners.AsSpan().SequenceEqual(previous.Listeners) && ReferenceEquals(targets, previous.Targets))
            return previous;
        return new MeshSnapshot
        {
            Version = version,
            Listeners = listeners,
            Targets = targets,
            Clusters = clusters,
            Slots = slots,
            EndpointUsers = EndpointUsers(clusters, previous),
        };
    }

    /// <summary>Replaces load assignments: copies the array of clusters, replaces the slots that use them, compiles no route.</summary>
    public MeshSnapshot WithEndpoints(IReadOnlyList<EndpointsResource> assignments, MeshSnapshot previous)
    {
        var replaced = new List<(int Slot, EndpointsResource Assignment)>(assignments.Count);
        foreach (EndpointsResource assignment in assignments)
        {
            if (previous.EndpointUsers.TryGetValue(assignment.Name, out int[]? users))
                replaced.AddRange(users.Select(slot => (slot, assignment)));
        }

        return WithEndpoints(replaced, previous);
    }

    /// <summary>Asks again for the endpoints of clusters that are resolved, and replaces the slots of those that have others now.</summary>
    public MeshSnapshot WithResolved(IEnumerable<string> names, MeshSnapshot previous)
    {
        var replaced = new List<(int Slot, EndpointsResource Assignment)>();
        foreach (string name in names)
        {
            if (previous.FindCluster(name) is { Failure: null } cluster && FindByResolution(cluster.Resource) is { } assignment && !assignment.Equals(cluster.Assignment))
                replaced.Add((previous.Slots[name], assignment));
        }

        return WithEndpoints(replaced, previous);
    }

    private MeshSnapshot WithEndpoints(List<(int Slot, EndpointsResource Assignment)> replaced, MeshSnapshot previous)
    {
        if (replaced.Count == 0)
            return previous;
        long version = previous.Version + 1;
        var clusters = (Cluster?[])previous.Clusters.Clone();
        foreach (var (slot, assignment) in replaced)
        {
            Cluster old = clusters[slot]!;
            Endpoint[] endpoints = CompileEndpoints(old.State, assignment, old, version);
            Observers.ForEach(observer => observer.Set(old.Resource, old.State, old.Transport, endpoints, old.Endpoints));
            clusters[slot] = new Cluster(old.Resource, assignment, old.State, old.Transport, endpoints, Zones);
        }

        return new MeshSnapshot
        {
            Version = version,
            Listeners = previous.Listeners,
            Targets = previous.Targets,
            Clusters = clusters,
            Slots = previous.Slots,
            EndpointUsers = previous.EndpointUsers,
        };
    }

    /// <summary>What a cluster is to be compiled of; null after reporting why it cannot be. One that fails alone is planned to fail.</summary>
    private PlannedCluster? Plan(ClusterResource cluster, ResourceSet set, MeshSnapshot previous, HashSet<TlsContextResource> inUse, ErrorCollector errors)
    {
        bool alone = set.FailsAlone || set.LoneClusters.Contains(cluster.Name);
        ErrorCollector findings = alone && cluster.Tls is not null ? new ErrorCollector() : errors;
        using (findings.Owner($"Cluster '{cluster.Name}'"))
        {
            TlsIdentity? tls = LoadTls(cluster, set, inUse, findings);
            if (ReferenceEquals(findings, errors) || !findings.HasErrors)
                return FindAssignment(cluster, set, findings) is { } assignment ? new PlannedCluster(cluster, assignment, tls, null) : null;
        }

        // Certificates that cannot be loaded now do not take away those that were.
        if (previous.FindCluster(cluster.Name) is { Failure: null, Transport.Tls: { } loaded } before && before.Resource.Equals(cluster) && FindAssignment(cluster, set, errors) is { } known)
            return new PlannedCluster(cluster, known, loaded, null);
        return PlannedCluster.Failed(cluster.Name, string.Join("; ", findings.Items.Where(item => item.Severity == Severity.Error).Select(item => item.ToString())));
    }

    private static Dictionary<string, int[]> EndpointUsers(Cluster?[] clusters, MeshSnapshot previous)
    {
        // The same clusters in the same slots use the same assignments.
        bool same = clusters.Length == previous.Clusters.Length;
        for (int i = 0; same && i < clusters.Length; i++)
            same = ReferenceEquals(clusters[i]?.Resource, previous.Clusters[i]?.Resource);
        if (same)
            return previous.EndpointUsers;
        var users = new Dictionary<string, int[]>(StringComparer.Ordinal);
        for (int i = 0; i < clusters.Length; i++)
        {
            if (clusters[i] is { Failure: null, Resource: { Type: DiscoveryType.Eds } resource })
                users[resource.EndpointsName] = users.TryGetValue(resource.EndpointsName, out int[]? others) ? [.. others, i] : [i];
        }

        return users;
    }

    private TlsIdentity? LoadTls(ClusterResource cluster, ResourceSet set, HashSet<TlsContextResource> inUse, ErrorCollector errors)
    {
        if (cluster.Tls is null || cluster.Unsupported is not null)
            return null;
        using (errors.At("transport_socket"))
        {
            if (TlsSecrets.Resolve(cluster.Tls, set.Secrets, errors) is not { } context)
                return null;
            inUse.Add(context);
            return _tls.Load(context, errors);
        }
    }

    private EndpointsResource? FindAssignment(ClusterResource cluster, ResourceSet set, ErrorCollector errors)
    {
        // What cannot be called needs no endpoints: its calls say why.
        if (cluster.Unsupported is not null)
            return new EndpointsResource(cluster.Name, []);
        if (cluster.Type == DiscoveryType.Aggregate)
            return FindClusters(cluster, set, errors);
        if (cluster.Type != DiscoveryType.Eds)
            return FindByResolution(cluster) ?? cluster.LoadAssignment;
        if (set.Endpoints.TryGetValue(cluster.EndpointsName, out EndpointsResource? assignment))
            return assignment;
        if (set.LacksEndpoints(cluster) && FindByResolution(cluster) is { } found)
            return found;
        errors.Error("eds_cluster_config.service_name", $"no ClusterLoadAssignment is named '{cluster.EndpointsName}'");
        return null;
    }

    /// <summary>An aggregate cluster has no endpoints of its own; one of its clusters that is not known is passed over (gRFC A74).</summary>
    private static EndpointsResource FindClusters(ClusterResource aggregate, ResourceSet set, ErrorCollector errors)
    {
        foreach (string name in aggregate.AggregateClusters.Where(name => !set.Clusters.ContainsKey(name) && !set.FailedClusters.ContainsKey(name)))
            errors.Warning("cluster_type.typed_config.clusters", $"no cluster is named '{name}': it is passed over");
        return new EndpointsResource(aggregate.Name, []);
    }

    private EndpointsResource? FindByResolution(ClusterResource cluster)
    {
        foreach (IEndpointResolution resolution in Resolutions)
        {
            if (resolution.Find(cluster) is { } assignment)
                return assignment;
        }

        return null;
    }

    private Cluster CompileCluster(PlannedCluster plan, Cluster? previous, long version)
    {
        ClusterState state = _states.Get(plan.Cluster.Name);
        _outliers.Configure(state, plan.Cluster.OutlierDetection);
        if (previous is not null && previous.Resource.Equals(plan.Cluster) && previous.Assignment.Equals(plan.Assignment) && ReferenceEquals(previous.Transport.Tls, plan.Tls) && previous.Failure == (plan.Failure ?? plan.Cluster.Unsupported))
            return previous;
        var transport = new TransportSettings(plan.Cluster, plan.Tls, ++_generation);
        if (previous is not null && transport.IsSameAs(previous.Transport))
            transport = previous.Transport;
        Endpoint[] endpoints = CompileEndpoints(state, plan.Assignment, previous, version);
        Observers.ForEach(observer => observer.Set(plan.Cluster, state, transport, endpoints, previous?.Endpoints ?? []));
        return new Cluster(plan.Cluster, plan.Assignment, state, transport, endpoints, Zones) { Failure = plan.Failure ?? plan.Cluster.Unsupported };
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

                // Connections that stand stay, as those of the name of a LOGICAL_DNS cluster.
                if (!resource.AdditionalAddresses.Span.SequenceEqual(same.State.AdditionalAddresses))
                    same.State.AdditionalAddresses = [.. resource.AdditionalAddresses];
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

        OutlierDetectors.SetEndpoints(state);
        return endpoints;
    }

    private static EndpointState StateOf(ClusterState cluster, EndpointResource resource)
    {
        var key = new EndpointKey(resource.Host, resource.Port, resource.DnsName);
        if (!cluster.Endpoints.TryGetValue(key, out EndpointState? state))
            cluster.Endpoints[key] = state = new EndpointState(resource.Address) { AddedAt = cluster.TimeProvider.GetTimestamp() };
        return state;
    }

    private void RemoveCluster(string name)
    {
        if (Zones?.Cluster == name)
            Zones.Update([]);
        ClusterState removed = _states.Remove(name);
        _removed.AddRange(removed.Endpoints.Values);
        Observers.ForEach(observer => observer.Remove(removed));
    }

    /// <summary>What a cluster is compiled of.</summary>
    private readonly record struct PlannedCluster(ClusterResource Cluster, EndpointsResource Assignment, TlsIdentity? Tls, string? Failure)
    {
        public static PlannedCluster Failed(string name, string reason) =>
            new(new ClusterResource { Name = name, Type = DiscoveryType.Static }, new EndpointsResource(name, default), null, reason);
    }
}
