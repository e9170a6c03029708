using System.Diagnostics;
using System.Globalization;
using Mesh.Benchmarks.Harness;
using Mesh.Endpoints;
using Mesh.LoadBalancing;
using Mesh.Resources;

namespace Mesh.Benchmarks.Picks;

/// <summary>The <c>picks</c> group: what it costs to choose an endpoint, alone and with a second thread, and to make a picker anew after a change.</summary>
internal static class PicksGroup
{
    private const int Rounds = 9;
    private const int Endpoints = 1000;
    private const int Picks = 2_000_000;

    public static async IAsyncEnumerable<Figure> RunAsync()
    {
        await Task.Yield();
        (string Name, double Limit, LoadBalancingPolicyResource Policy)[] policies =
        [
            ("round_robin", 15, RoundRobinResource.Default),
            ("least_request", 40, new LeastRequestResource()),
            ("random", 15, new RandomResource()),
            ("ring_hash", 60, new RingHashResource { MinimumRingSize = 1_000_000 }),
            ("maglev", 20, new MaglevResource()),
        ];
        Picker[] pickers = [.. policies.Select(policy => Make(policy.Policy, Endpoints).Picker)];
        var nanoseconds = policies.Select(_ => new double[Rounds]).ToArray();
        double bytes = 0;
        for (int round = -2; round < Rounds; round++)
        {
            for (int i = 0; i < pickers.Length; i++)
            {
                var (each, allocated) = Measure(pickers[i]);
                if (round < 0)
                    continue;
                nanoseconds[i][round] = each;
                bytes = Math.Max(bytes, allocated);
            }
        }

        for (int i = 0; i < policies.Length; i++)
            yield return new Figure($"picks.{policies[i].Name}.ns", policies[i].Limit, nanoseconds[i]);
        yield return new Figure("picks.bytes", 0, [bytes]);

        for (int i = 0; i < 2; i++)
            yield return TwoThreads(policies[i].Name, pickers[i]);
        yield return TwoThreads("", pickers[0], pickers[1]);

        foreach (Figure figure in Rebuilds())
            yield return figure;
    }

    /// <summary>Throughput of two threads over that of one; of several pickers the worst.</summary>
    private static Figure TwoThreads(string name, params Picker[] pickers)
    {
        double[] ratios = new double[Rounds];
        for (int round = -1; round < Rounds; round++)
        {
            double worst = double.MaxValue;
            foreach (Picker picker in pickers)
            {
                double one = Throughput(picker, 1), two = Throughput(picker, 2);
                worst = Math.Min(worst, two / one);
            }

            if (round >= 0)
                ratios[round] = worst;
        }

        return new Figure(name.Length == 0 ? "picks.two_thread_ratio" : $"picks.{name}.two_thread_ratio", Figure.NoLimit, ratios);
    }

    private static double Throughput(Picker picker, int threads)
    {
        using var start = new Barrier(threads);
        double[] seconds = new double[threads];
        Thread[] running = [.. Enumerable.Range(0, threads).Select(i => new Thread(() =>
        {
            start.SignalAndWait();
            long from = Stopwatch.GetTimestamp();
            Run(picker, Picks);
            seconds[i] = Stopwatch.GetElapsedTime(from).TotalSeconds;
        }))];
        foreach (Thread thread in running)
            thread.Start();
        foreach (Thread thread in running)
            thread.Join();
        return threads * Picks / seconds.Max();
    }

    private static (double Nanoseconds, double Bytes) Measure(Picker picker)
    {
        long bytes = GC.GetAllocatedBytesForCurrentThread(), start = Stopwatch.GetTimestamp();
        Run(picker, Picks);
        double nanoseconds = Stopwatch.GetElapsedTime(start).TotalNanoseconds / Picks;
        return (nanoseconds, (GC.GetAllocatedBytesForCurrentThread() - bytes) / (double)Picks);
    }

    private static void Run(Picker picker, int times)
    {
        ulong hash = 0;
        for (int i = 0; i < times; i++)
        {
            // An own step of Weyl's, so that a hash costs next to nothing.
            hash += 0x9E37_79B9_7F4A_7C15;
            if (picker.Pick(new PickContext(hash)).Kind != PickKind.Complete)
                throw new InvalidOperationException("Nothing was picked.");
        }
    }

    /// <summary>One endpoint in 10,000 gives way to another.</summary>
    private static IEnumerable<Figure> Rebuilds()
    {
        const int Many = 10_000;
        yield return Rebuild("picks.rebuild.maglev_ms", 5, new MaglevResource(), Many, elapsed => elapsed.TotalMilliseconds);
        yield return Rebuild("picks.rebuild.ring_hash_ms", 5, new RingHashResource(), Many, elapsed => elapsed.TotalMilliseconds);
        Figure[] others =
        [
            Rebuild("round_robin", 200, RoundRobinResource.Default, Many, elapsed => elapsed.TotalMicroseconds),
            Rebuild("least_request", 200, new LeastRequestResource(), Many, elapsed => elapsed.TotalMicroseconds),
            Rebuild("random", 200, new RandomResource(), Many, elapsed => elapsed.TotalMicroseconds),
        ];
        Figure worst = others.MaxBy(figure => figure.Value)!;
        yield return worst with { Name = "picks.rebuild.other_us", Details = [.. others.Select(figure => (figure.Name, figure.Value))] };
    }

    private static Figure Rebuild(string name, double limit, LoadBalancingPolicyResource policy, int count, Func<TimeSpan, double> unit)
    {
        var (_, state, endpoints) = Make(policy, count);
        double[] rounds = new double[Rounds * 3];
        for (int round = -5; round < rounds.Length; round++)
        {
            Endpoint[] changed = [.. endpoints];
            changed[(count / 3) + round + 5] = At(count + round + 5);
            endpoints = changed;
            long start = Stopwatch.GetTimestamp();
            PickerFactory.Create(Cluster(policy), new EndpointsResource("c", []), endpoints, new ClusterState("c"), state, Random.Shared);
            if (round >= 0)
                rounds[round] = unit(Stopwatch.GetElapsedTime(start));
        }

        return new Figure(name, limit, rounds);
    }

    private static (Picker Picker, PickerState State, Endpoint[] Endpoints) Make(LoadBalancingPolicyResource policy, int count)
    {
        Endpoint[] endpoints = [.. Enumerable.Range(0, count).Select(At)];
        var state = new PickerState(Random.Shared);
        return (PickerFactory.Create(Cluster(policy), new EndpointsResource("c", []), endpoints, new ClusterState("c"), state, Random.Shared), state, endpoints);
    }

    private static ClusterResource Cluster(LoadBalancingPolicyResource policy) => new() { Name = "c", Type = DiscoveryType.Static, LoadBalancing = policy };

    private static Endpoint At(int number)
    {
        var resource = new EndpointResource(string.Create(CultureInfo.InvariantCulture, $"10.{number >> 16}.{(number >> 8) & 255}.{number & 255}"), 80);
        return new Endpoint(resource, 0, "", new EndpointState(resource.Address));
    }
}
