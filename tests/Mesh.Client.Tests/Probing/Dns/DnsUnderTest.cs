using System.Text;
using Mesh.Client.Tests.Policies.Retries;
using Mesh.Control;
using Mesh.Probing.Dns;
using Mesh.Resources;
using Mesh.Snapshots;
using Mesh.Wire;
using Mesh.Wire.Decode;
using Xunit;

namespace Mesh.Client.Tests.Probing.Dns;

/// <summary>A store whose DNS clusters are resolved by the test's own resolver, on the test's own clock.</summary>
internal sealed class DnsUnderTest : IAsyncDisposable
{
    private const string Source = "source";
    private readonly SnapshotStore _store;
    private readonly ControlLoop _loop;
    private readonly DnsClusters _dns;
    private readonly RecordingLogger _log = new();

    public DnsUnderTest()
    {
        _store = new SnapshotStore(endpoint => Removed.Add(endpoint.Address));
        _store.Await(Source);
        _loop = new ControlLoop(Time, _log);
        _dns = new DnsClusters(_store, _loop, Resolver, new GivenRandom(share: 0.5), new DnsLog(_log));
        _store.Resolutions.Add(_dns);
    }

    public DnsTime Time { get; } = new();

    public FakeResolver Resolver { get; } = new();

    /// <summary>The addresses of endpoints that were let go, in order.</summary>
    public List<string> Removed { get; } = [];

    public IReadOnlyCollection<string> Log => _log.Lines;

    public MeshSnapshot Snapshot => _store.Current!;

    /// <summary>A cluster of names, each <c>name:port</c>.</summary>
    public static string Cluster(string name, string more, params IEnumerable<string> endpoints) => Xds.ClusterWith(name, $"{more}, dns_lookup_family: ALL, ", endpoints);

    /// <summary>The endpoints of a cluster, in order.</summary>
    public IEnumerable<string> Addresses(string cluster = "c") => Snapshot.FindCluster(cluster)!.Endpoints.Select(endpoint => endpoint.State.Address);

    /// <summary>Publishes a whole set, by Envoy or by gRPC.</summary>
    public async Task<MeshSnapshot> PutAsync(XdsDialect dialect, params string[] resources)
    {
        Decoded decoded = Decoded.Read(Encoding.UTF8.GetBytes(Xds.Document(resources)), yaml: true, limits: new DocumentSettings { Decoder = new DecoderSettings { Dialect = dialect } });
        Assert.False(decoded.HasErrors, string.Join('\n', decoded.Findings));
        return await _loop.RunAsync(() =>
        {
            Assert.True(_store.Replace(Source, decoded.Set, new ErrorCollector()));
            return Snapshot;
        });
    }

    /// <summary>Publishes a whole set.</summary>
    public Task<MeshSnapshot> PutAsync(params string[] resources) => PutAsync(XdsDialect.Envoy, resources);

    /// <summary>Answers what is asked next, and tells in how long it is asked again.</summary>
    public async Task<TimeSpan> AnswerAsync(params string[] addresses) => await AnswerAsync(question => question.Answer(addresses));

    /// <inheritdoc cref="AnswerAsync(string[])"/>
    public async Task<TimeSpan> AnswerAsync(Action<FakeResolver.Question> answer)
    {
        answer(await Resolver.NextAsync());
        TimeSpan due = await Time.NextDueAsync();
        await SettleAsync();
        return due;
    }

    /// <summary>Lets the time of the next asking come, and answers.</summary>
    public async Task<TimeSpan> AnswerNextAsync(TimeSpan due, params string[] addresses)
    {
        Time.Advance(due);
        return await AnswerAsync(addresses);
    }

    /// <summary>Returns when all that was posted to the control loop has run.</summary>
    public Task SettleAsync() => _loop.RunAsync(() => 0);

    public async ValueTask DisposeAsync()
    {
        await _loop.RunAsync(() =>
        {
            _dns.Stop();
            return 0;
        });
        await _dns.DisposeAsync();
        await _loop.DisposeAsync();
        _log.Dispose();
    }
}
