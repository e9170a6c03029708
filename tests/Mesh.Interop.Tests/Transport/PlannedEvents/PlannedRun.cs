using System.Globalization;
using Mesh.TestKit;
using Mesh.TestKit.Certificates;
using Mesh.TestKit.Servers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Mesh.Interop.Tests.Transport.PlannedEvents;

/// <summary>Servers, a mesh with a configuration file, steady calls through it with no retries, and a ledger of both sides.</summary>
internal sealed class PlannedRun : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly CertificateAuthority _authority = CertificateAuthority.Create();
    private readonly CallLedger _ledger = new();
    private readonly List<TestServer> _all = [];
    private readonly string _protocol;
    private readonly IssuedCertificate? _certificate;
    private readonly PemFolder? _identity;
    private MeshedClient? _mesh;
    private SteadyCalls? _calls;
    private int _writes;
    private volatile string? _clientSubject;

    private PlannedRun(string protocol, bool tls)
    {
        _protocol = protocol;
        if (!tls)
            return;
        _certificate = _authority.IssueServer("shop.test");
        using var identity = _authority.IssueClient("caller-0");
        _identity = new PemFolder(_folder["identity"], identity);
    }

    /// <summary>The servers that the file is to name.</summary>
    public List<TestServer> Servers { get; } = [];

    /// <summary>The mark that the last answer bore.</summary>
    public string Mark => _calls!.Mark;

    /// <summary>The subject of the client certificate that came with the last request.</summary>
    public string? ClientSubject => _clientSubject;

    private string ConfigurationFile => _folder["mesh.yaml"];

    /// <summary>Starts servers and calls; with TLS the servers demand a client certificate.</summary>
    public static async Task<PlannedRun> StartAsync(string protocol, int servers, bool tls = false)
    {
        var run = new PlannedRun(protocol, tls);
        for (var i = 0; i < servers; i++)
            await run.AddServerAsync();
        run.WriteFile("start");
        run._mesh = await MeshedClient.StartFromFileAsync(run.ConfigurationFile);
        run._calls = new SteadyCalls(run._mesh.Http, run._ledger);
        return run;
    }

    /// <summary>Starts one more server, which the file does not name before it is written again.</summary>
    public async Task<TestServer> AddServerAsync()
    {
        var server = await TestServer.StartAsync(o =>
        {
            o.Protocols = (_certificate, _protocol) switch
            {
                ({ }, _) => HttpProtocols.Http1AndHttp2,
                (_, "http2") => HttpProtocols.Http2,
                _ => HttpProtocols.Http1,
            };
            o.Certificate = _certificate;
            o.ClientAuthority = _certificate is null ? null : _authority;
            o.RecordLimit = 0;
            o.Handler = ArrivedAsync;
        });
        _all.Add(server);
        Servers.Add(server);
        return server;
    }

    /// <summary>Writes the file: in turn by an atomic rename, and in place as an editor may.</summary>
    public void WriteFile(string mark)
    {
        // Limits far beyond what a busy machine may take, and no retries.
        var text = $$"""
            services:
              shop:
                endpoints: [{{string.Join(", ", Servers.Select(s => $"\"127.0.0.1:{s.Port}\""))}}]
                protocol: {{_protocol}}
                timeout: 120s
                connect_timeout: 60s
                routes: [{ prefix: /, response_headers: { set: { x-mark: "{{mark}}" } } }]
                {{(_identity is null ? "" : Shop.Tls(_identity.AuthorityFile, _identity))}}
            """;
        if (_writes++ % 2 == 1)
        {
            File.WriteAllText(ConfigurationFile, text);
            return;
        }

        File.WriteAllText(_folder["mesh.new"], text);
        File.Move(_folder["mesh.new"], ConfigurationFile, overwrite: true);
    }

    /// <summary>Replaces the client certificate.</summary>
    public void WriteIdentity(string commonName)
    {
        using var identity = _authority.IssueClient(commonName);
        _identity!.Write(identity);
    }

    /// <summary>Ends the calls and fails unless none was lost.</summary>
    public async Task SettleAsync()
    {
        var calls = await _calls!.StopAsync();
        _ledger.Settle(calls);
        Assert.Equal(calls, _all.Sum(s => s.Counts.Requests));
    }

    public async ValueTask DisposeAsync()
    {
        if (_mesh is not null)
            await _mesh.DisposeAsync();
        foreach (var server in _all)
            await server.DisposeAsync();
        _certificate?.Dispose();
        _authority.Dispose();
        _folder.Dispose();
    }

    private Task<bool> ArrivedAsync(HttpContext context)
    {
        _ledger.Arrived(int.Parse(context.Request.Query["call"].ToString(), CultureInfo.InvariantCulture));
        _clientSubject = context.Connection.ClientCertificate?.Subject;
        return Task.FromResult(false);
    }
}
