using System.Diagnostics;
using Mesh.Benchmarks.Harness;

namespace Mesh.Benchmarks.Sidecar;

/// <summary>One way to the server; it adds up what its calls of one round cost.</summary>
/// <param name="client">The client.</param>
/// <param name="url">What it calls.</param>
/// <param name="proxies">Processor time of the proxies on the way, which nobody else uses; null for the client's own.</param>
internal sealed class Lane(HttpClient client, Uri url, Func<TimeSpan>? proxies) : IDisposable
{
    private readonly List<double> _microseconds = [];
    private TimeSpan _cpu;
    private TimeSpan _before;

    /// <summary>Makes one call, which nobody measures.</summary>
    public Task CallAsync() => Overhead.Calls.GetAsync(client, url);

    /// <summary>A round begins.</summary>
    public void Begin()
    {
        _microseconds.Clear();
        _cpu = TimeSpan.Zero;
        _before = proxies?.Invoke() ?? TimeSpan.Zero;
    }

    /// <summary>Makes one call.</summary>
    public async Task MeasureAsync()
    {
        TimeSpan before = Environment.CpuUsage.TotalTime;
        long start = Stopwatch.GetTimestamp();
        await Overhead.Calls.GetAsync(client, url);
        _microseconds.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
        _cpu += Environment.CpuUsage.TotalTime - before;
    }

    /// <summary>The median of a call's time and its processor time, in microseconds, since the round began.</summary>
    public LaneCost End()
    {
        TimeSpan cpu = proxies is null ? _cpu : proxies() - _before;
        return new LaneCost(Statistics.Median(_microseconds), cpu.TotalMicroseconds / _microseconds.Count);
    }

    public void Dispose() => client.Dispose();
}

/// <summary>What a call costs on a <see cref="Lane"/>, in microseconds.</summary>
internal readonly record struct LaneCost(double P50, double Cpu);
