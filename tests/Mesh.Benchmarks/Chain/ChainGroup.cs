using System.Net;
using Mesh.Benchmarks.Harness;
using Mesh.Benchmarks.Overhead;

namespace Mesh.Benchmarks.Chain;

/// <summary>
/// The <c>chain</c> group: what a call costs more through a mesh with every policy at work (<see cref="ChainMesh"/>) than past it, and beside
/// it what Polly.Core's retry and timeout cost, which are two of them. Nobody listens to either.
/// </summary>
internal static class ChainGroup
{
    public static async IAsyncEnumerable<Figure> RunAsync()
    {
        yield return await MeshInMemoryAsync();
        using (HttpClient bare = Client(new TerminalHandler(streamed: false)), polly = Client(Baseline.Polly(new TerminalHandler(streamed: false))))
            yield return Nanoseconds("chain.polly.added_ns", Figure.NoLimit, await InMemory(bare, polly).RunAsync());

        // Least request compares two at least.
        await using BenchmarkServer first = await BenchmarkServer.StartAsync(), second = await BenchmarkServer.StartAsync();
        if (!Cores.Pin(Environment.ProcessId, core: 0) || !Cores.Pin(first.ProcessId, core: 1) || !Cores.Pin(second.ProcessId, core: 1))
            await Console.Error.WriteLineAsync("client and servers could not be put on cores of their own");
        var direct = new Uri($"http://{first.Http1}{ChainMesh.Url.AbsolutePath}");

        await using (MeshHost host = await ChainMesh.StartAsync("http_protocol_options", first.Http1, second.Http1))
        {
            using HttpClient bare = Client(Baseline.Sockets()), mesh = Client(host.CreateHandler());
            yield return Bytes("chain.h1.added_bytes", 1024, await Sockets(bare, direct, mesh, ChainMesh.Url).RunAsync());
        }

        using (HttpClient bare = Client(Baseline.Sockets()), polly = Client(Baseline.Polly(Baseline.Sockets())))
            yield return Bytes("chain.polly.added_bytes", Figure.NoLimit, await Sockets(bare, direct, polly, direct).RunAsync());
    }

    private static async Task<Figure> MeshInMemoryAsync()
    {
        using HttpClient bare = Client(new TerminalHandler(streamed: false));
        await using MeshHost host = await ChainMesh.StartAsync("http_protocol_options", "127.0.0.1:1", "127.0.0.1:2", "127.0.0.1:3", "127.0.0.1:4");
        host.Engine.Pools.CreateHandler = _ => new TerminalHandler(streamed: false);
        using HttpClient mesh = Client(host.CreateHandler());
        return Nanoseconds("chain.memory.added_ns", 600, await InMemory(bare, mesh).RunAsync());
    }

    // A slice is shorter than a turn on a processor of a busy machine, so that the median slice has not lost it.
    private static Comparison InMemory(HttpClient bare, HttpClient measured) => new(Repeat(bare, ChainMesh.Url), Repeat(measured, ChainMesh.Url))
    {
        SlicesPerRound = 200,
        CallsPerSlice = 500,
    };

    private static Comparison Sockets(HttpClient bare, Uri direct, HttpClient measured, Uri url) => new(Repeat(bare, direct), Repeat(measured, url))
    {
        SlicesPerRound = 20,
        CallsPerSlice = 200,
    };

    private static HttpClient Client(HttpMessageHandler handler) => new(handler) { DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };

    /// <summary>A call as those of the overhead group, with a header to be hashed.</summary>
    private static Func<int, Task> Repeat(HttpClient client, Uri url) => async count =>
    {
        for (int i = 0; i < count; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, url) { VersionPolicy = client.DefaultVersionPolicy };
            request.Headers.TryAddWithoutValidation(ChainMesh.UserHeader, "4711");
            using HttpResponseMessage response = await client.SendAsync(request, CancellationToken.None);
            if (response.StatusCode != HttpStatusCode.OK)
                throw new InvalidOperationException($"Not the answer of the benchmark's server: {response}");
        }
    };

    private static Figure Nanoseconds(string name, double limit, Round[] rounds) =>
        Figure.Of(name, limit, rounds, cost => cost.Nanoseconds, (measured, bare) => measured - bare) with
        {
            Details =
            [
                ("baseline_ns", Figure.Median(rounds, r => r.Baseline.Nanoseconds)),
                ("measured_ns", Figure.Median(rounds, r => r.Mesh.Nanoseconds)),
                ("added_cpu_ns", Figure.Median(rounds, r => r.Mesh.CpuNanoseconds - r.Baseline.CpuNanoseconds)),
                ("added_bytes", Figure.Median(rounds, r => r.Mesh.Bytes - r.Baseline.Bytes)),
            ],
        };

    private static Figure Bytes(string name, double limit, Round[] rounds) =>
        Figure.Of(name, limit, rounds, cost => cost.Bytes, (measured, bare) => measured - bare) with
        {
            Details =
            [
                ("baseline_bytes", Figure.Median(rounds, r => r.Baseline.Bytes)),
                ("measured_bytes", Figure.Median(rounds, r => r.Mesh.Bytes)),
                ("cpu_ratio", Figure.Median(rounds, r => r.Mesh.CpuNanoseconds / r.Baseline.CpuNanoseconds)),
            ],
        };
}
