using Mesh.Control;
using Mesh.Resources;
using Mesh.Snapshots;
using Mesh.Sources;
using Mesh.Sources.Xds;
using Mesh.Sources.Xds.Bootstrap;
using Mesh.Sources.Xds.Cache;
using Mesh.Sources.Xds.Saved;
using Mesh.Wire.Decode;
using Mesh.Wire.Discovery;
using Xunit;

namespace Mesh.Client.Tests.Sources.Xds.Fakes;

/// <summary>How a client is set up; as it is, it asks one server host by host, in state of the world.</summary>
internal sealed record AdsSetup
{
    public const string Uri = "cp:1";

    public IReadOnlyList<XdsServer> Servers { get; init; } = [Server(Uri)];

    public IReadOnlyDictionary<string, XdsAuthority> Authorities { get; init; } = new Dictionary<string, XdsAuthority>();

    public bool Delta { get; init; }

    public bool Wildcard { get; init; }

    /// <summary>Where the last known good is kept; null for nowhere.</summary>
    public string? Folder { get; init; }

    public string? Suffix { get; init; }

    public static XdsServer Server(string uri, params string[] features) =>
        new() { Uri = uri, Credentials = new ChannelCredentials.Insecure(), Features = [.. features] };
}

/// <summary>The source of control planes with its store, over servers and a clock that the test owns. Each step of the test ends when all is quiet again.</summary>
internal sealed class AdsUnderTest : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly Dictionary<string, FakeServer> _servers = new(StringComparer.Ordinal);
    private readonly ControlLoop _loop;
    private readonly List<string> _torn = [];
    private bool _started;

    public AdsUnderTest(AdsSetup? setup = null, VirtualTime? time = null, Action<FakeServer>? servers = null)
    {
        setup ??= new AdsSetup();
        Time = time ?? new VirtualTime();
        _loop = new ControlLoop(Time, Log);
        Store = new SnapshotStore(_ => { });
        var feed = new SourceFeed("xds", Store, Time, new SourceLog(Log), triesAgain: true) { Published = _ => CheckWhole() };
        var settings = new AdsSettings
        {
            Bootstrap = new XdsBootstrap { Servers = setup.Servers, Authorities = setup.Authorities },
            Node = new NodeIdentity { Id = "me" },
            Delta = setup.Delta,
            Wildcard = setup.Wildcard,
        };
        foreach (XdsServer server in setup.Servers.Concat(setup.Authorities.Values.SelectMany(authority => authority.Servers)).DistinctBy(server => server.Uri))
        {
            _servers[server.Uri] = new FakeServer(Time);
            servers?.Invoke(_servers[server.Uri]);
        }

        var log = new XdsLog(Log);
        Client = new AdsClient(settings, _loop, new Random(1), server => _servers[server.Uri].Connect());
        if (setup.Folder is { } folder)
            Client.Saved = new LastKnownGood(folder, setup.Servers.Select(server => server.Uri), DecoderSettings.Default, _loop, log.Saved);
        Source = new AdsSource(settings, Client, feed, Store, _loop, log, setup.Suffix, new Random(1)) { Observer = Events.Add };
    }

    public VirtualTime Time { get; }

    public RecordingLogger Log { get; } = new();

    public SnapshotStore Store { get; }

    public AdsClient Client { get; }

    public AdsSource Source { get; }

    public List<AdsEvent> Events { get; } = [];

    public MeshSnapshot Snapshot => Store.Current!;

    /// <summary>The first of the servers.</summary>
    public FakeServer Server => _servers.Values.First();

    /// <summary>Its newest stream.</summary>
    public FakeStream Stream => Server.Stream;

    public FakeServer ServerOf(string uri) => _servers[uri];

    public static async Task<AdsUnderTest> StartAsync(params string[] hosts) => await StartAsync(new AdsSetup(), hosts);

    public static async Task<AdsUnderTest> StartAsync(AdsSetup setup, params string[] hosts)
    {
        var test = new AdsUnderTest(setup);
        await test.BeginAsync(hosts);
        return test;
    }

    public async Task BeginAsync(params string[] hosts)
    {
        _started = true;
        await OnLoopAsync(() => Source.Start(hosts, TimeSpan.FromSeconds(2)));
    }

    /// <summary>Does something on the control loop, and waits until all is quiet.</summary>
    public async Task OnLoopAsync(Action action)
    {
        await _loop.RunAsync<object?>(() =>
        {
            action();
            return null;
        });
        await SettleAsync();
    }

    /// <summary>Does something as a server, and waits until all is quiet.</summary>
    public async Task DoAsync(Action action)
    {
        action();
        await SettleAsync();
    }

    public T Read<T>(Func<T> read) => _loop.Read(read);

    public ResourceEntry? Entry(ResourceType type, string name) => Read(() => Client.Cache.Find(type, name));

    /// <summary>Says all there is of a type, in state of the world.</summary>
    public Task SendAsync(string type, string version, params string[] resources) => DoAsync(() => Stream.Send(type, version, resources));

    /// <summary>Asks for a host, as its first call does.</summary>
    public async Task<Task> AskAsync(string host)
    {
        Task asked = Source.AskAsync(host);
        await SettleAsync();
        return asked;
    }

    /// <summary>Lets time pass; whatever falls due on the way is worked off at its own time.</summary>
    public async Task PassAsync(double seconds)
    {
        await SettleAsync();
        long target = Time.GetTimestamp() + TimeSpan.FromSeconds(seconds).Ticks;
        for (int steps = 0; Time.NextDue is { } due && due <= target; steps++)
        {
            if (steps == 100_000)
                throw new TimeoutException("Timers fall due without end.");
            Time.Advance(TimeSpan.FromTicks(Math.Max(0, due - Time.GetTimestamp())));
            await SettleAsync();
        }

        Time.Advance(TimeSpan.FromTicks(target - Time.GetTimestamp()));
        await SettleAsync();
    }

    /// <summary>Returns when nothing happens any more until time passes or a server speaks.</summary>
    public async Task SettleAsync()
    {
        long start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            long before = Changes();
            bool quiet = IsQuiet(await WantedAsync());
            int wanted = await WantedAsync();
            if (quiet && before == Changes() && IsQuiet(wanted))
                break;
            if (TimeProvider.System.GetElapsedTime(start) > Limit)
                throw new TimeoutException("The client does not come to rest.");
            await Task.Yield();
        }

        Assert.Empty(_torn);
        Assert.DoesNotContain(Log.Lines, line => line.Contains("ControlItemFailed", StringComparison.Ordinal));
    }

    /// <summary>
    /// What is served for a host: <c>c1=10.0.0.1:80,10.0.0.2:80 c2=...</c>; <c>fails: why</c>; <c>nothing</c>. A cluster that fails is
    /// <c>c1!</c>, one that is not there <c>c1?</c>.
    /// </summary>
    public string Served(string host)
    {
        if (Store.Current is not { } snapshot || !snapshot.Targets.TryGetValue(host, out Target? target))
            return "nothing";
        return target.Listener is { } listener ? string.Join(' ', Destinations(listener).Select(name => Show(snapshot, name))) : $"fails: {target.Failure}";
    }

    /// <summary>What a listener serves, as <see cref="Served"/>.</summary>
    public string ServedBy(string listener) => Store.Current?.Listeners.FirstOrDefault(each => each.Name == listener) is { } known
        ? string.Join(' ', Destinations(known).Select(name => Show(Snapshot, name)))
        : "nothing";

    public async ValueTask DisposeAsync()
    {
        if (_started)
        {
            await _loop.RunAsync<object?>(() =>
            {
                Source.Stop();
                return null;
            });
        }

        await Source.DisposeAsync();
        await _loop.DisposeAsync();
    }

    private static IEnumerable<string> Destinations(Listener listener) => listener.Routes.VirtualHosts
        .SelectMany(host => host.Routes)
        .SelectMany(entry => entry.Route.Destinations)
        .Select(destination => destination.Name)
        .Distinct();

    private static string Show(MeshSnapshot snapshot, string name) => snapshot.FindCluster(name) switch
    {
        null => name + "?",
        { Failure: not null } => name + "!",
        var cluster => $"{name}={string.Join(',', cluster.Endpoints.Select(endpoint => endpoint.State.Address))}",
    };

    private long Changes() => _servers.Values.Sum(server => server.Changes + server.Streams.Sum(stream => stream.Reads)) + Time.Armed;

    /// <summary>How many connections the client wants; one that it has left may not be closed yet.</summary>
    private Task<int> WantedAsync() => _loop.RunAsync(() => Client.Planes.Connections.Count);

    private bool IsQuiet(int wanted)
    {
        int connections = _servers.Values.Sum(server => server.Connections);
        return connections == wanted && _servers.Values.Sum(server => server.Waiting) + Time.Sleeping == connections;
    }

    // gRFC A74: whatever is published leads nowhere that is not there.
    private void CheckWhole()
    {
        MeshSnapshot snapshot = Store.Current!;
        foreach (Listener listener in snapshot.AllListeners)
        {
            foreach (string name in Destinations(listener).Where(name => name.Length > 0 && snapshot.FindCluster(name) is null))
                _torn.Add($"snapshot {snapshot.Version}: listener '{listener.Name}' leads to cluster '{name}', which is not there");
        }
    }
}
