using System.Net;
using Mesh.Benchmarks.Chain;
using Mesh.Benchmarks.Harness;
using Mesh.Benchmarks.Overhead;

namespace Mesh.Benchmarks.Sidecar;

/// <summary>
/// The <c>sidecar</c> group: what a call costs more through the mesh, in the caller's process, than straight to the server; over what it costs
/// more through two proxies. Both do nothing but forward; beside it the same with every policy of the <see cref="ChainMesh"/>, which the proxies
/// have none of. Every 2 ms, so 500 times a second, each way makes one call after the other, so that whatever the machine does meanwhile happens
/// to all of them.
/// </summary>
internal static class SidecarGroup
{
    private const int Rounds = 21;
    private const int CallsPerRound = 1500;
    private const int CallsOfWarmUp = 50;

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(2);

    public static async IAsyncEnumerable<Figure> RunAsync()
    {
        ProxyProgram[] programs = [ProxyProgram.Haproxy, ProxyProgram.Nginx];
        if (programs.FirstOrDefault(program => program.Path is null) is { } missing)
            throw new InvalidOperationException($"The proxies of this group cannot run here: {missing.Name} is not installed.");

        await using BenchmarkServer server = await BenchmarkServer.StartAsync();
        var target = new ProxyTarget(server.Http1, server.Http2);
        await using ProxyPair haproxy = await ProxyPair.StartAsync(programs[0], target), nginx = await ProxyPair.StartAsync(programs[1], target);

        // One call is under way at a time, so that nobody waits for a core; and nobody is moved from one to the other.
        if (!Cores.Pin(Environment.ProcessId, core: 0) || !new[] { server.ProcessId }.Concat(haproxy.ProcessIds).Concat(nginx.ProcessIds).All(id => Cores.Pin(id, core: 1)))
            await Console.Error.WriteLineAsync("client and servers could not be put on cores of their own");

        foreach (bool http2 in new[] { false, true })
        {
            await using MeshHost mesh = await ForwardingMesh.StartAsync(Authority(target, http2), http2 ? "http2" : "http1");
            await using MeshHost chain = await ChainMesh.StartAsync(http2 ? "http2_protocol_options" : "http_protocol_options", Authority(target, http2));
            foreach (Figure figure in await CompareAsync(mesh, chain, target, [haproxy, nginx], http2))
                yield return figure;
        }
    }

    private static async Task<List<Figure>> CompareAsync(MeshHost forwarding, MeshHost chaining, ProxyTarget target, ProxyPair[] pairs, bool http2)
    {
        using Lane direct = Straight(target, http2, proxies: null);
        using Lane mesh = Through(forwarding, http2), chain = Through(chaining, http2);
        Lane[] proxied = [.. pairs.Select(pair => Straight(pair.Listens, http2, () => pair.Cpu))];
        Lane[] lanes = [direct, mesh, chain, .. proxied];
        await WarmUp.RunAsync(async () =>
        {
            for (int i = 0; i < CallsOfWarmUp; i++)
            {
                foreach (Lane lane in lanes)
                    await lane.CallAsync();
            }
        });

        var rounds = new List<LaneCost[]>();
        for (int round = 0; round < Rounds; round++)
        {
            GC.Collect();
            Array.ForEach(lanes, lane => lane.Begin());
            using var due = new PeriodicTimer(Pace, TimeProvider.System);
            for (int call = 0; call < CallsPerRound; call++)
            {
                // Each comes after each other way as often as after any.
                await due.WaitForNextTickAsync(CancellationToken.None);
                for (int i = 0; i < lanes.Length; i++)
                    await lanes[(call + (call / lanes.Length % 2 == 0 ? i : lanes.Length - i)) % lanes.Length].MeasureAsync();
            }

            rounds.Add([.. lanes.Select(lane => lane.End())]);
        }

        foreach (Lane lane in proxied)
            lane.Dispose();
        return [.. pairs.SelectMany((pair, i) => Figures($"sidecar.{pair.Name}.{(http2 ? "h2c" : "h1")}", rounds, 3 + i))];
    }

    /// <summary>The figures of one pair of proxies.</summary>
    private static IEnumerable<Figure> Figures(string name, List<LaneCost[]> rounds, int proxied)
    {
        foreach (var (prefix, lane, p50, cpu) in new[] { ("", 1, 0.05, 0.1), ("chain_", 2, Figure.NoLimit, Figure.NoLimit) })
        {
            yield return new Figure($"{name}.{prefix}p50_ratio", p50, [.. rounds.Select(r => (r[lane].P50 - r[0].P50) / (r[proxied].P50 - r[0].P50))])
            {
                Details = [("direct_us", Median(0, r => r.P50)), ("mesh_us", Median(lane, r => r.P50)), ("proxied_us", Median(proxied, r => r.P50))],
            };
            yield return new Figure($"{name}.{prefix}cpu_ratio", cpu, [.. rounds.Select(r => (r[lane].Cpu - r[0].Cpu) / r[proxied].Cpu)])
            {
                Details = [("direct_client_us", Median(0, r => r.Cpu)), ("mesh_client_us", Median(lane, r => r.Cpu)), ("proxies_us", Median(proxied, r => r.Cpu))],
            };
        }

        double Median(int lane, Func<LaneCost, double> part) => Statistics.Median(rounds.Select(r => part(r[lane])));
    }

    private static Lane Through(MeshHost mesh, bool http2) => new(Client(mesh.CreateHandler(), http2), ChainMesh.Url, proxies: null);

    private static Lane Straight(ProxyTarget target, bool http2, Func<TimeSpan>? proxies) =>
        new(Client(Baseline.Sockets(), http2), new Uri($"http://{Authority(target, http2)}{ChainMesh.Url.AbsolutePath}"), proxies);

    private static HttpClient Client(HttpMessageHandler handler, bool http2) => new(handler)
    {
        DefaultRequestVersion = http2 ? HttpVersion.Version20 : HttpVersion.Version11,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        DefaultRequestHeaders = { { ChainMesh.UserHeader, "4711" } },
    };

    private static string Authority(ProxyTarget target, bool http2) => http2 ? target.Http2 : target.Http1;
}
