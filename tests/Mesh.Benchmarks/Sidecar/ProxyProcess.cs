using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Mesh.TestKit;
using Mesh.TestKit.Processes;

namespace Mesh.Benchmarks.Sidecar;

/// <summary>One proxy in its process, forwarding. Its files lie in a temporary folder; it ends with this program, however that ends.</summary>
internal sealed class ProxyProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(20);

    // Proxies do not care about their standard input, so a shell holds it for them: when the input closes, the proxy is stopped.
    private const string Script = """
        "$0" "$@" &
        echo $! > pid.new
        mv pid.new pid
        cat > /dev/null
        kill $!
        wait
        """;

    private readonly ChildProcess _shell;
    private readonly TempFolder _folder;
    private Process? _proxy;

    private ProxyProcess(ChildProcess shell, TempFolder folder, ProxyTarget listens)
    {
        _shell = shell;
        _folder = folder;
        Listens = listens;
    }

    /// <summary>Where it listens.</summary>
    public ProxyTarget Listens { get; }

    public int Id => _proxy!.Id;

    /// <summary>Processor time it has used, in steps of 10 ms (/proc/PID/stat).</summary>
    public TimeSpan Cpu
    {
        get
        {
            _proxy!.Refresh();
            return _proxy.TotalProcessorTime;
        }
    }

    /// <summary>Starts one and waits until it takes connections.</summary>
    public static async Task<ProxyProcess> StartAsync(ProxyProgram program, ProxyTarget target)
    {
        var folder = new TempFolder();
        int http1 = FreePort.Next(), http2 = FreePort.Next();
        await File.WriteAllTextAsync(folder[ProxyProgram.File], program.Configuration(http1, http2, target));
        var shell = ChildProcess.Start("/bin/sh", ["-c", Script, program.Path!, .. program.Arguments], folder.Path);
        var proxy = new ProxyProcess(shell, folder, new ProxyTarget($"127.0.0.1:{http1}", $"127.0.0.1:{http2}"));
        try
        {
            await Wait.EventuallyAsync(() => File.Exists(folder["pid"]), StartLimit);
            proxy._proxy = Process.GetProcessById(int.Parse(await File.ReadAllTextAsync(folder["pid"]), CultureInfo.InvariantCulture));
            await Wait.EventuallyAsync(() => Task.FromResult(Listening(http1) && Listening(http2)), StartLimit);
            return proxy;
        }
        catch (Exception e)
        {
            string errors = shell.Errors;
            await proxy.DisposeAsync();
            throw new InvalidOperationException($"{program.Name} did not start.\n{errors}", e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _proxy?.Dispose();
        await _shell.DisposeAsync();
        _folder.Dispose();
    }

    private static bool Listening(int port)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
