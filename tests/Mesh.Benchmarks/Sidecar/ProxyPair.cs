namespace Mesh.Benchmarks.Sidecar;

/// <summary>The way of a call in a mesh of sidecars: the caller's own proxy, and the server's.</summary>
internal sealed class ProxyPair : IAsyncDisposable
{
    private readonly ProxyProcess _outbound;
    private readonly ProxyProcess _inbound;

    private ProxyPair(string name, ProxyProcess outbound, ProxyProcess inbound)
    {
        Name = name;
        _outbound = outbound;
        _inbound = inbound;
    }

    public string Name { get; }

    /// <summary>Where the caller's proxy listens.</summary>
    public ProxyTarget Listens => _outbound.Listens;

    public IEnumerable<int> ProcessIds => [_outbound.Id, _inbound.Id];

    /// <summary>Processor time of both.</summary>
    public TimeSpan Cpu => _outbound.Cpu + _inbound.Cpu;

    /// <summary>Starts both, before a server.</summary>
    public static async Task<ProxyPair> StartAsync(ProxyProgram program, ProxyTarget server)
    {
        ProxyProcess inbound = await ProxyProcess.StartAsync(program, server);
        try
        {
            return new ProxyPair(program.Name, await ProxyProcess.StartAsync(program, inbound.Listens), inbound);
        }
        catch
        {
            await inbound.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _outbound.DisposeAsync();
        await _inbound.DisposeAsync();
    }
}
