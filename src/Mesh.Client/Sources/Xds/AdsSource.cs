using System.Collections.Concurrent;
using Mesh.Control;
using Mesh.Resources;
using Mesh.Snapshots;
using Mesh.Sources.Xds.Bootstrap;
using Mesh.Sources.Xds.Cache;
using Mesh.Sources.Xds.Graph;
using Mesh.Sources.Xds.Loads;
using Mesh.Sources.Xds.Names;
using Mesh.Sources.Xds.Saved;

namespace Mesh.Sources.Xds;

/// <summary>
/// Control planes as a source: what a client asked for and was given becomes what is served, one snapshot after the other. A host is asked for by
/// name when it is declared or first called; with a wildcard everything is. Control loop only, but where said.
/// </summary>
internal sealed class AdsSource : IHostDemand, IAsyncDisposable
{
    /// <summary>Hosts that are asked for by name at most: names may come from whoever makes URLs.</summary>
    private const int MaxHosts = 10_000;

    /// <summary>How long a control plane that is connected may be silent before the last known good serves.</summary>
    private static readonly TimeSpan SilenceBeforeSaved = TimeSpan.FromSeconds(1);

    private readonly AdsSettings _settings;
    private readonly ControlLoop _loop;
    private readonly SnapshotStore _store;
    private readonly SourceFeed _feed;
    private readonly XdsLog _log;
    private readonly ResourceGraph _graph;
    private readonly AbsentClusters _absent;
    private readonly LoadReporters _loads;
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _asked = new(StringComparer.OrdinalIgnoreCase);
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string? _suffix;
    private ITimer? _patience;
    private ITimer? _silence;
    private bool _updating;
    private bool _updateAgain;
    private bool _spoken;

    /// <param name="settings">How control planes are asked.</param>
    /// <param name="client">Asks them.</param>
    /// <param name="feed">The way into the store.</param>
    /// <param name="store">The store.</param>
    /// <param name="loop">Where it runs.</param>
    /// <param name="log">The log.</param>
    /// <param name="suffix">Hosts under it belong to the mesh (<c>.svc.cluster.local</c>); null for none.</param>
    /// <param name="random">For jitter.</param>
    public AdsSource(AdsSettings settings, AdsClient client, SourceFeed feed, SnapshotStore store, ControlLoop loop, XdsLog log, string? suffix, Random random)
    {
        _settings = settings;
        Client = client;
        _feed = feed;
        _store = store;
        _loop = loop;
        _log = log;
        _suffix = suffix;
        _absent = new AbsentClusters(loop, Update);
        _graph = new ResourceGraph(client.Cache, settings.Wildcard ? _absent : null, () => client.HasHeard(ResourceType.Cluster)) { LocalCluster = settings.LocalCluster };
        _loads = new LoadReporters(store, settings.Node, loop, random, OnEvent);
        client.Changed = OnChanged;
        client.Observer = OnEvent;
    }

    public AdsClient Client { get; }

    public ResourceGraph Graph => _graph;

    /// <summary>Told of everything that happens, after the log; null when nobody asks.</summary>
    public Action<AdsEvent>? Observer { get; set; }

    /// <summary>Ends when what was declared has come, or why it cannot is known, or waiting was given up.</summary>
    public Task Ready => _ready.Task;

    /// <summary>Connects, and asks for the hosts that are declared.</summary>
    public void Start(IEnumerable<string> hosts, TimeSpan patience)
    {
        foreach (ResourceError warning in _settings.Bootstrap.Warnings)
            _log.Bootstrap(warning);
        Client.Saved?.Load();
        Client.Start();
        foreach (string host in hosts.Where(_ => !_settings.Wildcard))
            Add(host);
        Update();

        // Others must not wait for a control plane that is not there.
        _patience = _loop.Schedule(patience, Timeout.InfiniteTimeSpan, GiveUpWaiting);
        WatchSilence();
    }

    /// <summary>Stops what runs on the control loop; before <see cref="DisposeAsync"/> off it.</summary>
    public void Stop()
    {
        Client.Stop();
        _patience?.Dispose();
        _silence?.Dispose();
        _absent.Dispose();
        Client.Changed = null;
        foreach (TaskCompletionSource waiting in _asked.Values)
            waiting.TrySetResult();
    }

