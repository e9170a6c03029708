using Mesh.Endpoints;
using Mesh.LoadBalancing;
using Mesh.Policies.Outliers;
using Mesh.Resources;

namespace Mesh.Snapshots;

/// <summary>
/// Holds the published snapshot behind one volatile read. Changes are made on the control loop: each is compiled whole and published
/// with one write, or refused with all its errors while the last good snapshot serves on.
/// </summary>
internal sealed class SnapshotStore(Action<EndpointState> endpointRemoved, OutlierDetectors? outliers = null)
{
    private readonly SnapshotCompiler _compiler = new(outliers);
    private readonly List<KeyValuePair<string, ResourceSet>> _sources = [];
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile MeshSnapshot? _current;
    private readonly HashSet<string> _awaited = new(StringComparer.Ordinal);

    /// <summary>The published snapshot; null before the first.</summary>
    public MeshSnapshot? Current => _current;

    /// <summary>Calls that have not ended.</summary>
    public int InFlight => _compiler.InFlight;

    /// <summary>The certificate files the published snapshot was made of; control loop only.</summary>
    public IReadOnlyCollection<string> CertificateFiles => _compiler.CertificateFiles;

    /// <summary>Completes when the first snapshot is published.</summary>
    public Task First => _first.Task;

    /// <summary>Asks for hosts when they are first called; null where no source can be asked.</summary>
    public IHostDemand? Demand { get; set; }

    /// <summary>Those who find the endpoints of clusters whose sources do not name them all; to be added before the first set comes.</summary>
    public IList<IEndpointResolution> Resolutions => _compiler.Resolutions;

    /// <summary>Those who ask endpoints something in the background; to be added before the first set comes.</summary>
    public IList<IEndpointObserver> Observers => _compiler.Observers;

    /// <summary>The instances of this program by locality; null where nobody says. To be set before the first set comes.</summary>
    public LocalZones? Zones
    {
        get => _compiler.Zones;
        set => _compiler.Zones = value;
    }

    /// <summary>Names a source whose first content must be there before the first snapshot is published.</summary>
    public void Await(string source)
    {
        _sources.Add(KeyValuePair.Create(source, new ResourceSet()));
        _awaited.Add(source);
    }

    /// <summary>
    /// Replaces all that a source gives. False, with the errors, when the whole is refused; warnings of the compilation are added too.
    /// </summary>
    public bool Replace(string source, ResourceSet set, ErrorCollector errors)
    {
        int at = _sources.FindIndex(entry => entry.Key == source);
        ResourceSet before = _sources[at].Value;
        _sources[at] = KeyValuePair.Create(source, set);
        bool wasAwaited = _awaited.Remove(source);

        // While other sources have not spoken yet, a route may name their clusters.
        if (_awaited.Count > 0)
            return true;

        bool good = false;
        try
        {
            return good = Compile(errors);
        }
        finally
        {
            if (!good)
            {
                _sources[at] = KeyValuePair.Create(source, before);
                if (wasAwaited)
                    _awaited.Add(source);
            }
        }
    }

    /// <summary>Waits for a source no longer; what the others gave is published if it was held back for it. False, with the errors, when it is refused.</summary>
    public bool Excuse(string source, ErrorCollector errors) =>
        !_awaited.Remove(source) || _awaited.Count > 0 || _sources.Count == 1 || Compile(errors);

    /// <summary>Compiles the same resources again, because files they name have changed.</summary>
    public bool Refresh(ErrorCollector errors) => _current is null || Compile(errors);

    /// <summary>Replaces load assignments. What repeats the one in use costs a comparison.</summary>
    public void Replace(string source, params IReadOnlyList<EndpointsResource> assignments)
    {
        ResourceSet set = _sources.Find(entry => entry.Key == source).Value;
        var changed = new List<EndpointsResource>(assignments.Count);
        foreach (EndpointsResource endpoints in assignments)
        {
            if (set.Endpoints.TryGetValue(endpoints.Name, out EndpointsResource? known) && known.Equals(endpoints))
                continue;
            set.Endpoints[endpoints.Name] = endpoints;
            changed.Add(endpoints);
        }

        if (changed.Count > 0 && _current is { } current)
            Publish(_compiler.WithEndpoints(changed, current));
    }

    /// <summary>Takes over what has become known of the endpoints of clusters. What repeats what is in use costs a comparison.</summary>
    public void Resolve(IEnumerable<string> clusters)
    {
        if (_current is { } current)
            Publish(_compiler.WithResolved(clusters, current));
    }

    // An endpoint that is gone is let go after the write: a call that still picks it then finds a snapshot without it.
    private void Publish(MeshSnapshot next)
    {
        _current = next;
        foreach (EndpointState removed in _compiler.TakeRemoved())
            endpointRemoved(removed);
    }

    private bool Compile(ErrorCollector errors)
    {
        MeshSnapshot previous = _current ?? MeshSnapshot.Empty;
        ResourceSet merged = MergedResources.Merge(_sources, errors);
        if (errors.HasErrors || _compiler.Compile(merged, previous, errors) is not { } next)
            return false;
        Publish(next);
        foreach (IEndpointResolution resolution in Resolutions)
            resolution.Follow(next, merged);
        _first.TrySetResult();
        return true;
    }
}
