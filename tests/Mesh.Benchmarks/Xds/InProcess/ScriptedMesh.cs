using Mesh.Control;
using Mesh.Endpoints;
using Mesh.Snapshots;
using Mesh.Sources;
using Mesh.Sources.Xds;
using Mesh.Sources.Xds.Bootstrap;
using Mesh.Wire.Discovery;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mesh.Benchmarks.Xds.InProcess;

/// <summary>All that stands between a control plane's messages and the published snapshot, over a <see cref="ScriptedPlane"/>; it asks for one host.</summary>
internal sealed class ScriptedMesh : IAsyncDisposable
{
    private readonly ControlLoop _loop;
    private readonly AdsSource _source;

    private ScriptedMesh(ControlLoop loop, SnapshotStore store, AdsSource source)
    {
        _loop = loop;
        Store = store;
        _source = source;
    }

    public SnapshotStore Store { get; }

    public static async Task<ScriptedMesh> StartAsync(ScriptedPlane plane, bool delta, TimeProvider? clock = null, Action<EndpointState>? removed = null)
    {
        var loop = new ControlLoop(clock ?? TimeProvider.System, NullLogger.Instance);
        var store = new SnapshotStore(removed ?? (_ => { }));
        var feed = new SourceFeed("xds", store, loop.TimeProvider, new SourceLog(NullLogger.Instance), triesAgain: true);
        var settings = new AdsSettings
        {
            Bootstrap = new XdsBootstrap { Servers = [new XdsServer { Uri = "scripted", Credentials = new ChannelCredentials.Insecure() }] },
            Node = new NodeIdentity { Id = "benchmark" },
            Delta = delta,
        };
        AdsSource source = await loop.RunAsync(() =>
        {
            var client = new AdsClient(settings, loop, Random.Shared, _ => plane);
            var made = new AdsSource(settings, client, feed, store, loop, new XdsLog(NullLogger.Instance), suffix: null, Random.Shared);
            made.Start([Messages.Host], TimeSpan.FromMinutes(1));
            return made;
        });
        return new ScriptedMesh(loop, store, source);
    }

    public async ValueTask DisposeAsync()
    {
        await _loop.RunAsync<object?>(() =>
        {
            _source.Stop();
            return null;
        });
        await _source.DisposeAsync();
        await _loop.DisposeAsync();
    }
}
