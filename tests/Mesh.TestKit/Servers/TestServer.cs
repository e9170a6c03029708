using System.Net;
using Mesh.TestKit.Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Mesh.TestKit.Servers;

/// <summary>
/// A Kestrel server on loopback that counts connections and requests, remembers what it was asked, and has an endpoint for
/// every way in which a server may behave or misbehave (<see cref="Endpoints.EndpointTable"/> lists them).
/// </summary>
public sealed class TestServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ServerLedger _ledger;
    private readonly TlsListener? _tls;

    private TestServer(WebApplication app, ServerLedger ledger, TlsListener? tls, string name, EndPoint endPoint)
    {
        _app = app;
        _ledger = ledger;
        _tls = tls;
        Name = name;
        EndPoint = endPoint;
    }

    /// <summary>What the server calls itself.</summary>
    public string Name { get; }

    /// <summary>Where it listens: an <see cref="IPEndPoint"/> with the real port, or a Unix socket.</summary>
    public EndPoint EndPoint { get; }

    /// <summary>The TCP port.</summary>
    public int Port => ((IPEndPoint)EndPoint).Port;

    /// <summary>The URL of `/`; over a Unix socket the host is `localhost` and stands for nothing.</summary>
    public Uri Url => new($"{(_tls is null ? "http" : "https")}://{(EndPoint is IPEndPoint ip ? ip.ToString() : "localhost")}/");

    /// <summary>What was counted up to now.</summary>
    public ServerCounts Counts => _ledger.Snapshot();

    /// <summary>The last requests, oldest first.</summary>
    public IReadOnlyList<RequestRecord> Records => _ledger.Records;

    /// <summary>Starts a server; it accepts connections when this returns.</summary>
    public static async Task<TestServer> StartAsync(Action<TestServerOptions>? configure = null)
    {
        var options = new TestServerOptions();
        configure?.Invoke(options);
        var ledger = new ServerLedger(options.RecordLimit);
        var tls = options.Certificate is null ? null : new TlsListener(options.Certificate, options.Protocols, options.ClientAuthority);

        // The empty builder reads no configuration, so ASPNETCORE_* of the machine cannot move the server.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        ListenOptions? listener = null;
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            if (options.UnixSocketPath is { } path)
                kestrel.ListenUnixSocket(path, Configure);
            else
                kestrel.Listen(options.Address, options.Port, Configure);
        });

        var app = builder.Build();
        app.UseWebSockets();
        app.Run(new RequestPipeline(ledger, options).InvokeAsync);
        try
        {
            await app.StartAsync();
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        return new TestServer(app, ledger, tls, options.Name, listener!.EndPoint);

        void Configure(ListenOptions listen)
        {
            listener = listen;
            listen.Protocols = options.Protocols;
            listen.Use(next => connection => CountedAsync(ledger, next, connection));
            if (tls is not null)
                listen.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => ValueTask.FromResult(tls.NextHandshake()) });
        }
    }

    /// <summary>Shows this certificate in handshakes from now on.</summary>
    public void UseCertificate(IssuedCertificate certificate) =>
        (_tls ?? throw new InvalidOperationException($"Server '{Name}' was started without TLS.")).Use(certificate);

    /// <summary>
    /// Stops listening and lets connections end in order (h1: Connection: close, h2: GOAWAY); those still busy when the token
    /// is cancelled are aborted.
    /// </summary>
    public Task StopAsync(CancellationToken abort) => _app.StopAsync(abort);

    /// <summary>Stops at once: connections are aborted.</summary>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
    }

    private static async Task CountedAsync(ServerLedger ledger, ConnectionDelegate next, ConnectionContext connection)
    {
        ledger.ConnectionOpened(connection.ConnectionId);
        try
        {
            await next(connection);
        }
        finally
        {
            ledger.ConnectionClosed(connection.ConnectionId);
        }
    }
}
