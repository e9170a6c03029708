using Mesh.Calls;
using Mesh.Control;
using Mesh.LoadBalancing;
using Mesh.Policies.Outliers;
using Mesh.Probing.Checks;
using Mesh.Probing.Dns;
using Mesh.Probing.Loads;
using Mesh.Resources;
using Mesh.Snapshots;
using Mesh.Sources;
using Mesh.Sources.Discovery;
using Mesh.Sources.File;
using Mesh.Sources.Settings;
using Mesh.Sources.Xds;
using Mesh.Sources.Xds.Bootstrap.Platform;
using Mesh.Transport;
using Mesh.Wire;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Primitives;

namespace Mesh;

/// <summary>
/// A running mesh: its sources, its published configuration and its connections. <c>AddMesh()</c> makes one for an application;
/// programs without dependency injection start one themselves.
/// </summary>
public sealed class MeshHost : IAsyncDisposable, IDisposable
{
    /// <summary>How long the connections of a replaced generation may be used by calls that were on them.</summary>
    private static readonly TimeSpan GenerationDrain = TimeSpan.FromMinutes(10);

    private readonly MeshOptions _options;
    private readonly ControlLoop _loop;
    private readonly SnapshotStore _store;
    private readonly EndpointPools _pools;
    private readonly DnsClusters _dns;
    private readonly DiscoveredClusters? _discovered;
    private readonly ActiveChecks _checks;
    private readonly LoadStreams _loads;
    private readonly SourceLog _log;
    private readonly List<SourceFeed> _feeds = [];
    private readonly List<IDisposable> _owned = [];
    private readonly Lazy<Task> _started;
    private readonly Random _random;
    private readonly XdsLog _xdsLog;
    private AdsSource? _xds;
    private readonly string _contentRoot;
    private int _startedInBackground;
    private bool _attached;
    private int _disposed;

    internal MeshHost(MeshOptions options, string contentRoot, TimeProvider timeProvider, ILoggerFactory loggers, Random? random = null)
    {
        _options = options;
        _contentRoot = contentRoot;
        _pools = new EndpointPools(timeProvider, GenerationDrain);
        _random = random ?? Random.Shared;
        _store = new SnapshotStore(_pools.Retire, new OutlierDetectors(timeProvider, _random, new OutlierLog(loggers.CreateLogger("Mesh.Outliers"))));
        if (options.LocalClusterName is { } local)
            _store.Zones = new LocalZones(local) { Locality = options.Locality ?? ZoneCounts.NoLocality };
        _log = new SourceLog(loggers.CreateLogger("Mesh.Sources"));
        _loop = new ControlLoop(timeProvider, loggers.CreateLogger("Mesh.Control"));
        _dns = new DnsClusters(_store, _loop, options.DnsResolver ?? PlatformDnsResolver.Instance, _random, new DnsLog(loggers.CreateLogger("Mesh.Dns")));
        _store.Resolutions.Add(_dns);
        if (options.EndpointDiscovery is { } discovery)
        {
            _discovered = new DiscoveredClusters(discovery, _store, _loop, _random, new DiscoveryLog(loggers.CreateLogger("Mesh.Discovery")));
            _store.Resolutions.Add(_discovered);
        }

        _checks = new ActiveChecks(_loop, _random, new CheckLog(loggers.CreateLogger("Mesh.HealthChecks")));
        if (options.ActiveHealthChecks ?? !LambdaPlatform.IsFunction(Environment.GetEnvironmentVariable))
            _store.Observers.Add(_checks);
        _loads = new LoadStreams(timeProvider, _random, new LoadLog(loggers.CreateLogger("Mesh.Loads")));
        _store.Observers.Add(_loads);
        _xdsLog = new XdsLog(loggers.CreateLogger("Mesh.Xds"));
        _started = new Lazy<Task>(StartSourcesAsync);
        var settings = new CallSettings
        {
            FirstConfigTimeout = options.FirstConfigTimeout,
            BodyReplayLimit = options.BodyReplayLimit,
            ThrowOnLocalReply = options.ThrowOnLocalReply,
            TrustEnvoyHeaders = options.TrustEnvoyHeaders,
            Hosts = [.. options.Hosts],
            RejectUnknownHosts = options.UnknownHosts == UnknownHosts.Reject,
        };
        Engine = new CallEngine(_store, _pools, settings, timeProvider, _random, loggers.CreateLogger("Mesh.Calls"));
        State = new MeshState(_store, _feeds, _loop, () => _xds);
    }

