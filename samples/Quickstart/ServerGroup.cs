namespace Quickstart;

/// <summary>The servers of the demonstration.</summary>
internal sealed class ServerGroup : IAsyncDisposable
{
    private readonly ServerProcess[] _servers;

    private ServerGroup(ServerProcess[] servers) => _servers = servers;

    public IReadOnlyList<ServerProcess> Servers => _servers;

    public IReadOnlyList<int> Ports => [.. _servers.Select(server => server.Port)];

    /// <summary>Starts one server for each version named.</summary>
    public static async Task<ServerGroup> StartAsync(params string[] versions) =>
        new(await Task.WhenAll(versions.Select(ServerProcess.StartAsync)));

    /// <summary>What each server has counted; null for one that was killed.</summary>
    public async Task<long?[]> FetchCountsAsync() =>
        await Task.WhenAll(_servers.Select(async server => server.IsKilled ? (long?)null : await server.FetchCountAsync()));

    /// <summary>Starts a new server in the place of each that was killed.</summary>
    public async Task ReplaceKilledAsync()
    {
        for (int i = 0; i < _servers.Length; i++)
        {
            if (!_servers[i].IsKilled)
                continue;
            await _servers[i].DisposeAsync();
            _servers[i] = await ServerProcess.StartAsync(_servers[i].Version);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (ServerProcess server in _servers)
            await server.DisposeAsync();
    }
}
