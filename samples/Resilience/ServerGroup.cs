namespace Resilience;

/// <summary>The four servers. Two stand in zone a, two in zone b; only the act that has zones looks at that.</summary>
internal sealed class ServerGroup : IAsyncDisposable
{
    private readonly ServerProcess[] _servers;

    private ServerGroup(ServerProcess[] servers) => _servers = servers;

    public IReadOnlyList<string> Addresses => [.. _servers.Select(server => server.Address)];

    public IReadOnlyList<int> Ports => [.. _servers.Select(server => server.Port)];

    public static async Task<ServerGroup> StartAsync() => new(await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => ServerProcess.StartAsync())));

    /// <summary>Makes each behave, and count from 0; those that were killed are started anew.</summary>
    public Task SetAsync(params Behaviour[] behaviours) => Task.WhenAll(_servers.Zip(behaviours, (server, behaviour) => server.SetAsync(behaviour)));

    /// <summary>What each has counted; null for one that was killed.</summary>
    public Task<long?[]> FetchCountsAsync() => Task.WhenAll(_servers.Select(server => server.FetchCountAsync()));

    /// <summary>Kills the servers of zone a.</summary>
    public void KillZoneA() => Array.ForEach(_servers[..2], server => server.Kill());

    public async ValueTask DisposeAsync()
    {
        foreach (ServerProcess server in _servers)
            await server.DisposeAsync();
    }
}
