using System.Diagnostics;
using System.Runtime;

namespace Mesh.Benchmarks.Harness;

/// <summary>Runs a workload until the runtime has stopped compiling better code for it.</summary>
internal static class WarmUp
{
    private static readonly TimeSpan AtLeast = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan AtMost = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);

    /// <summary>How often the workload must at least run while nothing is compiled: tiers change after 30 calls.</summary>
    private const int QuietRuns = 30;

    public static async Task RunAsync(Func<Task> workload)
    {
        long start = Stopwatch.GetTimestamp(), quietSince = start;
        int runs = 0;
        long compiled = JitInfo.GetCompiledMethodCount();
        while (Stopwatch.GetElapsedTime(start) < AtMost)
        {
            await workload();
            runs++;
            if (compiled != (compiled = JitInfo.GetCompiledMethodCount()))
            {
                quietSince = Stopwatch.GetTimestamp();
                runs = 0;
            }
            else if (runs >= QuietRuns && Stopwatch.GetElapsedTime(start) >= AtLeast && Stopwatch.GetElapsedTime(quietSince) >= Quiet)
            {
                break;
            }
        }
    }
}
