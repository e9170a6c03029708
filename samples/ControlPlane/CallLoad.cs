using System.Net;

namespace ControlPlane;

/// <summary>
/// Calls each of some URLs in turn, a few callers at a time, and counts. A call is one GET: it is not repeated here. It fails when its
/// status is not 200 or when it throws.
/// </summary>
internal sealed class CallLoad(HttpClient client, string[] urls)
{
    private const int Callers = 8;

    // Some thousand calls a second leave a small machine room for the other processes.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(4);

    // What the mesh says where it answers itself.
    private static readonly string[] ReasonHeaders = ["x-mesh-flag", "x-mesh-reason"];

    private readonly long[] _callsTo = new long[urls.Length];
    private readonly int[] _callsOf = new int[Callers];
    private long _failed;
    private string? _firstFailure;
    private bool _stopped;

    /// <summary>Calls that have ended, by URL.</summary>
    public IReadOnlyDictionary<string, long> Calls => urls.Zip(_callsTo).ToDictionary(url => url.First, url => url.Second);

    public long Failed => Interlocked.Read(ref _failed);

    /// <summary>What became of the first call that failed.</summary>
    public string? FirstFailure => Volatile.Read(ref _firstFailure);

    /// <summary>Calls until it is stopped; ends when the last call has.</summary>
    public Task RunAsync() => Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(() => RunAsync(caller))));

    /// <summary>Makes no more calls.</summary>
    public void Stop() => Volatile.Write(ref _stopped, true);

    /// <summary>Waits until every call that is under way has ended; others follow meanwhile.</summary>
    public async Task WaitForThoseUnderWayAsync()
    {
        int[] before = [.. _callsOf];
        while (before.Zip(_callsOf).Any(caller => caller.First == caller.Second))
            await Task.Delay(1);
    }

    private async Task RunAsync(int caller)
    {
        for (int i = caller; !Volatile.Read(ref _stopped); i++)
        {
            int which = i % urls.Length;
            if (await CallAsync(urls[which]) is { } failure)
            {
                Interlocked.Increment(ref _failed);
                Interlocked.CompareExchange(ref _firstFailure, failure, null);
            }

            Interlocked.Increment(ref _callsTo[which]);
            Interlocked.Increment(ref _callsOf[caller]);
            await Task.Delay(Pause);
        }
    }

    /// <summary>One call.</summary>
    /// <returns>Why it failed; null when it did not.</returns>
    private async Task<string?> CallAsync(string url)
    {
        try
        {
            using HttpResponseMessage response = await client.GetAsync(url);
            return response.StatusCode == HttpStatusCode.OK ? null : $"GET {url}: {(int)response.StatusCode} {Reason(response)}";
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            return $"GET {url}: {e.Message}";
        }
    }

    private static string Reason(HttpResponseMessage response) =>
        string.Join(": ", ReasonHeaders.SelectMany(name =>
            response.Headers.TryGetValues(name, out IEnumerable<string>? values) ? values : []));
}
