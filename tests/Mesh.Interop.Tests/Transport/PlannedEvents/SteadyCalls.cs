using System.Net.Http.Headers;

namespace Mesh.Interop.Tests.Transport.PlannedEvents;

/// <summary>
/// Calls at a steady rate whatever becomes of them: each starts when it is due, and where the machine is late the missing ones start
/// at once. Plain GETs, uploads, and answers that take a while, so that every event finds calls at every stage.
/// </summary>
internal sealed class SteadyCalls
{
    private const int PerSecond = 500;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(4);

    private readonly HttpClient _client;
    private readonly CallLedger _ledger;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task<int> _running;
    private volatile string _mark = "";

    public SteadyCalls(HttpClient client, CallLedger ledger)
    {
        _client = client;
        _ledger = ledger;
        _running = Task.Run(RunAsync);
    }

    /// <summary>The header `x-mark` of the last answer.</summary>
    public string Mark => _mark;

    /// <summary>Starts no more calls, waits for those under way, and gives the number of all.</summary>
    public async Task<int> StopAsync()
    {
        await _stop.CancelAsync();
        var calls = await _running;
        _stop.Dispose();
        return calls;
    }

    private async Task<int> RunAsync()
    {
        var time = TimeProvider.System;
        var start = time.GetTimestamp();
        var calls = new List<Task>();
        while (!_stop.IsCancellationRequested)
        {
            while (calls.Count < time.GetElapsedTime(start).TotalSeconds * PerSecond)
                calls.Add(CallAsync(calls.Count));
            await Task.Delay(Pause, time);
        }

        await Task.WhenAll(calls);
        return calls.Count;
    }

    private async Task CallAsync(int call)
    {
        try
        {
            using var request = NewRequest(call);
            using var response = await _client.SendAsync(request);
            await response.Content.ReadAsByteArrayAsync();
            if (response.Headers.TryGetValues("x-mark", out var marks))
                _mark = marks.Single();
            _ledger.Answered(call, response.IsSuccessStatusCode ? "200" : $"{(int)response.StatusCode} {MeshedClient.LocalReply(response)}");
        }
        catch (Exception e)
        {
            _ledger.Answered(call, e.ToString());
        }
    }

    private static HttpRequestMessage NewRequest(int call) => (call % 10) switch
    {
        0 => new HttpRequestMessage(HttpMethod.Get, $"http://shop/delay/50?call={call}"),
        3 or 7 => new HttpRequestMessage(HttpMethod.Post, $"http://shop/upload?call={call}")
        {
            Content = new ByteArrayContent(new byte[1000]) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") } },
        },
        // No length: the content is sent as a stream.
        5 => new HttpRequestMessage(HttpMethod.Post, $"http://shop/echo?call={call}") { Content = new StreamContent(new MemoryStream(new byte[1000])) },
        _ => new HttpRequestMessage(HttpMethod.Get, $"http://shop/?call={call}"),
    };
}
