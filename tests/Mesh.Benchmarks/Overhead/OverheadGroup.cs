using System.Net;
using Mesh.Benchmarks.Harness;

namespace Mesh.Benchmarks.Overhead;

/// <summary>The <c>overhead</c> group: calls through the mesh against the same calls past it.</summary>
internal static class OverheadGroup
{
    public static async IAsyncEnumerable<Figure> RunAsync()
    {
        yield return await MemoryAsync("overhead.memory.added_ns", 350, streamed: false);
        yield return await MemoryAsync("overhead.memory_streamed.added_ns", 450, streamed: true);

        await using BenchmarkServer server = await BenchmarkServer.StartAsync();
        if (!Cores.Pin(Environment.ProcessId, core: 0) || !Cores.Pin(server.ProcessId, core: 1))
            await Console.Error.WriteLineAsync("client and server could not be put on cores of their own");

        Round[] http1 = await SocketsAsync(server.Http1, "http1", HttpVersion.Version11, Calls.GetAsync);
        yield return AddedBytes("overhead.h1.added_bytes", 700, http1);
        yield return CpuRatio("overhead.h1.cpu_ratio", http1);

        Round[] http2 = await SocketsAsync(server.Http2, "http2", HttpVersion.Version20, Calls.GetAsync);
        yield return AddedBytes("overhead.h2c.added_bytes", 700, http2);
        yield return CpuRatio("overhead.h2c.cpu_ratio", http2);

        Round[] grpc = await SocketsAsync(server.Http2, "http2", HttpVersion.Version20, Calls.GrpcAsync);
        yield return AddedBytes("overhead.grpc.added_bytes", 900, grpc);
    }

    private static async Task<Figure> MemoryAsync(string name, double limit, bool streamed)
    {
        using var bare = new HttpClient(new TerminalHandler(streamed));
        await using MeshHost host = await ForwardingMesh.StartAsync("127.0.0.1:1", "http1");
        host.Engine.Pools.CreateHandler = _ => new TerminalHandler(streamed);
        using var mesh = new HttpClient(host.CreateHandler());

        // A slice is shorter than a turn on a processor of a busy machine, so that the median slice has not lost it.
        Round[] rounds = await new Comparison(Repeat(bare, ForwardingMesh.Url, Calls.GetAsync), Repeat(mesh, ForwardingMesh.Url, Calls.GetAsync))
        {
            SlicesPerRound = 200,
            CallsPerSlice = 500,
        }.RunAsync();
        return Figure.Of(name, limit, rounds, cost => cost.Nanoseconds, (mesh, bare) => mesh - bare) with
        {
            Details =
            [
                ("baseline_ns", Figure.Median(rounds, r => r.Baseline.Nanoseconds)),
                ("mesh_ns", Figure.Median(rounds, r => r.Mesh.Nanoseconds)),
                ("added_cpu_ns", Figure.Median(rounds, r => r.Mesh.CpuNanoseconds - r.Baseline.CpuNanoseconds)),
                ("added_bytes", Figure.Median(rounds, r => r.Mesh.Bytes - r.Baseline.Bytes)),
            ],
        };
    }

    private static async Task<Round[]> SocketsAsync(string authority, string protocol, Version version, Func<HttpClient, Uri, Task> call)
    {
        using HttpClient bare = Client(Baseline.Sockets(), version);
        await using MeshHost host = await ForwardingMesh.StartAsync(authority, protocol);
        using HttpClient mesh = Client(host.CreateHandler(), version);
        return await new Comparison(Repeat(bare, new Uri($"http://{authority}{ForwardingMesh.Url.AbsolutePath}"), call), Repeat(mesh, ForwardingMesh.Url, call))
        {
            SlicesPerRound = 20,
            CallsPerSlice = 200,
        }.RunAsync();
    }

    private static HttpClient Client(HttpMessageHandler handler, Version version) => new(handler)
    {
        DefaultRequestVersion = version,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    private static Func<int, Task> Repeat(HttpClient client, Uri url, Func<HttpClient, Uri, Task> call) => async count =>
    {
        for (int i = 0; i < count; i++)
            await call(client, url);
    };

    private static Figure AddedBytes(string name, double limit, Round[] rounds) =>
        Figure.Of(name, limit, rounds, cost => cost.Bytes, (mesh, bare) => mesh - bare);

    private static Figure CpuRatio(string name, Round[] rounds) =>
        Figure.Of(name, 1.10, rounds, cost => cost.CpuNanoseconds, (mesh, bare) => mesh / bare);
}
