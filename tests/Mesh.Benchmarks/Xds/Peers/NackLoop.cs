using System.Diagnostics;
using Mesh.Benchmarks.Harness;
using Mesh.TestKit;
using Mesh.TestKit.Peers;

namespace Mesh.Benchmarks.Xds.Peers;

/// <summary>How often the mesh refuses the same bad cluster to a control plane that sends it again at once.</summary>
internal static class NackLoop
{
    private static readonly TimeSpan Watched = TimeSpan.FromSeconds(5);

    public static async Task<Figure> RunAsync()
    {
        using var folder = new TempFolder();
        string bootstrap = Path.Combine(folder.Path, "bootstrap.json");
        await using GrpcJsControlPlane plane = await GrpcJsControlPlane.StartAsync();
        await plane.WriteBootstrapAsync(bootstrap);
        await plane.LoopNacksAsync();
        await plane.GenerateAsync(new GrpcJsMesh(1, 1, 1));
        object bad = new { name = "cluster-0", type = "ORIGINAL_DST", lbPolicy = "CLUSTER_PROVIDED" };
        await plane.SetAsync(new XdsResources { Clusters = [bad] }, types: [XdsType.Clusters]);

        await using MeshXdsClient mesh = await MeshXdsClient.StartAsync(bootstrap);
        _ = mesh.CallEachAsync("host-", 1, 1).ContinueWith(static call => call.Exception, TaskScheduler.Default);
        await plane.WaitForNackAsync(XdsType.Clusters);
        double before = await NacksAsync(plane);
        long start = Stopwatch.GetTimestamp();
        await Task.Delay(Watched);
        double nacks = await NacksAsync(plane) - before;
        return new Figure("xds.nacks_per_second", 10, [nacks / Stopwatch.GetElapsedTime(start).TotalSeconds]) { Details = [("nacks", nacks)] };
    }

    private static async Task<double> NacksAsync(GrpcJsControlPlane plane) =>
        (await plane.GetStatsAsync()).Streams.Sum(stream => stream.Types.Values.Sum(type => type.Nacks));
}
