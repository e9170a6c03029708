using System.Net;
using Mesh.TestKit.Servers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Mesh.TestKit.ControlPlane.Hosting;

/// <summary>The listening side, one Kestrel from start to stop: HTTP/2 alone, by prior knowledge or by ALPN.</summary>
internal sealed class AdsListener : IAsyncDisposable
{
    private readonly WebApplication _app;

    private AdsListener(WebApplication app, EndPoint endPoint)
    {
        _app = app;
        EndPoint = endPoint;
    }

    public EndPoint EndPoint { get; }

    public static async Task<AdsListener> StartAsync(AdsServerOptions options, int port, RequestDelegate run)
    {
        // The empty builder reads no configuration, so ASPNETCORE_* of the machine cannot move the server.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        ListenOptions? listener = null;
        TlsListener? tls = options.Certificate is null ? null : new TlsListener(options.Certificate, HttpProtocols.Http2, options.ClientAuthority);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            if (options.UnixSocketPath is { } path)
                kestrel.ListenUnixSocket(path, Configure);
            else
                kestrel.Listen(IPAddress.Loopback, port, Configure);
        });

        WebApplication app = builder.Build();
        app.Run(run);
        try
        {
            await app.StartAsync();
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        return new AdsListener(app, listener!.EndPoint);

        void Configure(ListenOptions listen)
        {
            listener = listen;
            listen.Protocols = HttpProtocols.Http2;
            if (tls is not null)
                listen.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => ValueTask.FromResult(tls.NextHandshake()) });
        }
    }

    /// <summary>Stops at once: connections are aborted, and the port refuses.</summary>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
    }
}
