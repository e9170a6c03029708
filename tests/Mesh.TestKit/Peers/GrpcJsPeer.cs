using System.Globalization;
using System.Text.Json;
using Mesh.TestKit.Certificates;
using Mesh.TestKit.Processes;

namespace Mesh.TestKit.Peers;

/// <summary>What <see cref="GrpcJsPeer"/> has counted.</summary>
/// <param name="Sockets">TCP connections accepted.</param>
/// <param name="Sessions">HTTP/2 sessions made on them.</param>
/// <param name="OpenSessions">Those that are still open.</param>
/// <param name="Calls">Calls by method name, first letter small as JavaScript has it.</param>
internal sealed record GrpcJsCounts(int Sockets, int Sessions, int OpenSessions, IReadOnlyDictionary<string, int> Calls);

/// <summary>
/// A gRPC server by @grpc/grpc-js on Node: the service `mesh.test.Echo` of peers/grpc-js/echo.proto in tests/Mesh.Interop.Tests.
/// The first start of all installs its packages.
/// </summary>
internal sealed class GrpcJsPeer : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(10);
    private static readonly NodePackages Packages = new(Path.Combine(TestsFolder.Path, "Mesh.Interop.Tests", "peers", "grpc-js"));

    private readonly ChildProcess _process;

    private GrpcJsPeer(ChildProcess process, Uri url)
    {
        _process = process;
        Url = url;
    }

    /// <summary>Why this machine cannot run the peer; null when it can.</summary>
    public static string? Reason => NodePackages.Reason;

    /// <summary>Whether this machine can run the peer.</summary>
    public static bool Available => Reason is null;

    /// <summary>The server's URL; http stands for h2c.</summary>
    public Uri Url { get; }

    /// <summary>The port on 127.0.0.1.</summary>
    public int Port => Url.Port;

    /// <summary>
    /// Starts a server. Without a certificate it speaks h2c. With <paramref name="requireClientCertificate"/> it wants one that
    /// chains to the folder's `ca.pem`.
    /// </summary>
    public static async Task<GrpcJsPeer> StartAsync(
        PemFolder? certificate = null, bool requireClientCertificate = false, string name = "grpc-js", int port = 0)
    {
        if (requireClientCertificate && certificate is null)
            throw new ArgumentException("Client certificates are a matter of TLS.", nameof(requireClientCertificate));

        await Packages.InstallAsync();
        List<string> arguments = ["server.js", "--name", name, "--port", port.ToString(CultureInfo.InvariantCulture)];
        if (certificate is not null)
            arguments.AddRange(["--certificate", certificate.CertificateFile, "--key", certificate.KeyFile]);
        if (requireClientCertificate)
            arguments.AddRange(["--client-ca", certificate!.AuthorityFile]);

        var process = ChildProcess.Start("node", arguments, Packages.Folder);
        try
        {
            var listening = await process.ReadLineAsync("listening ", StartLimit);
            return new GrpcJsPeer(process, new Uri($"{(certificate is null ? "http" : "https")}://127.0.0.1:{listening}/"));
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Asks for the counts over the process's standard streams: no connection is made that would change them.</summary>
    public async Task<GrpcJsCounts> GetCountsAsync()
    {
        await _process.WriteLineAsync("stats");
        var json = await _process.ReadLineAsync("stats ", AnswerLimit);
        return JsonSerializer.Deserialize<GrpcJsCounts>(json, JsonSerializerOptions.Web)
            ?? throw new InvalidDataException("The grpc-js peer answered its counts with null.");
    }

    /// <summary>Ends the process at once (SIGKILL).</summary>
    public void Kill() => _process.Kill();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
