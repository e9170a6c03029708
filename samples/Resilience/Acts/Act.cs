namespace Resilience.Acts;

/// <summary>One thing that goes wrong: first for a plain client, then for the mesh's, with the same servers and as many calls.</summary>
/// <param name="title">What goes wrong.</param>
/// <param name="host">The host that mesh.yaml has for it.</param>
internal abstract class Act(string title, string host)
{
    public string Title => title;

    /// <summary>How long a caller waits.</summary>
    protected virtual TimeSpan Patience => TimeSpan.FromSeconds(10);

    /// <summary>How often the plain client tries again.</summary>
    protected virtual int PlainRetries => 0;

    /// <summary>How many of the servers the plain client knows.</summary>
    protected virtual int PlainServers => 4;

    /// <summary>How each server behaves.</summary>
    protected abstract Behaviour[] Behaviours { get; }

    /// <summary>Plays it and prints what both suffered.</summary>
    /// <returns>Whether the mesh did what it claims.</returns>
    public async Task<bool> PlayAsync(ServerGroup servers, HttpClient mesh)
    {
        using var plain = new PlainClient([.. servers.Addresses.Take(PlainServers)], PlainRetries);
        Run first = await RunAsync(servers, plain.GetAsync);
        Run second = await RunAsync(servers, cancellationToken => mesh.GetAsync($"http://{host}/api/orders/1", cancellationToken));
        Run.Print(first, second);

        bool allHold = true;
        foreach (var (claim, holds) in Claims(first, second))
        {
            Console.WriteLine($"   {(holds ? "so it is" : "NOT SO")}: {claim}");
            allHold &= holds;
        }

        return allHold;
    }

    /// <summary>What happens two seconds after the first call.</summary>
    protected virtual Task HalfwayAsync(ServerGroup servers) => Task.CompletedTask;

    /// <summary>What must be so.</summary>
    protected abstract IEnumerable<(string Claim, bool Holds)> Claims(Run plain, Run mesh);

    private async Task<Run> RunAsync(ServerGroup servers, Func<CancellationToken, Task<HttpResponseMessage>> call)
    {
        await servers.SetAsync(Behaviours);
        Task<IReadOnlyList<CallResult>> calls = Load.RunAsync(call, Patience);
        await Task.Delay(TimeSpan.FromSeconds(2));
        long?[] halfway = await servers.FetchCountsAsync();
        await HalfwayAsync(servers);
        return new Run(await calls, halfway, await servers.FetchCountsAsync());
    }
}
