namespace Mesh.Interop.Tests.Transport.PlannedEvents;

/// <summary>
/// Calls at a steady rate: each starts when it is due, and where the machine is late the missing ones start at once, as long as not
/// too many are under way. Plain GETs, uploads, and answers that take a while, so that every event finds calls at every stage.
/// </summary>
internal sealed class SteadyCalls
{
    /// <summary>A little more than the 500 wanted, so that the start and a late machine are made up for.</summary>
    private const int PerSecond = 600;

    // Without a bound a machine that is late once opens so many TLS connections that it never catches up.
    private const int MaxUnderWay = 64;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(4);

    private readonly HttpClient _client;
    private readonly CallLedger _ledger;
    private readonly Task<int> _running;
    private volatile bool _stopped;
    private int _underWay;
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
    public Task<int> StopAsync()
    {
        _stopped = true;
        return _running;
    }

    private async Task<int> RunAsync()
    {
        var time = TimeProvider.System;
        var start = time.GetTimestamp();
        var calls = new List<Task>();
        while (!_stopped)
        {
            while (calls.Count < time.GetElapsedTime(start).TotalSeconds * PerSecond && Volatile.Read(ref _underWay) < MaxUnderWay)
                calls.Add(CallAsync(calls.Count));
            await Task.Delay(Pause, time);
        }

        await Task.WhenAll(calls);
        return calls.Count;
    }

    private async Task CallAsync(int call)
    {
        Interlocked.Increment(ref _underWay);
        try
        {
            using var request = NewRequest(call);
            using var response = await _client.SendAsync(request);
            await response.Content.ReadAsByteArrayAsync();
            if (response.Headers.TryGetValues("x-mark", out var marks))
                _mark = marks.Single();
            var status = (int)response.StatusCode;
            _ledger.Answered(call, status == 200 ? "200" : $"{status} {MeshedClient.LocalReply(response)}");
        }
        catch (Exception e)
        {
            _ledger.Answered(call, e.ToString());
        }

        Interlocked.Decrement(ref _underWay);
    }

    private static HttpRequestMessage NewRequest(int call) => (call % 10) switch
    {
        0 => new HttpRequestMessage(HttpMethod.Get, $"http://shop/delay/50?call={call}"),
        3 or 7 => new HttpRequestMessage(HttpMethod.Post, $"http://shop/upload?call={call}")
        {
            Content = new ByteArrayContent(new byte[1000]),
        },
        // A stream, which cannot be sent a second time.
        5 => new HttpRequestMessage(HttpMethod.Post, $"http://shop/echo?call={call}")
        {
            Content = new StreamContent(new MemoryStream(new byte[1000])),
        },
        _ => new HttpRequestMessage(HttpMethod.Get, $"http://shop/?call={call}"),
    };
}
