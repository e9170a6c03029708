using System.Net;

namespace Quickstart;

/// <summary>
/// Makes calls, a few at a time, and counts them. A call is one send: it is not repeated here and no exception is caught, so one that
/// throws ends the program. A call fails when its status is not 200.
/// </summary>
/// <param name="stopping">Ends the load, because the program is asked to stop.</param>
internal sealed class CallLoad(CancellationToken stopping)
{
    private const int Callers = 8;

    private readonly int[] _callsOf = new int[Callers];
    private int _failed;

    /// <summary>Calls answered so far.</summary>
    public int Calls => _callsOf.Sum();

    public int Failed => Volatile.Read(ref _failed);

    /// <summary>Makes so many calls.</summary>
    public async Task MakeAsync(int calls, Func<Task<HttpResponseMessage>> call)
    {
        int made = 0;
        await RunAsync(call, () => Interlocked.Increment(ref made) <= calls);
    }

    /// <summary>Makes calls without pause for as long as something else goes on.</summary>
    public async Task MakeWhileAsync(Func<Task<HttpResponseMessage>> call, Func<Task> meanwhile)
    {
        bool over = false;
        Task calls = RunAsync(call, () => !Volatile.Read(ref over));
        try
        {
            await await Task.WhenAny(calls, meanwhile());
        }
        finally
        {
            Volatile.Write(ref over, true);
        }

        await calls;
    }

    /// <summary>Waits until so many more calls are answered.</summary>
    public async Task WaitForCallsAsync(int calls)
    {
        for (int until = Calls + calls; Calls < until;)
            await Task.Delay(1, stopping);
    }

    /// <summary>Waits until every call that is under way is answered; others follow meanwhile.</summary>
    public async Task WaitForThoseUnderWayAsync()
    {
        int[] before = [.. _callsOf];
        while (before.Zip(_callsOf).Any(caller => caller.First == caller.Second))
            await Task.Delay(1, stopping);
    }

    private Task RunAsync(Func<Task<HttpResponseMessage>> call, Func<bool> goOn) =>
        Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            while (goOn())
            {
                stopping.ThrowIfCancellationRequested();
                using HttpResponseMessage response = await call();
                if (response.StatusCode != HttpStatusCode.OK)
                    Interlocked.Increment(ref _failed);
                Interlocked.Increment(ref _callsOf[caller]);
            }
        })));
}