    public async ValueTask DisposeAsync()
    {
        await _loads.DisposeAsync().ConfigureAwait(false);
        await Client.DisposeAsync().ConfigureAwait(false);
        if (Client.Saved is { } saved)
            await saved.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Single names belong to the mesh, and those under the node's suffix. From anywhere.</summary>
    public bool Claims(string host) =>
        !_settings.Wildcard
        && ((!host.Contains('.', StringComparison.Ordinal) && !host.Contains(':', StringComparison.Ordinal) && !host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
            || (_suffix is not null && host.EndsWith(_suffix, StringComparison.OrdinalIgnoreCase)));

    /// <inheritdoc/>
    public Task AskAsync(string authority)
    {
        if (_settings.Wildcard)
            return Task.CompletedTask;
        if (_asked.TryGetValue(authority, out TaskCompletionSource? known))
            return known.Task;
        if (_asked.Count >= MaxHosts)
            return Task.CompletedTask;
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource first = _asked.GetOrAdd(authority, asked);
        if (ReferenceEquals(first, asked))
            _loop.Post(() => Ask(authority));
        return first.Task;
    }

    /// <inheritdoc/>
    public string WhyNot(string authority) => _loop.Read(() =>
    {
        string server = string.Join(", ", Client.Planes.Connections.Values.Select(connection => connection.Name));
        if (_settings.Wildcard)
            return $"no listener of control plane {server} serves it";
        if (!_graph.Listeners.TryGetValue(authority, out ServedListener? listener))
            return $"it was not asked of control plane {server}: {_asked.Count} hosts are asked for already, and at most {MaxHosts} are";
        return $"control plane {server} has not sent {listener.Awaited ?? $"Listener '{listener.Name}'"} yet (node '{_settings.Node.Id}')";
    });

    private void Ask(string authority)
    {
        if (!_graph.Listeners.ContainsKey(authority))
            Add(authority);
        Update();
        WatchSilence();
    }

    private void Add(string host)
    {
        var errors = new ErrorCollector();
        var (authority, name) = ListenerNames.TryParseTarget(host, out string xdsAuthority, out string xdsHost) ? (xdsAuthority, xdsHost) : ("", host);
        string? listener = ListenerNames.For(_settings.Bootstrap, authority, name, errors);
        var served = new ServedListener(name, XdstpName.CanonicalOf(listener ?? ""));
        if (listener is null)
            served.Fail(string.Join("; ", errors.Items.Select(item => item.Message)));
        if (!_graph.Listeners.ContainsKey(name))
            _graph.Add(served);
    }

    private void OnEvent(AdsEvent happened)
    {
        _log.Write(happened);
        Observer?.Invoke(happened);
    }

    private void OnChanged(IReadOnlyList<ResourceEntry> changed)
    {
        Client.Saved?.Note(changed);
        foreach (ResourceEntry entry in changed)
            _log.Findings(entry.Warnings);
        var replaced = new List<EndpointsResource>(changed.Count);
        if (changed.Count > 0 && _spoken && !_updating && _feed.IsCurrent && _graph.TryReplaceEndpoints(changed, replaced))
            _store.Replace(_feed.Name, replaced);
        else
            Update();
    }

    /// <summary>
    /// Finds out what is served and what is to be asked for, until nothing changes any more: what is asked for may be known at once to be
    /// missing, or be there from before.
    /// </summary>
    private void Update()
    {
        if (_updating)
        {
            _updateAgain = true;
            return;
        }

        _updating = true;
        try
        {
            do
            {
                _updateAgain = false;
                _graph.Update();
                foreach (ResourceType type in ResourceType.All)
                    _updateAgain |= Client.Want(type, _graph.Wanted(type));
            }
            while (_updateAgain);
        }
        finally
        {
            _updating = false;
        }

        Speak();
    }

    /// <summary>Publishes what is served; the first time, once all that was declared is known.</summary>
    private void Speak()
    {
        bool settled = _graph.Listeners.Values.All(listener => listener.Served is not null || listener.Failure is not null)
            && (!_settings.Wildcard || Client.HasHeard(ResourceType.Listener));
        if (_spoken || settled)
            Publish();
        if (settled || Client.IsUnreachable)
            _ready.TrySetResult();
    }

    private void Publish()
    {
        _spoken = true;
        ResourceSet set = _graph.Build();
        _feed.Publish(set, "", [], static findings => findings, isUpdate: true);
        _loads.Follow(Client.ActiveServers());
        foreach (string host in set.Targets.Keys)
        {
            if (_asked.TryGetValue(host, out TaskCompletionSource? asked))
                asked.TrySetResult();
        }
    }

    /// <summary>Others must not wait for a control plane that is not there.</summary>
    private void GiveUpWaiting()
    {
        _ready.TrySetResult();
        if (_spoken)
            return;
        if (_settings.Wildcard)
        {
            _feed.Excuse();
            return;
        }

        Publish();
    }

    private void WatchSilence()
    {
        if (Client.Saved is null || Client.UsesLastKnownGood)
            return;
        _silence?.Dispose();
        _silence = _loop.Schedule(SilenceBeforeSaved, Timeout.InfiniteTimeSpan, () =>
        {
            if (Client.Cache.All.Any(entry => entry is { Record: null, Status: ResourceStatus.Requested }) || (_settings.Wildcard && !Client.HasHeard(ResourceType.Listener)))
                Client.UseLastKnownGood();
        });
    }
}
