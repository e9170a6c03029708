using System.Globalization;
using System.Net.Sockets;
using Mesh.TestKit.Processes;

namespace Mesh.TestKit.Peers;

/// <summary>
/// A real dnsmasq on a loopback port of its own that answers for the domain <c>test</c> and asks nobody. Its records are a hosts file that the
/// test writes. It ends with the test host, however that ends.
/// </summary>
internal sealed class DnsmasqPeer : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(20);
    private static readonly string? Program = InstalledProgram.Find("dnsmasq");

    // dnsmasq does not care about its standard input, so a shell holds it for us: a line has the records read again, the end stops it.
    private const string Script = """
        "$0" "$@" &
        pid=$!
        while read -r line; do kill -HUP $pid; done
        kill $pid
        wait
        """;

    private readonly ChildProcess _process;
    private readonly TempFolder _folder;

    private DnsmasqPeer(ChildProcess process, TempFolder folder, int port)
    {
        _process = process;
        _folder = folder;
        Port = port;
    }

    /// <summary>Why this machine cannot run the peer; null when it can.</summary>
    public static string? Reason => Program is null ? "dnsmasq is not installed" : null;

    /// <summary>The UDP port on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>Starts dnsmasq and waits until it answers.</summary>
    /// <param name="port">The port; 0 takes a free one.</param>
    /// <param name="ttl">The time to live of its records, in seconds.</param>
    /// <param name="records">Lines of a hosts file.</param>
    public static async Task<DnsmasqPeer> StartAsync(int port, int ttl, params IEnumerable<string> records)
    {
        var program = Program ?? throw new InvalidOperationException(Reason);
        var folder = new TempFolder();
        await File.WriteAllLinesAsync(folder["hosts"], records);
        if (port == 0)
            port = FreePort.Next();
        string[] arguments =
        [
            "-c", Script, program, "--no-daemon", "--conf-file=/dev/null", "--no-resolv", "--no-hosts", "--local=/test/", "--listen-address=127.0.0.1",
            "--bind-interfaces", $"--port={port.ToString(CultureInfo.InvariantCulture)}", $"--local-ttl={ttl.ToString(CultureInfo.InvariantCulture)}", $"--addn-hosts={folder["hosts"]}",
        ];
        var peer = new DnsmasqPeer(ChildProcess.Start("/bin/sh", arguments, folder.Path), folder, port);
        try
        {
            await Wait.EventuallyAsync(peer.AnswersAsync, StartLimit, "dnsmasq answers");
            return peer;
        }
        catch (TimeoutException e)
        {
            await peer.DisposeAsync();
            throw new InvalidOperationException($"dnsmasq did not start:\n{peer._process.Errors}", e);
        }
    }

    /// <summary>Replaces all records: lines of a hosts file. They hold a moment after this returns.</summary>
    public async Task SetAsync(params IEnumerable<string> records)
    {
        await File.WriteAllLinesAsync(_folder["new"], records);
        File.Move(_folder["new"], _folder["hosts"], overwrite: true);
        await _process.WriteLineAsync("reload");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Dispose();
    }

    private async Task<bool> AnswersAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(1), TimeProvider.System);
        try
        {
            await new UdpDnsResolver(Port).ResolveAsync("any.test", AddressFamily.InterNetwork, limit.Token);
            return true;
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            return false;
        }
    }
}
