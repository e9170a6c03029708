using Mesh.Control;
using Mesh.Resources;
using Mesh.Sources.Xds.Bootstrap;
using Mesh.Sources.Xds.Cache;
using Mesh.Sources.Xds.Names;
using Mesh.Sources.Xds.Saved;
using Mesh.Sources.Xds.Streams;
using Mesh.Wire.Decode;
using Mesh.Wire.Discovery;

namespace Mesh.Sources.Xds;

/// <summary>How control planes are asked.</summary>
internal sealed record AdsSettings
{
    public required XdsBootstrap Bootstrap { get; init; }

    public required NodeIdentity Node { get; init; }

    /// <summary>Ask for the delta variant, and for the other where a server has none.</summary>
    public bool Delta { get; init; }

    /// <summary>Ask for every listener and cluster, as Envoy does.</summary>
    public bool Wildcard { get; init; }

    /// <summary>The cluster of this program's own instances, asked for though no route leads to it; null for none.</summary>
    public string? LocalCluster { get; init; }

    public DecoderSettings Decoder { get; init; } = DecoderSettings.Default;
}

/// <summary>
/// Keeps a cache of what is wanted and asks the control planes for it: which of them, how long to wait for an answer, and what an
/// error means (gRFC A27, A47, A57, A71, A88). Control loop only.
/// </summary>
internal sealed class AdsClient : IAdsListener, IAsyncDisposable
{
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan SilenceOfATransientServer = TimeSpan.FromSeconds(30);

    private readonly AdsSettings _settings;
    private readonly ControlLoop _loop;
    private readonly ReplyIntake _intake;
    private readonly ControlPlanes _planes;
    private readonly ResourceTimers _timers;
    private readonly HashSet<ResourceType> _heard = [];
    private readonly HashSet<string>[] _wanted = [.. ResourceType.All.Select(_ => new HashSet<string>(StringComparer.Ordinal))];

    /// <param name="settings">How to ask.</param>
    /// <param name="loop">Where it runs.</param>
    /// <param name="random">For the jitter.</param>
    /// <param name="transport">Makes the way to a server.</param>
    public AdsClient(AdsSettings settings, ControlLoop loop, Random random, Func<XdsServer, IAdsTransport> transport)
    {
        _settings = settings;
        _loop = loop;
        _intake = new ReplyIntake(Cache, settings.Decoder, loop.TimeProvider);
        _timers = new ResourceTimers(loop, Cache, OnSilent, OnExpired);
        _planes = new ControlPlanes(settings.Bootstrap, server => new AdsConnection(server, transport(server), settings.Delta, settings.Node, this, loop, random));
    }

    public ResourceCache Cache { get; } = new();

    public ControlPlanes Planes => _planes;

    /// <summary>Told of the entries whose content or error has changed.</summary>
    public Action<IReadOnlyList<ResourceEntry>>? Changed { get; set; }

    /// <summary>Told of everything that happens.</summary>
    public Action<AdsEvent>? Observer { get; set; }

    /// <summary>What served before the process started; null where that is not kept.</summary>
    public LastKnownGood? Saved { get; set; }

    /// <summary>Whether the last known good may serve: once a control plane has been found silent.</summary>
    public bool UsesLastKnownGood { get; private set; }

    /// <summary>Whether it is known what there is of a type that everything is asked of.</summary>
    public bool HasHeard(ResourceType type) => _heard.Contains(type) || (UsesLastKnownGood && Cache[type].Count > 0);

    /// <summary>Whether the last server of the default authority could not be reached when it was tried last.</summary>
    public bool IsUnreachable => _planes.ActiveOf(_planes.Authorities[""]) is { IsOpen: false, Failure: not null };

    public bool IsWildcard(ResourceType type) => _settings.Wildcard && type.IsWholeSet;

    /// <summary>Connects.</summary>
    public void Start()
    {
        _planes.Reconcile();
        if (!_settings.Wildcard)
            return;
        foreach (ResourceType type in ResourceType.All.Where(IsWildcard))
            Ask(type);
    }

    /// <summary>Sets the names that are wanted of a type; what is wanted no more is forgotten. False when nothing differs.</summary>
    public bool Want(ResourceType type, HashSet<string> names)
    {
        HashSet<string> before = _wanted[type.Index];
        if (IsWildcard(type) || before.SetEquals(names))
            return false;
        _wanted[type.Index] = names;
        foreach (string gone in before.Where(name => !names.Contains(name)))
        {
            if (Cache.Find(type, gone) is { } entry)
                Cache.Part(entry);
        }

        var added = new List<ResourceEntry>();
        bool takesBack = false;
        foreach (string name in names.Where(name => Cache.Find(type, name) is null))
        {
            if (Cache.TakeBack(type, name))
            {
                takesBack = true;
                continue;
            }

            var entry = new ResourceEntry(type, name, AuthorityState.KeyOf(name));
            Cache.Add(entry);
            added.Add(entry);
        }

        foreach (AuthorityState authority in _planes.Authorities.Values)
            authority.IsWanted = authority.Name.Length == 0 || Cache.All.Any(entry => entry.Authority == authority.Name);
        _planes.Reconcile();
        Ask(type);
        Cache.Forget(type, entry => !_planes.Authorities.TryGetValue(entry.Authority, out AuthorityState? authority) || !authority.IsWanted || !_planes.ActiveOf(authority).IsOpen);
        if (takesBack)
            _timers.Watch(type);
        added.ForEach(OnAdded);
        return true;
    }