    /// <summary>What the mesh knows right now.</summary>
    public IMeshState State { get; }

    internal CallEngine Engine { get; }

    internal SnapshotStore Store => _store;

    /// <summary>Told of everything that happens with control planes; to be set before the start.</summary>
    internal Action<AdsEvent>? XdsObserver { get; init; }

    /// <summary>The control planes; null where none are asked.</summary>
    internal AdsSource? Xds => _xds;

    /// <summary>Reads what belongs to the control loop, between two of its steps.</summary>
    internal T Read<T>(Func<T> read) => _loop.Read(read);

    /// <summary>Starts a mesh and waits for its first configuration.</summary>
    /// <param name="options">The options.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The running mesh; dispose it to drain and stop it.</returns>
    /// <exception cref="MeshConfigurationException">The options or the first configuration were refused, with all errors.</exception>
    public static async Task<MeshHost> StartAsync(MeshOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        List<string> errors = [.. MeshOptionsValidator.Errors(options)];
        if (errors.Count > 0)
            throw new MeshConfigurationException("The mesh options were refused.", errors);
        var host = new MeshHost(options, Directory.GetCurrentDirectory(), TimeProvider.System, NullLoggerFactory.Instance);
        try
        {
            await host.StartAsync(cancellationToken).ConfigureAwait(false);
            return host;
        }
        catch
        {
            await host.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>
    /// Makes a handler whose every call goes through the mesh, for an <see cref="HttpClient"/> or a gRPC channel's
    /// <c>HttpHandler</c>. Handlers share the mesh's connections; disposing one closes none.
    /// </summary>
    /// <returns>The handler.</returns>
    public HttpMessageHandler CreateHandler()
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        return new MeshHandler(Engine, claimsEveryHost: true, passThrough: null);
    }

    /// <summary>
    /// Stops taking calls, waits up to <see cref="MeshOptions.DrainTimeout"/> for those in flight, then closes every connection.
    /// </summary>
    /// <returns>A task that ends when everything has stopped.</returns>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        Engine.IsClosing = true;
        if (_attached)
            _options.InMemory?.Detach();
        await Engine.DrainAsync(_options.DrainTimeout).ConfigureAwait(false);
        await _loop.RunAsync(StopSources).ConfigureAwait(false);
        if (_xds is { } xds)
            await xds.DisposeAsync().ConfigureAwait(false);
        await _dns.DisposeAsync().ConfigureAwait(false);
        await _checks.DisposeAsync().ConfigureAwait(false);
        await _loads.DisposeAsync().ConfigureAwait(false);
        if (_discovered is not null)
            await _discovered.DisposeAsync().ConfigureAwait(false);
        await _loop.DisposeAsync().ConfigureAwait(false);
        _pools.Close();
    }

    /// <summary>As <see cref="DisposeAsync"/>, blocking; for containers that dispose synchronously.</summary>
    public void Dispose() => Task.Run(() => DisposeAsync().AsTask()).GetAwaiter().GetResult();

    /// <summary>Starts the sources once; every caller waits for the same start.</summary>
    internal Task StartAsync(CancellationToken cancellationToken) => _started.Value.WaitAsync(cancellationToken);

