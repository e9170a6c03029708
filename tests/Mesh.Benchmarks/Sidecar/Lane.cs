using System.Diagnostics;
using Mesh.Benchmarks.Harness;

namespace Mesh.Benchmarks.Sidecar;

/// <summary>One way to the server, called at a steady rate; it adds up what its calls of one round cost.</summary>
/// <param name="client">The client.</param>
/// <param name="url">What it calls.</param>
/// <param name="cpu">Processor time of whoever is to be charged.</param>
internal sealed class Lane(HttpClient client, Uri url, Func<TimeSpan> cpu) : IDisposable
{
    /// <summary>500 calls a second.</summary>
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(2);

    private readonly List<double> _microseconds = [];
    private TimeSpan _cpu;

    /// <summary>Makes one call, which nobody measures.</summary>
    public Task CallAsync() => Overhead.Calls.GetAsync(client, url);

    /// <summary>Makes some calls, one whenever it is due.</summary>
    public async Task RunAsync(int calls)
    {
        using var due = new PeriodicTimer(Pace, TimeProvider.System);
        TimeSpan before = cpu();
        for (int i = 0; i < calls; i++)
        {
            await due.WaitForNextTickAsync(CancellationToken.None);
            long start = Stopwatch.GetTimestamp();
            await Overhead.Calls.GetAsync(client, url);
            _microseconds.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
        }

        _cpu += cpu() - before;
    }

    /// <summary>The median of a call's time and its processor time, in microseconds, since this was last asked.</summary>
    public LaneCost Take()
    {
        var cost = new LaneCost(Statistics.Median(_microseconds), _cpu.TotalMicroseconds / _microseconds.Count);
        _microseconds.Clear();
        _cpu = TimeSpan.Zero;
        return cost;
    }

    public void Dispose() => client.Dispose();
}

/// <summary>What a call costs on a <see cref="Lane"/>, in microseconds.</summary>
internal readonly record struct LaneCost(double P50, double Cpu);
