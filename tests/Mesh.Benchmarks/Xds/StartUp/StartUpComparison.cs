using System.Diagnostics;
using System.Globalization;
using Mesh.Benchmarks.Harness;
using Mesh.TestKit;
using Mesh.TestKit.Peers;
using Mesh.TestKit.Processes;

namespace Mesh.Benchmarks.Xds.StartUp;

/// <summary>
/// From the start of a process to its first answered call: the same program with the same endpoint, by a control plane (grpc-js) and by a
/// file, in turns.
/// </summary>
internal static class StartUpComparison
{
    private const int WarmUps = 2;
    private const int Rounds = 15;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static async IAsyncEnumerable<Figure> RunAsync()
    {
        using var folder = new TempFolder();
        StartUpProgram program = await StartUpProgram.BuildAsync(folder.Path);
        await using GrpcJsBackends backends = await GrpcJsBackends.StartEverywhereAsync();
        await using GrpcJsControlPlane plane = await GrpcJsControlPlane.StartAsync();
        GrpcJsGenerated generated = await plane.GenerateAsync(new GrpcJsMesh(1, 1, backends.Ports[""]));
        await plane.WriteBootstrapAsync(folder["bootstrap.json"]);
        await File.WriteAllTextAsync(folder["mesh.yaml"], string.Create(CultureInfo.InvariantCulture, $$"""
            services:
              host-0:
                protocol: http2
                endpoints: ["{{generated.First}}:{{backends.Ports[""]}}"]
            """));
        yield return await CompareAsync("xds.start_added_ms", 25, program.ReadyToRun, folder);
        yield return await CompareAsync("xds.start_added_jit_ms", Figure.NoLimit, program.JustInTime, folder);
    }

    private static async Task<Figure> CompareAsync(string name, double limit, string program, TempFolder folder)
    {
        var xds = new List<Start>();
        var file = new List<Start>();
        for (int round = -WarmUps; round < Rounds; round++)
        {
            bool xdsFirst = round % 2 == 0;
            if (xdsFirst)
                xds.Add(await RunOnceAsync(program, folder, byXds: true));
            file.Add(await RunOnceAsync(program, folder, byXds: false));
            if (!xdsFirst)
                xds.Add(await RunOnceAsync(program, folder, byXds: true));
        }

        xds.RemoveRange(0, WarmUps);
        file.RemoveRange(0, WarmUps);
        return new Figure(name, limit, [.. xds.Zip(file, (one, other) => one.Milliseconds - other.Milliseconds)])
        {
            // On a busy machine the clock mostly measures the others.
            Details =
            [
                ("xds_ms", Statistics.Median(xds.Select(start => start.Milliseconds))),
                ("file_ms", Statistics.Median(file.Select(start => start.Milliseconds))),
                ("added_cpu_ms", Statistics.Median(xds.Zip(file, (one, other) => one.CpuMilliseconds - other.CpuMilliseconds))),
            ],
        };
    }

    private static async Task<Start> RunOnceAsync(string program, TempFolder folder, bool byXds)
    {
        // Where there is no mesh.yaml, and no file is named, the bootstrap counts.
        string empty = Directory.CreateDirectory(folder["empty"]).FullName;
        string[] arguments = byXds ? [program] : [program, folder["mesh.yaml"]];
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        if (byXds)
            environment["GRPC_XDS_BOOTSTRAP"] = folder["bootstrap.json"];
        long start = Stopwatch.GetTimestamp();
        await using ChildProcess process = ChildProcess.Start(StartUpProgram.DotNet, arguments, empty, environment);
        string[] answered = (await process.ReadLineAsync("answered ", Limit)).Split(' ');
        return new Start(
            Stopwatch.GetElapsedTime(start, long.Parse(answered[0], CultureInfo.InvariantCulture)).TotalMilliseconds,
            double.Parse(answered[1], CultureInfo.InvariantCulture));
    }

    private readonly record struct Start(double Milliseconds, double CpuMilliseconds);
}
