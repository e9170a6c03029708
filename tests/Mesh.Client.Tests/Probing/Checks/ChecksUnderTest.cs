using System.Text;
using System.Threading.Channels;
using Mesh.Client.Tests.Policies.Retries;
using Mesh.Control;
using Mesh.Endpoints;
using Mesh.Probing.Checks;
using Mesh.Resources;
using Mesh.Snapshots;
using Mesh.Wire;
using Xunit;

namespace Mesh.Client.Tests.Probing.Checks;

/// <summary>A store whose endpoints are checked by the test itself, on the test's own clock.</summary>
internal sealed class ChecksUnderTest : IAsyncDisposable
{
    public const string A1 = "127.0.0.1:1", A2 = "127.0.0.1:2", A3 = "127.0.0.1:3", A4 = "127.0.0.1:4";

    private const string Source = "source";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private readonly SnapshotStore _store;
    private readonly ControlLoop _loop;
    private readonly ActiveChecks _checks;
    private readonly Channel<FakeProbe> _started = Channel.CreateUnbounded<FakeProbe>();
    private readonly RecordingLogger _log = new();
    private int _count;

    public ChecksUnderTest()
    {
        _store = new SnapshotStore(_ => { });
        _store.Await(Source);
        _loop = new ControlLoop(Time, _log);
        _checks = new ActiveChecks(_loop, new GivenRandom(share: 0.5), new CheckLog(_log)) { CreateProbe = (target, endpoint, time) => new FakeProbe(target, endpoint, time, OnStarted) };
        _store.Observers.Add(_checks);
    }

    public CheckTime Time { get; } = new();

    /// <summary>Checks that have begun.</summary>
    public int Count => Volatile.Read(ref _count);

    public IReadOnlyCollection<string> Log => _log.Lines;

    public MeshSnapshot Snapshot => _store.Current!;

    /// <summary>What a cluster needs of a check; more may follow it.</summary>
    public static string Check(string more = "") =>
        $"{{timeout: 1s, interval: 5s, unhealthy_threshold: 2, healthy_threshold: 2, tcp_health_check: {{}}{more}}}";

    /// <summary>A cluster with one check.</summary>
    public static string Cluster(string more, params IEnumerable<string> endpoints) => Xds.ClusterWith("c", $"health_checks: [{Check(more)}], ", endpoints);

    public EndpointState State(int at = 0) => Snapshot.FindCluster("c")!.Endpoints[at].State;

    /// <summary>All that is ever picked.</summary>
    public IEnumerable<string> Picks() =>
        Enumerable.Range(0, 50).Select(_ => Snapshot.FindCluster("c")!.Picker.Pick(default).Endpoint?.State.Address ?? "none").Distinct().Order();

    /// <summary>Publishes a whole set.</summary>
    public async Task PutAsync(params string[] resources)
    {
        Decoded decoded = Decoded.Read(Encoding.UTF8.GetBytes(Xds.Document(resources)), yaml: true, limits: new DocumentSettings());
        Assert.False(decoded.HasErrors, string.Join('\n', decoded.Findings));
        Assert.True(await _loop.RunAsync(() => _store.Replace(Source, decoded.Set, new ErrorCollector())));
    }

    /// <summary>Publishes an assignment alone.</summary>
    public Task PutEndpointsAsync(string name, params string[] addresses) => _loop.RunAsync(() =>
    {
        _store.Replace(Source, Decoded.Yaml(Xds.Document(Xds.Assignment(name, addresses))).AssertFindings().Set.Endpoints[name]);
        return 0;
    });

    /// <summary>The next check that begins.</summary>
    public async Task<FakeProbe> NextAsync() => await _started.Reader.ReadAsync().AsTask().WaitAsync(Limit);

    /// <summary>Answers what is checked next, and tells in how long the next check is due.</summary>
    public async Task<TimeSpan> AnswerAsync(CheckResult result)
    {
        (await NextAsync()).Answer(result);
        return await DueAsync();
    }

    /// <summary>Lets the time of the next check come, and answers it.</summary>
    public Task<TimeSpan> AnswerNextAsync(TimeSpan due, CheckResult result)
    {
        Time.Advance(due);
        return AnswerAsync(result);
    }

    /// <summary>In how long the next check is due, once the last result has had its effect.</summary>
    public async Task<TimeSpan> DueAsync()
    {
        TimeSpan due = await Time.NextDueAsync();
        await SettleAsync();
        return due;
    }

    /// <summary>Returns when all that was posted to the control loop has run, and what that posted too.</summary>
    public async Task SettleAsync()
    {
        await _loop.RunAsync(() => 0);
        await _loop.RunAsync(() => 0);
    }

    public Task FailAtOnceAsync(int at = 0)
    {
        Assert.IsType<EndpointChecks>(State(at).Checks).FailAtOnce();
        return SettleAsync();
    }

    public Task<bool> IsFirstRoundOverAsync() => _loop.RunAsync(() => _checks.First.Ended.IsCompleted);

    public async ValueTask DisposeAsync()
    {
        await _loop.RunAsync(() =>
        {
            _checks.Stop();
            return 0;
        });
        await _checks.DisposeAsync();
        await _loop.DisposeAsync();
        _log.Dispose();
    }

    private void OnStarted(FakeProbe probe)
    {
        Interlocked.Increment(ref _count);
        _started.Writer.TryWrite(probe);
    }
}
