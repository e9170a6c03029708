using Mesh.Benchmarks.Harness;
using Mesh.Transport;

namespace Mesh.Benchmarks.Xds.InProcess;

/// <summary>10,000 versions as fast as they are acknowledged, under calls: whether each is served, whether whole, and what is left of them.</summary>
internal static class ManyUpdates
{
    private const int First = 100;
    private const int Last = 10_000;

    /// <summary>Names are held back 1 ms rather than 10, and silence ends after 1.5 s rather than 15.</summary>
    private const int Hurry = 10;

    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(200);

    public static async IAsyncEnumerable<Figure> RunAsync()
    {
        int missed = 0;
        ScriptedMesh? mesh = null;
        var trees = new RenamedTrees(version => missed += TaggedCalls.Serves(mesh!.Store.Current, version) ? 0 : 1);
        var pools = new EndpointPools(TimeProvider.System, TimeSpan.FromMinutes(1));
        mesh = await ScriptedMesh.StartAsync(trees.Serve(), delta: false, new HurriedClock(Hurry), pools.Retire);
        await using ScriptedMesh running = mesh;
        using var calls = new TaggedCalls(mesh.Store, pools);

        await trees.RunToAsync(1);
        await RunAsync(First);
        double before = Measure();
        await RunAsync(Last);
        await Task.Delay(Settle);
        double after = Measure();
        if (!TaggedCalls.Serves(mesh.Store.Current, Last))
            missed++;
        pools.Close();

        yield return new Figure("xds.updates_heap_growth", 0.05, [(after / before) - 1]) { Details = [("after_100_bytes", before), ("after_10000_bytes", after)] };
        yield return new Figure("xds.updates_missed", 0, [missed]) { Details = [("updates", Last)] };
        yield return new Figure("xds.updates_torn", 0, [calls.Torn]) { Details = [("calls", calls.Calls)] };

        async Task RunAsync(int version)
        {
            using var stop = new CancellationTokenSource();
            Task calling = Task.Run(() => calls.RunAsync(stop.Token));
            await Task.WhenAny(trees.RunToAsync(version), calling).Unwrap();
            await stop.CancelAsync();
            await calling;
        }
    }

    private static double Measure()
    {
        for (int i = 0; i < 2; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
