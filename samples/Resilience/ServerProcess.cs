using System.Diagnostics;
using System.Globalization;

namespace Resilience;

/// <summary>An <see cref="OrdersServer"/> in its process. It can be killed and started anew on its port.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    // Asks the servers themselves, past the mesh.
    private static readonly HttpClient Direct = new(new SocketsHttpHandler { UseProxy = false, PooledConnectionIdleTimeout = TimeSpan.Zero });

    private Process? _process;

    public int Port { get; private set; }

    public string Address => $"127.0.0.1:{Port}";

    private bool IsKilled { get; set; }

    /// <summary>Starts this program again, as a server, and waits until it listens.</summary>
    public static async Task<ServerProcess> StartAsync()
    {
        var server = new ServerProcess();
        await server.RestartAsync();
        return server;
    }

    /// <summary>Starts it anew, on the port it had.</summary>
    public async Task RestartAsync()
    {
        string program = Environment.ProcessPath!;
        var start = new ProcessStartInfo(program) { RedirectStandardInput = true, RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(program) == "dotnet")
            start.ArgumentList.Add(Environment.GetCommandLineArgs()[0]);
        start.ArgumentList.Add(OrdersServer.Argument);
        start.ArgumentList.Add($"{Port}");

        _process?.Dispose();
        _process = Process.Start(start)!;
        IsKilled = false;
        Port = await _process.StandardOutput.ReadLineAsync() is { } port
            ? int.Parse(port, CultureInfo.InvariantCulture)
            : throw new InvalidOperationException("A server ended before it listened; its errors stand above.");
    }

    /// <summary>Makes it behave like that, and count from 0.</summary>
    public async Task SetAsync(Behaviour behaviour)
    {
        if (IsKilled)
            await RestartAsync();
        await Direct.GetStringAsync($"http://{Address}/__behave?as={behaviour}");
    }

    /// <summary>How many requests it has counted; null for one that was killed.</summary>
    public async Task<long?> FetchCountAsync() =>
        IsKilled ? null : long.Parse(await Direct.GetStringAsync($"http://{Address}/__counts"), CultureInfo.InvariantCulture);

    /// <summary>Ends it without warning (SIGKILL).</summary>
    public void Kill()
    {
        _process!.Kill();
        _process.WaitForExit();
        IsKilled = true;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is null)
            return;
        if (!IsKilled)
        {
            _process.StandardInput.Close();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }
}
