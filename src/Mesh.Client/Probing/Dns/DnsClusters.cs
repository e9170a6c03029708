using System.Net;
using Mesh.Control;
using Mesh.Resources;
using Mesh.Snapshots;

namespace Mesh.Probing.Dns;

/// <summary>
/// Keeps the names of DNS clusters resolved. STRICT_DNS: every address of an answer is an endpoint; an answer without addresses takes them all
/// away, and a failure leaves them as they are. LOGICAL_DNS: new connections of the one endpoint go to the first address of the newest answer,
/// connections that stand are left alone, and an answer without addresses counts as a failure (Envoy: "Service discovery"). Nobody waits for a
/// first answer: until then a name is resolved as a connection to it is made. Control loop only, but <see cref="DisposeAsync"/>.
/// </summary>
internal sealed class DnsClusters : IEndpointResolution, IAsyncDisposable
{
    private readonly SnapshotStore _store;
    private readonly ControlLoop _loop;
    private readonly DnsLookup _lookup;
    private readonly Random _random;
    private readonly DnsLog _log;
    private readonly Dictionary<DnsName, ResolvedName> _names = [];
    private readonly Dictionary<DnsQuestion, DnsRefresh> _refreshes = [];
    private readonly List<Task> _ending = [];
    private bool _stopped;

    public DnsClusters(SnapshotStore store, ControlLoop loop, IDnsResolver resolver, Random random, DnsLog log)
    {
        _store = store;
        _loop = loop;
        _lookup = new DnsLookup(resolver, loop.TimeProvider);
        _random = random;
        _log = log;
    }

    /// <inheritdoc/>
    public EndpointsResource? Find(ClusterResource cluster)
    {
        if (cluster is not { Dns: { } settings, LoadAssignment: { } assignment } || !DnsExpansion.Applies(cluster))
            return null;
        bool strict = cluster.Type == DiscoveryType.StrictDns;
        return DnsExpansion.Expand(assignment, host => _names.GetValueOrDefault(new DnsName(host, settings.LookupFamily)) is { } name ? strict ? name.Set : name.Ordered : null);
    }

    /// <inheritdoc/>
    public void Follow(MeshSnapshot snapshot, ResourceSet set)
    {
        if (_stopped)
            return;
        foreach (ResolvedName name in _names.Values)
            name.Clusters.Clear();
        var asked = new HashSet<DnsQuestion>();
        foreach (Cluster? cluster in snapshot.Clusters)
        {
            if (cluster is not { Failure: null, Resource: { Dns: { } settings, LoadAssignment: { } assignment } })
                continue;
            foreach (string host in DnsExpansion.Names(assignment))
            {
                var name = new DnsName(host, settings.LookupFamily);
                asked.Add(new DnsQuestion(name, settings, EmptyFails: cluster.Resource.Type == DiscoveryType.LogicalDns));
                if (!_names.TryGetValue(name, out ResolvedName? known))
                    _names[name] = known = new ResolvedName();
                known.Clusters.Add(cluster.Name);
                Point(cluster, known);
            }
        }

        foreach (DnsQuestion gone in _refreshes.Keys.Where(question => !asked.Contains(question)).ToList())
            End(gone);
        foreach (DnsName gone in _names.Where(entry => entry.Value.Clusters.Count == 0).Select(entry => entry.Key).ToList())
            _names.Remove(gone);
        foreach (DnsQuestion question in asked.Where(question => !_refreshes.ContainsKey(question)))
        {
            _refreshes[question] = new DnsRefresh(question, _lookup, _loop, _random, OnAnswered);
            _refreshes[question].Ask();
        }
    }

    /// <summary>Asks for no name any more; before <see cref="DisposeAsync"/> off the control loop.</summary>
    public void Stop()
    {
        _stopped = true;
        foreach (DnsQuestion question in _refreshes.Keys.ToList())
            End(question);
    }

    /// <summary>Ends when no resolution is under way any more.</summary>
    public async ValueTask DisposeAsync() => await Task.WhenAll(_ending).ConfigureAwait(false);

    private void End(DnsQuestion question)
    {
        _refreshes.Remove(question, out DnsRefresh? refresh);
        _ending.RemoveAll(task => task.IsCompleted);
        _ending.Add(refresh!.DisposeAsync().AsTask());
    }

    private void OnAnswered(DnsQuestion question, DnsOutcome outcome)
    {
        if (!_names.TryGetValue(question.Name, out ResolvedName? name))
            return;
        Note(question, name, outcome);
        if (outcome.Failure is not null)
            return;
        if (name.Take(outcome.Addresses))
            _store.Resolve(name.Clusters);
        foreach (string cluster in name.Clusters)
        {
            if (_store.Current?.FindCluster(cluster) is { } found)
                Point(found, name);
        }
    }

    /// <summary>Points new connections of a cluster's one endpoint to the newest addresses.</summary>
    private static void Point(Cluster cluster, ResolvedName name)
    {
        if (cluster is { Resource.Type: DiscoveryType.LogicalDns, Endpoints: [var endpoint] } && !DnsExpansion.Applies(cluster.Resource) && name.Newest is { } newest)
            endpoint.State.Resolved = newest;
    }

    private void Note(DnsQuestion question, ResolvedName name, DnsOutcome outcome)
    {
        bool isFailing = outcome.Addresses.Length == 0;
        if (isFailing == name.IsFailing)
            return;
        name.IsFailing = isFailing;
        string host = question.Name.Host;
        if (!isFailing)
            _log.Resolved(host, outcome.Addresses.Length);
        else if (outcome.Failure is null)
            _log.Failed(host, name.Clusters, "the answer holds no address", "It has no endpoints now");
        else
            _log.Failed(host, name.Clusters, outcome.Failure, name.Set is null ? "Connections to it are made by its name" : "Its last addresses serve on");
    }
}
