using System.Diagnostics;

namespace Resilience;

/// <summary>Calls at a steady rate, each begun when it is due, whatever became of those before: as users call, who do not wait for each other.</summary>
internal static class Load
{
    private const int CallsASecond = 200;
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(4);

    /// <summary>Calls for four seconds, and waits for the last answer.</summary>
    /// <param name="call">One call.</param>
    /// <param name="patience">How long a caller waits before it gives up.</param>
    public static async Task<IReadOnlyList<CallResult>> RunAsync(Func<CancellationToken, Task<HttpResponseMessage>> call, TimeSpan patience)
    {
        var calls = new List<Task<CallResult>>();
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < Length; await Task.Delay(1))
        {
            while (calls.Count < clock.Elapsed.TotalSeconds * CallsASecond)
                calls.Add(Task.Run(() => CallAsync(call, patience)));
        }

        return await Task.WhenAll(calls);
    }

    private static async Task<CallResult> CallAsync(Func<CancellationToken, Task<HttpResponseMessage>> call, TimeSpan patience)
    {
        var clock = Stopwatch.StartNew();
        using var limit = new CancellationTokenSource(patience);
        try
        {
            using HttpResponseMessage response = await call(limit.Token);
            return new CallResult(clock.Elapsed.TotalSeconds, response.IsSuccessStatusCode);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return new CallResult(clock.Elapsed.TotalSeconds, IsAnswered: false);
        }
    }
}

/// <summary>What became of one call.</summary>
internal readonly record struct CallResult(double Seconds, bool IsAnswered);
