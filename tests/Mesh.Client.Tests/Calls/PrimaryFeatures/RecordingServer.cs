using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Mesh.Client.Tests.Calls.PrimaryFeatures;

/// <summary>Kestrel on loopback, speaking HTTP/1.1, h2c and https, which notes what arrives before it answers.</summary>
internal sealed class RecordingServer : IAsyncDisposable
{
    private static readonly string[] NotedHeaders =
        ["Host", "Authorization", "Cookie", "Accept-Encoding", "Content-Length", "Content-Type", "Transfer-Encoding", "X-Note"];

    private readonly ConcurrentQueue<string> _requests = new();
    private readonly WebApplication _app;
    private readonly X509Certificate2 _certificate;

    private RecordingServer(WebApplication app, X509Certificate2 certificate)
    {
        _app = app;
        _certificate = certificate;
    }

    public Uri Http => Address(0);

    /// <summary>HTTP/2 without TLS, prior knowledge.</summary>
    public Uri Http2 => Address(1);

    public Uri Https => Address(2);

    public static async Task<RecordingServer> StartAsync(RequestDelegate answer)
    {
        X509Certificate2 certificate = CreateCertificate();
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate));
        });

        var server = new RecordingServer(builder.Build(), certificate);
        server._app.Run(async context =>
        {
            await server.NoteAsync(context.Request);
            await answer(context);
        });
        await server._app.StartAsync();
        return server;
    }

    public bool IsOwn(X509Certificate? certificate) => _certificate.Equals(certificate);

    /// <summary>What arrived since the last time.</summary>
    public IReadOnlyList<string> TakeRequests()
    {
        string[] taken = [.. _requests];
        _requests.Clear();
        return taken;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _certificate.Dispose();
    }

    private Uri Address(int index) => new(_app.Urls.ElementAt(index));

    private async Task NoteAsync(HttpRequest request)
    {
        using var reader = new StreamReader(request.Body);
        string body = await reader.ReadToEndAsync();
        IEnumerable<string> headers = NotedHeaders
            .Where(request.Headers.ContainsKey)
            .Select(name => $"{name}: {request.Headers[name]}");
        _requests.Enqueue($"{request.Method} {request.Path}{request.QueryString} [{string.Join(" | ", headers)}] '{body}'");
    }

    private static X509Certificate2 CreateCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue.AddDays(-1));
    }
}