    /// <summary>Starts the sources for a client that is being made; what goes wrong has nobody to tell but the log.</summary>
    internal void StartInBackground()
    {
        if (Interlocked.Exchange(ref _startedInBackground, 1) == 0)
            _ = _started.Value.ContinueWith(start => _log.StartFailed(start.Exception!.GetBaseException().Message), CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
    }

    private async Task StartSourcesAsync()
    {
        bool others = _options.Settings is not null || _options.InMemory is not null || FindFile() is not null;
        XdsOptions? options = _options.Xds ?? (!others && XdsSetup.IsInEnvironment() ? new XdsOptions() : null);
        XdsSetup? setup = options is null ? null : await XdsSetup.PrepareAsync(options, CancellationToken.None).ConfigureAwait(false);
        if (setup is not null && _options.Locality is null && _store.Zones is { } zones)
            zones.Locality = setup.Locality;
        await _loop.RunAsync(() => StartSources(setup)).ConfigureAwait(false);
        if (_xds is { } xds)
            await xds.Ready.ConfigureAwait(false);

        // A registry that is late or down holds up the start no longer than a call would wait.
        if (_discovered is { } discovered)
            await discovered.FirstSetsAsync().WaitAsync(_options.FirstConfigTimeout, _loop.TimeProvider).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        // Until it is checked an endpoint counts as unhealthy: as Envoy does not use a cluster before.
        Task firstRound = _loop.Read(() => _checks.First.Ended);
        if (!firstRound.IsCompleted)
            await firstRound.WaitAsync(_options.FirstConfigTimeout, _loop.TimeProvider).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>The configuration file; it is looked for where no control plane was asked for in so many words.</summary>
    private string? FindFile() => _options.ConfigurationPath ?? (_options.Xds is null ? ConfigurationLookup.Find(_contentRoot) : null);

    private object? StartSources(XdsSetup? xds)
    {
        var limits = new DocumentSettings(_options.MaxDocumentBytes, _options.MaxDocumentDepth) { Decoder = _options.Decoding };
        var starts = new List<Action>();
        if (FindFile() is { } path)
        {
            var file = new FileSource(path, limits, Feed($"{(Directory.Exists(path) ? "directory" : "file")} {path}", triesAgain: true));
            _owned.Add(file);
            starts.Add(() => file.Start(_loop, _options.ReloadDebounce));
        }

        if (_options.Settings is { } settings)
            starts.Add(AddSettings(settings, new TextSource(Feed("settings", triesAgain: true), limits, _contentRoot)));
        if (_options.InMemory is { } memory)
            starts.Add(AddInMemory(memory, new TextSource(Feed("memory", triesAgain: false), limits, _contentRoot)));
        if (xds is not null)
            starts.Add(AddXds(xds));
        if (starts.Count == 0)
            throw new MeshConfigurationException(ConfigurationLookup.NotFound(_contentRoot));

        foreach (Action start in starts)
            start();
        _owned.Add(new CertificateWatch(_loop, _options.ReloadDebounce, _store, _log));

        // A control plane may be late; a file that is bad stays bad.
        List<string> errors = [.. _feeds.SelectMany(feed => feed.Errors).Select(e => e.ToString())];
        return errors.Count == 0 ? null : throw new MeshConfigurationException("The mesh configuration was refused.", errors);
    }

    private object? StopSources()
    {
        _xds?.Stop();
        _owned.ForEach(owned => owned.Dispose());
        _dns.Stop();
        _checks.Stop();
        _loads.Stop();
        _discovered?.Stop();
        return null;
    }

    private SourceFeed Feed(string name, bool triesAgain)
    {
        var feed = new SourceFeed(name, _store, _loop.TimeProvider, _log, triesAgain) { Published = TryOthersAgain };
        _feeds.Add(feed);
        return feed;
    }

    private void TryOthersAgain(SourceFeed published)
    {
        foreach (SourceFeed feed in _feeds.Where(feed => feed != published))
            feed.TryAgain();
    }

    private Action AddSettings(IConfiguration settings, TextSource source)
    {
        _owned.Add(ChangeToken.OnChange(settings.GetReloadToken, () => _loop.Post(() => source.Update(SettingsText.Of(settings), yaml: false))));
        return () => source.Update(SettingsText.Of(settings), yaml: false);
    }

    private Action AddXds(XdsSetup setup)
    {
        SourceFeed feed = Feed($"xds {setup.Servers}", triesAgain: true);
        AdsSource xds = setup.Create(feed, _store, _loop, _xdsLog, _options, _random);
        xds.Observer = XdsObserver;
        feed.Refine = view => XdsViews.Refine(view, xds, _loop);
        _xds = xds;
        if (!_options.Xds?.Wildcard ?? true)
            _store.Demand = xds;
        return () => xds.Start(_options.Hosts.Where(host => host[0] != '.'), _options.FirstConfigTimeout);
    }

    private Action AddInMemory(InMemorySource memory, TextSource source)
    {
        memory.Attach(yaml => [.. _loop.RunAsync(() => source.Update(yaml, yaml: true)).GetAwaiter().GetResult().Select(e => e.ToString())]);
        _attached = true;
        return () => source.Update(memory.Text, yaml: true);
    }
}
