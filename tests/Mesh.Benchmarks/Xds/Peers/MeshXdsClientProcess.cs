using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Mesh.Benchmarks.Xds.Peers;

/// <summary>
/// The process behind <see cref="MeshXdsClient"/>: a JSON command a line on standard input, a JSON answer a line on standard output, as
/// the peers by grpc-js have it. It ends with its input.
/// </summary>
internal sealed class MeshXdsClientProcess(MeshHost host, long empty) : IDisposable
{
    public const string Argument = "--xds-client";

    private static readonly TimeSpan UntilLimit = TimeSpan.FromSeconds(60);

    private readonly EchoCall _echo = new(host.CreateHandler());

    public static async Task RunAsync()
    {
        long empty = CollectAndMeasure();
        await using MeshHost host = await MeshHost.StartAsync(new MeshOptions { FirstConfigTimeout = TimeSpan.FromSeconds(60), DrainTimeout = TimeSpan.Zero });
        using var process = new MeshXdsClientProcess(host, empty);
        await Console.Out.WriteLineAsync("ready");
        while (await Console.In.ReadLineAsync() is { } line)
            _ = process.AnswerAsync(JsonNode.Parse(line)!.AsObject());
    }

    public void Dispose() => _echo.Dispose();

    private async Task AnswerAsync(JsonObject command)
    {
        JsonObject answer;
        try
        {
            answer = (string?)command["do"] switch
            {
                "until" => await UntilAsync((string)command["host"]!, (string)command["backend"]!),
                "call-each" => await CallEachAsync((string)command["prefix"]!, (int)command["count"]!, (int)command["parallel"]!),
                "heap" => Heap(),
                var unknown => throw new InvalidOperationException($"there is no command '{unknown}'"),
            };
        }
        catch (Exception e)
        {
            answer = new JsonObject { ["error"] = e.Message };
        }

        answer["id"] = (int)command["id"]!;
        Console.Out.WriteLine(answer.ToJsonString());
    }

    /// <summary>Calls one after another until a backend answers whose name starts so.</summary>
    private async Task<JsonObject> UntilAsync(string target, string backend)
    {
        long start = Stopwatch.GetTimestamp();
        int failed = 0;
        string last = "";
        for (int calls = 1; Stopwatch.GetElapsedTime(start) < UntilLimit; calls++)
        {
            (string? answered, last) = await _echo.SendAsync(target);
            long at = Stopwatch.GetTimestamp();
            if (answered?.StartsWith(backend, StringComparison.Ordinal) == true)
                return new JsonObject { ["calls"] = calls, ["failed"] = failed, ["backend"] = answered, ["at"] = at, ["elapsedMs"] = Stopwatch.GetElapsedTime(start).TotalMilliseconds };
            if (answered is null)
                failed++;
            else
                last = answered;
        }

        throw new TimeoutException($"{backend} did not answer; the last call: {last}");
    }

    private async Task<JsonObject> CallEachAsync(string prefix, int count, int parallel)
    {
        long start = Stopwatch.GetTimestamp();
        var codes = new ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = parallel }, async (i, _) =>
        {
            string status = (await _echo.SendAsync($"{prefix}{i}")).Status;
            codes.AddOrUpdate(status, 1, static (_, n) => n + 1);
        });
        return new JsonObject { ["codes"] = JsonSerializer.SerializeToNode(codes), ["elapsedMs"] = Stopwatch.GetElapsedTime(start).TotalMilliseconds };
    }

    private JsonObject Heap()
    {
        long used = CollectAndMeasure();
        return new JsonObject
        {
            ["heapUsed"] = used,
            ["empty"] = empty,
            ["rss"] = Environment.WorkingSet,
            ["cpuMs"] = Environment.CpuUsage.TotalTime.TotalMilliseconds,
        };
    }

    private static long CollectAndMeasure()
    {
        // The second collection takes what the finalizers of the first let go.
        for (int i = 0; i < 2; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        return GC.GetTotalMemory(forceFullCollection: false);
    }
}
