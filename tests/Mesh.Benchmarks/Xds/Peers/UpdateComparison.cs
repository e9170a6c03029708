using Mesh.Benchmarks.Harness;
using Mesh.TestKit;
using Mesh.TestKit.Peers;

namespace Mesh.Benchmarks.Xds.Peers;

/// <summary>
/// From the moment a control plane publishes 1,000 endpoints, every one of them new, until a call is answered by one of them: the
/// grpc-js client and the mesh in turns, on one control plane. While it is one's turn the other process stands still.
/// </summary>
internal static class UpdateComparison
{
    private const int Endpoints = 1000;
    private const int WarmUps = 3;
    private const int Rounds = 9;

    /// <summary>The grpc-js client connects to all endpoints after an update, and lets the old ones go.</summary>
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(2);

    /// <summary>For the command to be on its way before there is something to see.</summary>
    private static readonly TimeSpan Lead = TimeSpan.FromMilliseconds(100);

    public static async Task<Figure> RunAsync()
    {
        using var folder = new TempFolder();
        string bootstrap = Path.Combine(folder.Path, "bootstrap.json");
        await using GrpcJsBackends backends = await GrpcJsBackends.StartEverywhereAsync();
        await using GrpcJsControlPlane plane = await GrpcJsControlPlane.StartAsync();
        await plane.WriteBootstrapAsync(bootstrap);
        int subnet = 1;
        await PublishAsync();
        await using GrpcJsXdsClient grpcJs = await GrpcJsXdsClient.StartAsync(bootstrap);
        await using MeshXdsClient mesh = await MeshXdsClient.StartAsync(bootstrap);
        var clients = new (int Id, Func<string, Task<GrpcJsArrival>> Until)[]
        {
            (grpcJs.Id, backend => grpcJs.UntilAsync("xds:///host-0", backend, TimeSpan.FromMinutes(1), prefix: true)),
            (mesh.Id, backend => mesh.UntilAsync("host-0", backend)),
        };
        foreach (var (_, until) in clients)
            await until(Prefix());

        var times = new List<double>[] { [], [] };
        for (int round = -WarmUps; round < Rounds; round++)
        {
            foreach (int turn in round % 2 == 0 ? new[] { 0, 1 } : [1, 0])
            {
                double took = await MeasureAsync(clients[turn], clients[1 - turn]);
                if (round >= 0)
                    times[turn].Add(took);
            }
        }

        return new Figure("xds.update_ratio_vs_grpc_js", 1, [.. times[1].Zip(times[0], (ours, theirs) => ours / theirs)])
        {
            Details = [("grpc_js_ms", Statistics.Median(times[0])), ("mesh_ms", Statistics.Median(times[1]))],
        };

        async Task<double> MeasureAsync((int Id, Func<string, Task<GrpcJsArrival>> Until) measured, (int Id, Func<string, Task<GrpcJsArrival>> Until) other)
        {
            double took;
            await Task.Delay(Settle);
            using (new Frozen(other.Id))
            {
                subnet++;
                Task<GrpcJsArrival> arrival = measured.Until(Prefix());
                await Task.Delay(Lead);
                GrpcJsGenerated published = await PublishAsync();
                took = ((await arrival).At - published.At) / 1e6;
            }

            await other.Until(Prefix());
            return took;
        }

        Task<GrpcJsGenerated> PublishAsync() =>
            plane.GenerateAsync(new GrpcJsMesh(1, Endpoints, backends.Ports[""]) { Base = (subnet - 1) << 16 });

        string Prefix() => $"127.{subnet}.";
    }
}
