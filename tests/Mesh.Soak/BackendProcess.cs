using System.Globalization;
using Mesh.TestKit;
using Mesh.TestKit.Processes;

namespace Mesh.Soak;

/// <summary>A <see cref="Backend"/> in its process. It can be killed and comes back at the same place, with the same ledger.</summary>
internal sealed class BackendProcess : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private ChildProcess? _process;
    private int _lives;

    /// <summary>
    /// An address of its own. The caller's connections come from 127.0.0.1, so that none of them can take the port of a backend that
    /// is down.
    /// </summary>
    public required string Address { get; init; }

    public required string LedgerPath { get; init; }

    /// <summary>The port that speaks HTTP/1.1.</summary>
    public int Http1Port { get; private set; }

    /// <summary>The port that speaks HTTP/2 without TLS.</summary>
    public int Http2Port { get; private set; }

    /// <summary>Starts the number-th backend and waits until it listens.</summary>
    public static async Task<BackendProcess> StartAsync(int number, TempFolder folder)
    {
        var backend = new BackendProcess { Address = $"127.0.1.{number}", LedgerPath = folder[$"ledger-{number}"] };
        await backend.StartAsync();
        return backend;
    }

    /// <summary>Ends it at once.</summary>
    public void Kill() => _process!.Kill();

    /// <summary>Starts it anew, after <see cref="Kill"/>.</summary>
    public async Task RestartAsync()
    {
        await _process!.DisposeAsync();
        await StartAsync();
    }

    /// <summary>Tells it how to behave, and waits until it does.</summary>
    public async Task TellAsync(FaultKind? fault)
    {
        string line = $"{Backend.Fault}{fault}";
        await _process!.WriteLineAsync(line);
        await _process.ReadLineAsync(line, Limit);
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _process, null) is { } process)
            await process.DisposeAsync();
    }

    private async Task StartAsync()
    {
        _lives++;
        string program = Path.Combine(AppContext.BaseDirectory, "Mesh.Soak.dll");
        string[] arguments = [program, Backend.Argument, Address, $"{Http1Port}", $"{Http2Port}", $"{Address}/{_lives}", LedgerPath];
        _process = ChildProcess.Start(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", arguments);
        string[] ports = (await _process.ReadLineAsync(Backend.Listening, Limit)).Split(' ');
        Http1Port = int.Parse(ports[0], CultureInfo.InvariantCulture);
        Http2Port = int.Parse(ports[1], CultureInfo.InvariantCulture);
    }
}
