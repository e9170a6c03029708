using System.Globalization;
using Mesh.TestKit.Certificates;
using Mesh.TestKit.Processes;

namespace Mesh.TestKit.Peers;

/// <summary>
/// A real nginx that listens on four loopback ports, one for each way to be spoken to, and answers every request with
/// <see cref="NginxAnswer"/>. Its files live in a temporary folder; it ends with the test host, however that ends.
/// </summary>
internal sealed class NginxPeer : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(20);
    private static readonly string? Program = InstalledProgram.Find("nginx");

    // nginx does not care about its standard input, so a shell holds it for us: when the input closes, nginx is stopped. The file
    // "ended" tells of an nginx that gave up by itself, most likely over a port.
    private const string Script = """
        { "$0" -p "$PWD" -c nginx.conf -e stderr; echo $? > ended; } &
        cat > /dev/null
        kill "$(cat nginx.pid)"
        wait
        """;

    private readonly ChildProcess _process;
    private readonly TempFolder _folder;

    private NginxPeer(ChildProcess process, TempFolder folder, int[] ports)
    {
        _process = process;
        _folder = folder;
        Http1 = new Uri($"http://127.0.0.1:{ports[0]}/");
        H2c = new Uri($"http://127.0.0.1:{ports[1]}/");
        TlsHttp1 = new Uri($"https://127.0.0.1:{ports[2]}/");
        TlsHttp2 = new Uri($"https://127.0.0.1:{ports[3]}/");
    }

    /// <summary>Why this machine cannot run the peer; null when it can.</summary>
    public static string? Reason => Program is null ? "nginx is not installed" : null;

    /// <summary>Whether this machine can run the peer.</summary>
    public static bool Available => Reason is null;

    /// <summary>HTTP/1.1 without TLS.</summary>
    public Uri Http1 { get; }

    /// <summary>HTTP/2 without TLS, with prior knowledge: nginx takes nothing else on such a port.</summary>
    public Uri H2c { get; }

    /// <summary>TLS that offers http/1.1 alone.</summary>
    public Uri TlsHttp1 { get; }

    /// <summary>TLS that offers h2 and http/1.1.</summary>
    public Uri TlsHttp2 { get; }

    /// <summary>The process id of nginx itself; it runs without workers.</summary>
    public int Id => int.Parse(File.ReadAllText(_folder["nginx.pid"]), CultureInfo.InvariantCulture);

    /// <summary>Starts nginx and waits until it listens on all ports.</summary>
    public static async Task<NginxPeer> StartAsync(IssuedCertificate certificate)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await StartOnceAsync(certificate);
            }
            catch (PortTakenException) when (attempt < 3)
            {
                // Somebody else took a port between our choosing and nginx's binding it.
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Dispose();
    }

    private static async Task<NginxPeer> StartOnceAsync(IssuedCertificate certificate)
    {
        var program = Program ?? throw new InvalidOperationException(Reason);
        var folder = new TempFolder();
        _ = new PemFolder(folder["tls"], certificate);
        int[] ports = [FreePort.Next(), FreePort.Next(), FreePort.Next(), FreePort.Next()];
        await File.WriteAllTextAsync(folder["nginx.conf"], Configuration(ports));

        var process = ChildProcess.Start("/bin/sh", ["-c", Script, program], folder.Path);
        var peer = new NginxPeer(process, folder, ports);
        try
        {
            // nginx writes its pid once its sockets listen.
            await Wait.EventuallyAsync(
                () => new FileInfo(folder["nginx.pid"]) is { Exists: true, Length: > 0 } || File.Exists(folder["ended"]), StartLimit);
            if (!File.Exists(folder["ended"]))
                return peer;
            throw process.Errors.Contains("Address already in use", StringComparison.Ordinal)
                ? new PortTakenException(process.Errors)
                : new InvalidOperationException($"nginx did not start:\n{process.Errors}");
        }
        catch
        {
            await peer.DisposeAsync();
            throw;
        }
    }

    private static string Configuration(int[] ports) => $$"""
        daemon off;
        master_process off;
        pid nginx.pid;
        events { worker_connections 1024; }
        http {
          access_log off;
          client_body_temp_path body;
          proxy_temp_path proxy;
          fastcgi_temp_path fastcgi;
          uwsgi_temp_path uwsgi;
          scgi_temp_path scgi;
          default_type text/plain;
          client_max_body_size 0;
          ssl_certificate tls/cert.pem;
          ssl_certificate_key tls/key.pem;
          server {
            listen 127.0.0.1:{{ports[0]}};
            listen 127.0.0.1:{{ports[1]}} http2;
            listen 127.0.0.1:{{ports[2]}} ssl;
            listen 127.0.0.1:{{ports[3]}} ssl http2;
            location / {
              return 200 "{{NginxAnswer.Format}}";
            }
            location /__status {
              stub_status;
            }
          }
        }
        """;

    private sealed class PortTakenException(string message) : IOException(message);
}
