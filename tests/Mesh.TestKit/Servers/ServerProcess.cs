using System.Globalization;
using System.Text.Json;
using Mesh.TestKit.Certificates;
using Mesh.TestKit.Processes;

namespace Mesh.TestKit.Servers;

/// <summary>What a <see cref="ServerProcess"/> speaks.</summary>
public enum ServerProtocol
{
    /// <summary>HTTP/1.1 without TLS.</summary>
    H1,

    /// <summary>HTTP/2 without TLS, with prior knowledge.</summary>
    H2c,

    /// <summary>TLS with both by ALPN.</summary>
    Tls,
}

/// <summary>
/// A <see cref="TestServer"/> in a process of its own, to be killed under load. It is the program tests/Mesh.TestServer, which
/// the test project must reference so that it lies beside the tests.
/// </summary>
public sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(10);

    private readonly ChildProcess _process;
    private readonly ServerProtocol _protocol;

    private ServerProcess(ChildProcess process, ServerProtocol protocol, string name, int port)
    {
        _process = process;
        _protocol = protocol;
        Name = name;
        Port = port;
    }

    /// <summary>What the server calls itself.</summary>
    public string Name { get; }

    /// <summary>The port on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>The process id.</summary>
    public int Id => _process.Id;

    /// <summary>True once the process is gone.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>The URL of `/`.</summary>
    public Uri Url => new($"{(_protocol == ServerProtocol.Tls ? "https" : "http")}://127.0.0.1:{Port}/");

    /// <summary>Starts a server and waits until it listens. A port lets it take the place of one that was killed.</summary>
    public static async Task<ServerProcess> StartAsync(
        ServerProtocol protocol, string name = "server", int port = 0, PemFolder? certificate = null)
    {
        if ((protocol == ServerProtocol.Tls) != (certificate is not null))
            throw new ArgumentException($"Protocol {protocol} and certificate {certificate?.CertificateFile} disagree.", nameof(certificate));

        var program = Path.Combine(AppContext.BaseDirectory, "Mesh.TestServer.dll");
        if (!File.Exists(program))
            throw new FileNotFoundException("The test project must reference tests/Mesh.TestServer.", program);

        List<string> arguments =
        [
            program,
            "--protocol", protocol.ToString().ToLowerInvariant(),
            "--name", name,
            "--port", port.ToString(CultureInfo.InvariantCulture),
        ];
        if (certificate is not null)
            arguments.AddRange(["--certificate", certificate.CertificateFile, "--key", certificate.KeyFile]);

        var process = ChildProcess.Start(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", arguments);
        try
        {
            var listening = await process.ReadLineAsync("listening ", StartLimit);
            return new ServerProcess(process, protocol, name, int.Parse(listening, CultureInfo.InvariantCulture));
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Asks the process for its counts, over its standard streams: no connection is made that would change them.</summary>
    public async Task<ServerCounts> GetCountsAsync()
    {
        await _process.WriteLineAsync("counts");
        var json = await _process.ReadLineAsync("counts ", AnswerLimit);
        return JsonSerializer.Deserialize<ServerCounts>(json, JsonSerializerOptions.Web)
            ?? throw new InvalidDataException($"Server '{Name}' answered its counts with null.");
    }

    /// <summary>Ends the process at once (SIGKILL): no GOAWAY, no orderly close, and the port refuses from then on.</summary>
    public void Kill() => _process.Kill();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
