using System.Diagnostics;
using System.Globalization;

namespace Quickstart;

/// <summary>An <see cref="OrdersServer"/> in its process.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    // Asks the servers themselves, past the mesh.
    private static readonly HttpClient Direct = new(new SocketsHttpHandler { UseProxy = false });

    private readonly Process _process;

    private ServerProcess(Process process, string version, int port)
    {
        _process = process;
        Version = version;
        Port = port;
    }

    public string Version { get; }

    public int Port { get; }

    public string Address => $"127.0.0.1:{Port}";

    public bool IsKilled { get; private set; }

    /// <summary>Starts this program again, as a server, and waits until it listens.</summary>
    public static async Task<ServerProcess> StartAsync(string version)
    {
        string program = Environment.ProcessPath!;
        var start = new ProcessStartInfo(program) { RedirectStandardInput = true, RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(program) == "dotnet")
            start.ArgumentList.Add(Environment.GetCommandLineArgs()[0]);
        start.ArgumentList.Add(OrdersServer.Argument);
        start.ArgumentList.Add(version);

        Process process = Process.Start(start)!;
        string? port = await process.StandardOutput.ReadLineAsync();
        return port is not null
            ? new ServerProcess(process, version, int.Parse(port, CultureInfo.InvariantCulture))
            : throw new InvalidOperationException($"The server of orders {version} ended before it listened; its errors stand above.");
    }

    /// <summary>How many requests it has counted.</summary>
    public async Task<long> FetchCountAsync() =>
        long.Parse(await Direct.GetStringAsync($"http://{Address}/__counts"), CultureInfo.InvariantCulture);

    /// <summary>Ends it without warning (SIGKILL).</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
        IsKilled = true;
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
