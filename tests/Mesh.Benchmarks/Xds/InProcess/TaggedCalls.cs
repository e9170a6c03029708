using System.Globalization;
using System.Net;
using Mesh.Calls;
using Mesh.Resources;
using Mesh.Snapshots;
using Mesh.Transport;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mesh.Benchmarks.Xds.InProcess;

/// <summary>
/// Calls one after another to the host of <see cref="RenamedTrees"/>, each answered by whoever stands for the endpoint, who knows his own
/// version and sees that of the route; and snapshots read between the calls.
/// </summary>
internal sealed class TaggedCalls : IDisposable
{
    private const int CallsBetweenYields = 32;

    private readonly SnapshotStore _store;
    private readonly HttpMessageInvoker _mesh;

    public TaggedCalls(SnapshotStore store, EndpointPools pools)
    {
        _store = store;
        pools.CreateHandler = endpoint => new TaggedEndpoint(endpoint);
        var engine = new CallEngine(store, pools, new CallSettings { RejectUnknownHosts = true }, TimeProvider.System, Random.Shared, NullLogger.Instance);
        _mesh = new HttpMessageInvoker(new MeshHandler(engine, claimsEveryHost: true, passThrough: null));
    }

    public long Calls { get; private set; }

    /// <summary>Calls and snapshots in which two versions met.</summary>
    public long Torn { get; private set; }

    /// <summary>Whether a snapshot is of one version, and this one.</summary>
    public static bool Serves(MeshSnapshot? snapshot, int version) =>
        snapshot is not null
        && snapshot.Slots.Count == 1
        && snapshot.FindCluster(Messages.ClusterName(version)) is { Failure: null, Endpoints: [var endpoint] }
        && endpoint.Resource.Host == Messages.Address(version);

    /// <summary>Calls until told to stop.</summary>
    /// <exception cref="InvalidOperationException">A call failed.</exception>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            for (int i = 0; i < CallsBetweenYields; i++)
                await CallAsync();
            if (_store.Current is { } snapshot && !Array.TrueForAll(snapshot.Clusters, IsWhole))
                Torn++;
            await Task.Yield();
        }
    }

    public void Dispose() => _mesh.Dispose();

    private async Task CallAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{Messages.Host}/");
        using HttpResponseMessage response = await _mesh.SendAsync(request, CancellationToken.None);
        Calls++;
        if (response.StatusCode == HttpStatusCode.Conflict)
            Torn++;
        else if (response.StatusCode != HttpStatusCode.OK)
            throw new InvalidOperationException($"A call failed: {response}");
    }

    private static bool IsWhole(Cluster? cluster) =>
        cluster is null || cluster is { Failure: null, Endpoints: [var endpoint] } && cluster.Name == Messages.ClusterName(VersionOf(endpoint.Resource));

    private static int VersionOf(EndpointResource endpoint)
    {
        byte[] bytes = IPAddress.Parse(endpoint.Host).GetAddressBytes();
        return (bytes[1] << 16) | (bytes[2] << 8) | bytes[3];
    }

    private sealed class TaggedEndpoint(EndpointResource endpoint) : HttpMessageHandler
    {
        private readonly string _version = VersionOf(endpoint).ToString(CultureInfo.InvariantCulture);

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            bool same = request.Headers.TryGetValues(Messages.VersionHeader, out IEnumerable<string>? seen) && seen.Single() == _version;
            return Task.FromResult(new HttpResponseMessage(same ? HttpStatusCode.OK : HttpStatusCode.Conflict) { RequestMessage = request });
        }
    }
}
