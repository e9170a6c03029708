using System.Globalization;

namespace Mesh.Soak;

/// <summary>What is going on while a call is made.</summary>
internal enum Phase
{
    WarmUp,
    Calm,
    Faults,
}

/// <summary>
/// Calls at a steady rate, to each host in turn: one starts when it is due, whatever became of those before; where the machine is late the
/// missing ones start at once. A call is one send and is not repeated here.
/// </summary>
internal sealed class Load(HttpClient client, int rate, TimeProvider time)
{
    /// <summary>Of so many calls two, one to each host, are POSTs: these must not be repeated once they may have arrived.</summary>
    private const int PostsIn = 40;

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(30);

    private readonly List<Call> _calls = [];
    private volatile Phase _phase;
    private volatile bool _stopped;

    /// <summary>What calls that start from now on belong to.</summary>
    public Phase Phase { get => _phase; set => _phase = value; }

    /// <summary>Starts no more calls.</summary>
    public void Stop() => _stopped = true;

    /// <summary>Calls until it is stopped and waits for the last answer, but not for ever.</summary>
    public async Task<IReadOnlyList<Call>> RunAsync()
    {
        using var tick = new PeriodicTimer(Tick, time);
        long start = time.GetTimestamp();
        while (!_stopped && await tick.WaitForNextTickAsync(CancellationToken.None))
        {
            while (_calls.Count < time.GetElapsedTime(start).TotalSeconds * rate)
                Start();
        }

        await Task.WhenAll(_calls.Select(call => call.Running)).WaitAsync(EndLimit, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return _calls;
    }

    private void Start()
    {
        int id = _calls.Count;
        var call = new Call(id, MeshText.Hosts[id % 2], IsPost: id % PostsIn is 10 or 25, Phase) { Began = time.GetTimestamp() };
        call.Running = Task.Run(() => MakeAsync(call));
        _calls.Add(call);
    }

    private async Task MakeAsync(Call call)
    {
        string id = call.Id.ToString(CultureInfo.InvariantCulture);
        using var request = new HttpRequestMessage(call.IsPost ? HttpMethod.Post : HttpMethod.Get, $"http://{call.Host}/{id}") { Headers = { { Backend.IdHeader, id } } };
        if (call.IsPost)
            request.Content = new StringContent(id);
        try
        {
            using HttpResponseMessage response = await client.SendAsync(request);
            call.Attempts = int.Parse(Header(response, "x-envoy-attempt-count") ?? "0", CultureInfo.InvariantCulture);
            call.Entry = Header(response, Backend.EntryHeader);
            if (!response.IsSuccessStatusCode || Header(response, Backend.IdHeader) != id)
                call.Failure = $"{(int)response.StatusCode} {Header(response, "x-mesh-flag")} {Header(response, "x-mesh-reason")}, answer to {Header(response, Backend.IdHeader) ?? "nothing"}";
        }
        catch (Exception e)
        {
            call.Failure = e.ToString();
        }

        call.Ended = time.GetTimestamp();
    }

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out IEnumerable<string>? values) ? string.Join(',', values) : null;
}
