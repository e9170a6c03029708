namespace Mesh.Client.Tests.Sources.Xds.Schedules;

/// <summary>
/// What a client is to serve, written plainly: it keeps the last good content of what it asks for; a host moves to a new tree when all of
/// that is there, and a cluster to new endpoints when these are.
/// </summary>
internal sealed class Model
{
    private readonly Dictionary<(int Type, string Name), Content?> _known = [];
    private readonly SortedDictionary<string, (string Routes, IReadOnlyList<string>? Clusters, bool Fails)> _hosts = new(StringComparer.Ordinal);

    // An assignment's name and address; a null address for a cluster that fails.
    private readonly Dictionary<string, (string Assignment, string? Address)> _clusters = [];
    private HashSet<(int, string)> _wanted = [];

    /// <summary>A mistake, to see that it is noticed: what is refused takes away what was good.</summary>
    public bool DropsWhatIsRefused { get; init; }

    public void Ask(string host)
    {
        _hosts.TryAdd(host, ("", null, false));
        Settle();
    }

    public void Receive(int type, IReadOnlyList<(string Name, Content Content)> resources)
    {
        foreach (var (name, content) in resources.Where(each => _wanted.Contains((type, each.Name))))
        {
            if (!content.IsBad || DropsWhatIsRefused)
                _known[(type, name)] = content.IsBad ? null : content;
            else
                _known.TryAdd((type, name), null);
        }

        Settle();
    }

    public string Served(string host) => _hosts[host] switch
    {
        { Clusters: { } clusters } => string.Join(' ', clusters.Select(name => _clusters[name].Address is { } address ? $"{name}={address}" : name + "!")),
        { Fails: true } => "fails",
        _ => "nothing",
    };

    private void Settle()
    {
        int before;
        do
        {
            before = _known.Count;
            _wanted = [];
            Look();
            foreach (var gone in _known.Keys.Where(key => !_wanted.Contains(key)).ToList())
                _known.Remove(gone);
        }
        while (_known.Count != before);
    }

    private void Look()
    {
        foreach (string host in _hosts.Keys.ToList())
            _hosts[host] = Look(host, _hosts[host]);
        HashSet<string> used = [.. _hosts.Values.SelectMany(host => host.Clusters ?? [])];
        foreach (string name in used)
        {
            (Content? cluster, Content? endpoints, bool isKnown) = Find(name);
            if (cluster is { LeadsTo: [var assignment] })
            {
                if (endpoints is not null)
                    _clusters[name] = (assignment, World.Address(assignment, endpoints));
                else if (_clusters.TryGetValue(name, out var old) && old.Address is not null && old.Assignment != assignment)
                    KeepOld(name, old.Assignment);
                else if (isKnown || !_clusters.ContainsKey(name))
                    _clusters[name] = (assignment, null);
            }
            else if (cluster is not null)
            {
                _clusters[name] = ("", World.Address(name, cluster));
            }
            else
            {
                _clusters[name] = ("", null);
            }
        }

        foreach (string gone in _clusters.Keys.Where(name => !used.Contains(name)).ToList())
            _clusters.Remove(gone);
    }

    private (string, IReadOnlyList<string>?, bool) Look(string host, (string Routes, IReadOnlyList<string>? Clusters, bool Fails) now)
    {
        if (!IsKnown(World.Listener, host, out Content? listener))
            return now;
        if (listener is null)
            return ("", null, true);
        string name = listener.LeadsTo[0];
        if (now.Clusters is not null)
            IsKnown(World.Routes, now.Routes, out _);
        if (!IsKnown(World.Routes, name, out Content? routes) || (routes is null && now.Clusters is not null && now.Routes != name))
            return Wait();
        if (routes is null)
            return ("", null, true);
        bool whole = true;
        foreach (string cluster in routes.LeadsTo)
            whole &= Find(cluster).IsKnown || (_clusters.TryGetValue(cluster, out var served) && served.Address is not null);
        return whole ? (name, routes.LeadsTo, false) : Wait();

        (string, IReadOnlyList<string>?, bool) Wait()
        {
            foreach (string cluster in now.Clusters ?? [])
                Find(cluster);
            return now;
        }
    }

    private void KeepOld(string cluster, string assignment)
    {
        if (IsKnown(World.Endpoints, assignment, out Content? moved) && moved is not null)
            _clusters[cluster] = (assignment, World.Address(assignment, moved));
    }

    /// <summary>A cluster with its endpoints; known when both are good, or one is known to be bad.</summary>
    private (Content? Cluster, Content? Endpoints, bool IsKnown) Find(string name)
    {
        bool isKnown = IsKnown(World.Cluster, name, out Content? cluster);
        if (cluster is not { LeadsTo: [var assignment] })
            return (cluster, null, isKnown);
        isKnown = IsKnown(World.Endpoints, assignment, out Content? endpoints);
        if (endpoints is null && _clusters.TryGetValue(name, out var old) && old.Address is not null && old.Assignment.Length > 0)
            _wanted.Add((World.Endpoints, old.Assignment));
        return (cluster, endpoints, isKnown);
    }

    private bool IsKnown(int type, string name, out Content? content)
    {
        _wanted.Add((type, name));
        return _known.TryGetValue((type, name), out content);
    }
}
