using System.Collections.Concurrent;
using Mesh.Calls;
using Mesh.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mesh.Client.Tests.Calls;

/// <summary>A mesh of one test: its configuration is a text, its clock may be the test's, and it notes every outcome and log line.</summary>
internal sealed class TestMesh : IAsyncDisposable
{
    private static readonly TimeSpan SettleLimit = TimeSpan.FromSeconds(10);

    private readonly TempFolder _contentRoot = new();
    private readonly ConcurrentQueue<CallOutcome> _outcomes = new();

    public TestMesh(string yaml, Action<MeshOptions>? configure = null, TimeProvider? time = null, Random? random = null)
    {
        Memory = new InMemorySource(yaml);
        var options = new MeshOptions { InMemory = Memory, DrainTimeout = TimeSpan.Zero };
        configure?.Invoke(options);
        Host = new MeshHost(options, _contentRoot.Path, time ?? TimeProvider.System, Log, random);
        Host.Engine.OutcomeObserver = _outcomes.Enqueue;
        Client = new HttpClient(Host.CreateHandler());
    }

    public InMemorySource Memory { get; }

    public MeshHost Host { get; }

    /// <summary>A client whose every call goes through the mesh.</summary>
    public HttpClient Client { get; }

    public TestLog Log { get; } = new();

    /// <summary>How the calls ended, in the order they did.</summary>
    public IReadOnlyList<CallOutcome> Outcomes => [.. _outcomes];

    /// <summary>How the only call ended.</summary>
    public CallOutcome Outcome => Outcomes.Single();

    public int InFlight => Host.Engine.InFlight;

    /// <summary>Attempts sent to each endpoint of a cluster.</summary>
    public IEnumerable<long> Attempts(string cluster) => Host.State.Clusters.Single(c => c.Name == cluster).Endpoints.Select(e => e.Calls);

    /// <summary>A client of the same mesh whose chances the test knows.</summary>
    public HttpClient CreateClient(Random random)
    {
        var engine = new CallEngine(Host.Store, Host.Engine.Pools, new CallSettings(), TimeProvider.System, random, NullLogger.Instance);
        return new HttpClient(new MeshHandler(engine, claimsEveryHost: true, passThrough: null));
    }

    public Task SettledAsync() => SettledAsync(Host);

    /// <summary>Waits until nothing is counted as being in flight, in any of the three places that count.</summary>
    public static Task SettledAsync(MeshHost host) => Wait.EventuallyAsync(
        () => host.Engine.InFlight == 0 && host.State.Clusters.All(c => c.InFlight == 0 && c.Endpoints.All(e => e.InFlight == 0)),
        SettleLimit,
        "no call in flight");

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        Client.Dispose();
        _contentRoot.Dispose();
    }
}