    /// <summary>Lets the last known good serve where nothing else is there.</summary>
    public void UseLastKnownGood()
    {
        if (UsesLastKnownGood || Saved is null)
            return;
        UsesLastKnownGood = true;
        foreach (ResourceType type in ResourceType.All.Where(IsWildcard))
        {
            foreach (string name in Saved.Names(type).Where(name => Cache.Find(type, name) is null))
                Cache.Add(new ResourceEntry(type, name, ""));
        }

        List<ResourceEntry> restored = [.. Cache.All.Where(entry => entry.Record is null && entry.Status != ResourceStatus.DoesNotExist).ToList().Where(Saved.Restore)];
        if (restored.Count == 0)
            return;
        Observer?.Invoke(new SavedServes(Saved.Path));
        Report(restored);
    }

    public ValueTask DisposeAsync() => _planes.DisposeAsync();

    /// <summary>The connections in use, each with whether a cluster was asked of it.</summary>
    public IReadOnlyCollection<KeyValuePair<AdsConnection, Func<string, bool>>> ActiveServers() =>
    [
        .. _planes.Connections.Values.Select(connection => KeyValuePair.Create<AdsConnection, Func<string, bool>>(
            connection, name => Cache.Find(ResourceType.Cluster, name) is { } entry && IsAskedOf(entry, connection))),
    ];

    /// <summary>Ends timers; on the control loop, before <see cref="DisposeAsync"/> off it.</summary>
    public void Stop() => _timers.Dispose();

    void IAdsListener.OnOpened(AdsConnection connection) => Observer?.Invoke(new StreamOpened(connection.Name, connection.IsDelta));

    void IAdsListener.OnAsked(AdsConnection connection, ResourceType type)
    {
        XdsServer server = connection.Server;
        Cache.Forget(type, entry => IsServedBy(entry, server));
        TimeSpan silence = server.ResourceTimerIsTransientError ? SilenceOfATransientServer : Silence;
        foreach (ResourceEntry entry in Cache[type].Values)
        {
            // Only once its server has been asked, and only for what nothing is known of (gRFC A57).
            if (entry is { Record: null, SilentAt: null, Status: ResourceStatus.Requested } && IsAskedOf(entry, connection))
                _timers.WaitFor(entry, silence);
        }
    }

    string? IAdsListener.OnReply(AdsConnection connection, ResourceType type, DiscoveryReply reply)
    {
        XdsServer server = connection.Server;
        var origin = new ReplyOrigin(connection.Name, connection.IsDelta, IsWildcard(type), server.FailOnDataErrors, server.TrustedXdsServer, entry => IsServedBy(entry, server));
        string? error = _intake.Take(type, reply, origin);
        _heard.Add(type);
        UsesLastKnownGood = false;
        if (_intake.HadResource)
            Return(server);
        _timers.Watch(type);
        Observer?.Invoke(new ResponseJudged(connection.Name, type, reply.Version, reply.Nonce, reply.Resources.Count, error));
        foreach (ResourceEntry entry in _intake.Changed)
        {
            if (entry.Error is { } reason && entry.Status != ResourceStatus.Nacked)
                Observer?.Invoke(new ResourceMissing(connection.Name, type, entry.Name, reason));
        }

        // A first response of a wildcard is news even if it is empty: there is nothing.
        if (_intake.Changed.Count > 0 || IsWildcard(type))
            Changed?.Invoke(_intake.Changed);
        return error;
    }

    void IAdsListener.OnClosed(AdsConnection connection, string reason, bool gotReply)
    {
        Observer?.Invoke(new StreamClosed(connection.Name, reason, gotReply));
        foreach (ResourceEntry entry in Cache.All)
        {
            if (IsAskedOf(entry, connection))
                entry.SilentAt = null;
        }

        foreach (ResourceType type in ResourceType.All)
            Cache.Forget(type, entry => IsAskedOf(entry, connection));

        // A stream that had answered before it died is no error (gRFC A57).
        if (!gotReply)
            OnUnreachable(connection, reason);
    }

    IEnumerable<KeyValuePair<string, string>> IAdsListener.Held(AdsConnection connection, ResourceType type)
    {
        XdsServer server = connection.Server;
        return Cache[type].Values
            .Where(entry => entry is { Record: not null, IsStale: false, Version.Length: > 0 } && entry.Server == connection.Name && IsServedBy(entry, server))
            .Select(entry => KeyValuePair.Create(entry.Name, entry.Version));
    }

    private void Ask(ResourceType type)
    {
        bool wildcard = IsWildcard(type);
        _planes.Ask(type, wildcard ? [] : [.. Cache[type].Values.Select(entry => KeyValuePair.Create(entry.Name, entry.Authority))], wildcard);
    }

