using System.Globalization;
using Mesh.Benchmarks.Harness;
using Mesh.TestKit;
using Mesh.TestKit.Peers;
using Mesh.TestKit.Processes;

namespace Mesh.Benchmarks.Xds.Peers;

/// <summary>What 1,000 hosts of 10 endpoints each, called once each, leave on the heap, less what an empty process has there.</summary>
internal static class HeapComparison
{
    private const int Hosts = 1000;
    private const int Endpoints = 10;
    private const int Rounds = 3;
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(2);

    public static async Task<Figure> RunAsync()
    {
        using var folder = new TempFolder();
        string bootstrap = Path.Combine(folder.Path, "bootstrap.json");
        await using GrpcJsBackends backends = await GrpcJsBackends.StartEverywhereAsync();
        await using GrpcJsControlPlane plane = await GrpcJsControlPlane.StartAsync();
        await plane.WriteBootstrapAsync(bootstrap);
        await plane.GenerateAsync(new GrpcJsMesh(Hosts, Endpoints, backends.Ports[""]));
        double emptyNode = await EmptyNodeAsync();
        var theirs = new List<double>();
        var ours = new List<double>();
        for (int round = 0; round < Rounds; round++)
        {
            theirs.Add(await GrpcJsAsync(bootstrap) - emptyNode);
            ours.Add(await MeshAsync(bootstrap));
        }

        return new Figure("xds.heap_ratio_vs_grpc_js", 0.5, [.. ours.Zip(theirs, (mesh, grpcJs) => mesh / grpcJs)])
        {
            Details = [("grpc_js_bytes", Statistics.Median(theirs)), ("mesh_bytes", Statistics.Median(ours)), ("empty_node_bytes", emptyNode)],
        };
    }

    private static async Task<double> GrpcJsAsync(string bootstrap)
    {
        await using GrpcJsXdsClient client = await GrpcJsXdsClient.StartAsync(bootstrap);
        Expect(await client.CallEachAsync("xds:///host-", Hosts));
        await Task.Delay(Settle);
        return (await client.GetHeapAsync()).HeapUsed;
    }

    private static async Task<double> MeshAsync(string bootstrap)
    {
        await using MeshXdsClient client = await MeshXdsClient.StartAsync(bootstrap);
        Expect(await client.CallEachAsync("host-", Hosts));
        await Task.Delay(Settle);
        MeshHeap heap = await client.GetHeapAsync();
        return heap.HeapUsed - heap.Empty;
    }

    private static async Task<double> EmptyNodeAsync()
    {
        const string Program = "global.gc(); setImmediate(() => { global.gc(); console.log(`heap ${process.memoryUsage().heapUsed}`); })";
        await using ChildProcess node = ChildProcess.Start("node", ["--expose-gc", "-e", Program]);
        return double.Parse(await node.ReadLineAsync("heap ", TimeSpan.FromSeconds(30)), CultureInfo.InvariantCulture);
    }

    private static void Expect(GrpcJsSweep sweep)
    {
        if (sweep.Codes.GetValueOrDefault("OK") != Hosts)
            throw new InvalidOperationException($"Not every host answered: {string.Join(", ", sweep.Codes)}");
    }
}
