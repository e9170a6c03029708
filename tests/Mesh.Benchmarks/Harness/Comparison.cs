using System.Diagnostics;

namespace Mesh.Benchmarks.Harness;

/// <summary>
/// Measures two workloads in one run, in turns of short slices whose order is swapped each time, so that whatever disturbs the
/// machine disturbs both. A workload takes how often to run.
/// </summary>
internal sealed class Comparison(Func<int, Task> baseline, Func<int, Task> mesh)
{
    public int Rounds { get; init; } = 9;

    public required int SlicesPerRound { get; init; }

    public required int CallsPerSlice { get; init; }

    /// <summary>Whether each slice starts on a collected heap, for workloads that leave much behind.</summary>
    public bool CollectBeforeSlice { get; init; }

    public async Task<Round[]> RunAsync()
    {
        await WarmUp.RunAsync(async () =>
        {
            await baseline(CallsPerSlice);
            await mesh(CallsPerSlice);
        });
        var rounds = new Round[Rounds];
        for (int i = 0; i < Rounds; i++)
            rounds[i] = await RunRoundAsync(meshFirst: i % 2 == 1);
        return rounds;
    }

    private async Task<Round> RunRoundAsync(bool meshFirst)
    {
        var ofBaseline = new Cost[SlicesPerRound];
        var ofMesh = new Cost[SlicesPerRound];
        GC.Collect();
        for (int i = 0; i < SlicesPerRound; i++, meshFirst = !meshFirst)
        {
            if (meshFirst)
                ofMesh[i] = await MeasureAsync(mesh);
            ofBaseline[i] = await MeasureAsync(baseline);
            if (!meshFirst)
                ofMesh[i] = await MeasureAsync(mesh);
        }

        return new Round(Summarize(ofBaseline), Summarize(ofMesh));
    }

    private async Task<Cost> MeasureAsync(Func<int, Task> workload)
    {
        if (CollectBeforeSlice)
            GC.Collect();
        long bytes = GC.GetTotalAllocatedBytes(precise: true);
        TimeSpan cpu = Environment.CpuUsage.TotalTime;
        long start = Stopwatch.GetTimestamp();
        await workload(CallsPerSlice);
        TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
        cpu = Environment.CpuUsage.TotalTime - cpu;
        bytes = GC.GetTotalAllocatedBytes(precise: true) - bytes;
        return new Cost(elapsed.TotalNanoseconds / CallsPerSlice, cpu.TotalNanoseconds / CallsPerSlice, (double)bytes / CallsPerSlice);
    }

    /// <summary>A slice that lost its processor for a while shows in its clock only; the others are summed up.</summary>
    private static Cost Summarize(Cost[] slices) =>
        new(Statistics.Median(slices.Select(s => s.Nanoseconds)), slices.Average(s => s.CpuNanoseconds), slices.Average(s => s.Bytes));
}