    private void AskAll()
    {
        foreach (ResourceType type in ResourceType.All)
            Ask(type);
    }

    /// <summary>A name that nothing is known of yet: where its control plane is known to be gone, that is said at once.</summary>
    private void OnAdded(ResourceEntry entry)
    {
        if (!_planes.Authorities.TryGetValue(entry.Authority, out AuthorityState? authority))
        {
            IEnumerable<string> known = _planes.Authorities.Keys.Where(name => name.Length > 0).Select(name => $"'{AuthorityState.Show(name)}'");
            entry.Error = $"authority '{AuthorityState.Show(entry.Authority)}' of {entry.Type} '{entry.Name}' is not in the bootstrap, whose authorities are {string.Join(", ", known.DefaultIfEmpty("none"))}";
            entry.Status = ResourceStatus.DoesNotExist;
            return;
        }

        if (UsesLastKnownGood && Saved!.Restore(entry))
            return;
        AdsConnection active = _planes.ActiveOf(authority);
        if (!active.IsOpen && active.Failure is { } failure)
            OnUnreachable(active, failure);
    }

    private void OnUnreachable(AdsConnection connection, string reason)
    {
        var changed = new List<ResourceEntry>();
        bool isLast = false;
        foreach (AuthorityState authority in _planes.Authorities.Values.Where(authority => authority.IsWanted && _planes.ActiveOf(authority) == connection).ToList())
        {
            List<ResourceEntry> missing = [.. Cache.All.Where(entry => entry.Authority == authority.Name && entry.Record is null && entry.Status != ResourceStatus.DoesNotExist)];
            bool incomplete = missing.Count > 0 || (_settings.Wildcard && authority.Name.Length == 0 && Cache[ResourceType.Listener].Count == 0);
            if (incomplete && authority.Active + 1 < authority.Servers.Count)
            {
                FallBack(authority);
                continue;
            }

            isLast = true;
            foreach (ResourceEntry entry in missing)
            {
                entry.Error = $"control plane {connection.Name} cannot be reached: {reason}";
                changed.Add(entry);
            }
        }

        if (isLast)
            UseLastKnownGood();
        Report(changed);
    }

    /// <summary>The next server is asked for everything, because this one is not there and something is missing (gRFC A71).</summary>
    private void FallBack(AuthorityState authority)
    {
        authority.Active++;
        Observer?.Invoke(new ServerChanged(authority.Servers[authority.Active].Uri, AuthorityState.Show(authority.Name), IsFallback: true));
        _planes.Reconcile();
        AskAll();
    }

    /// <summary>A server before the active one gives resources again: those after it are let go (gRFC A71).</summary>
    private void Return(XdsServer server)
    {
        bool changed = false;
        foreach (AuthorityState authority in _planes.Authorities.Values)
        {
            if (authority.IndexOf(server) is >= 0 and var at && at < authority.Active)
            {
                authority.Active = at;
                changed = true;
                Observer?.Invoke(new ServerChanged(server.Uri, AuthorityState.Show(authority.Name), IsFallback: false));
            }
        }

        if (!changed)
            return;
        _planes.Reconcile();

        // It was asked before it was the one to wait for.
        IAdsListener self = this;
        AdsConnection active = _planes.Connections[server];
        foreach (ResourceType type in ResourceType.All.Where(active.HasAsked))
            self.OnAsked(active, type);
    }

    private bool IsServedBy(ResourceEntry entry, XdsServer server) =>
        _planes.Authorities.TryGetValue(entry.Authority, out AuthorityState? authority) && authority.IsSpokenTo(server);

    private bool IsAskedOf(ResourceEntry entry, AdsConnection connection) =>
        _planes.Authorities.TryGetValue(entry.Authority, out AuthorityState? authority) && authority.IsWanted && _planes.ActiveOf(authority) == connection;

    private void OnSilent(ResourceEntry entry)
    {
        AuthorityState authority = _planes.Authorities[entry.Authority];
        XdsServer server = authority.Servers[authority.Active];
        entry.Status = server.ResourceTimerIsTransientError ? ResourceStatus.Timeout : ResourceStatus.DoesNotExist;
        double waited = (server.ResourceTimerIsTransientError ? SilenceOfATransientServer : Silence).TotalSeconds;
        entry.Error = $"control plane {server.Uri} did not send {entry.Type} '{entry.Name}' within {waited:0} s of being asked: it has none of this name for "
            + $"node '{_settings.Node.Id}', or holds it back until all it has is asked for by name";
        Observer?.Invoke(new ResourceMissing(server.Uri, entry.Type, entry.Name, entry.Error));
        Report([entry]);
    }

    private void OnExpired(ResourceEntry entry)
    {
        _intake.Expire(entry);
        Observer?.Invoke(new ResourceMissing("", entry.Type, entry.Name, entry.Error!));
        Report([entry]);
    }

    private void Report(IReadOnlyList<ResourceEntry> entries) => Changed?.Invoke(entries);
}
