using System.Globalization;

namespace ControlPlane;

/// <summary>A <see cref="ServiceProgram"/> in its process.</summary>
internal sealed class ServiceProcess : IAsyncDisposable
{
    // Asks the servers themselves, past the mesh.
    private static readonly HttpClient Direct = new(new SocketsHttpHandler { UseProxy = false });

    private readonly ChildProcess _process;

    private ServiceProcess(ChildProcess process, string service, string version, string address)
    {
        _process = process;
        Service = service;
        Version = version;
        Address = address;
    }

    public string Service { get; }

    public string Version { get; }

    public string Address { get; }

    /// <summary>Starts one, and waits until it listens.</summary>
    public static async Task<ServiceProcess> StartAsync(string service, string version)
    {
        var process = ChildProcess.Start([ServiceProgram.Argument, $"{service} {version}"]);
        try
        {
            return new ServiceProcess(process, service, version, await process.ReadLineAsync());
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>How many requests it has counted.</summary>
    public async Task<long> FetchCountAsync() =>
        long.Parse(await Direct.GetStringAsync($"http://{Address}/__counts"), CultureInfo.InvariantCulture);

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
