using System.Text;
using Mesh.TestKit.Servers.Endpoints;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Mesh.TestKit.Servers;

/// <summary>What every request passes: count and file it, watch its body, then the test's own handler, then the endpoints.</summary>
internal sealed class RequestPipeline(ServerLedger ledger, TestServerOptions options)
{
    /// <summary>Answers with the counts and is not counted itself.</summary>
    public const string CountsPath = "/__counts";

    public async Task InvokeAsync(HttpContext context)
    {
        context.Response.Headers["X-Server"] = options.Name;
        if (context.Request.Path == CountsPath)
        {
            ledger.ConnectionObserves(context.Connection.Id);
            await context.Response.WriteAsJsonAsync(ledger.Snapshot(), context.RequestAborted);
            return;
        }

        var record = NewRecord(context);
        await using var tap = new BodyTap(context.Request.Body, (length, hash) =>
            record.BodyEnded(new RequestBody(length, hash, RequestTrailers(context))));
        context.Request.Body = tap;
        ledger.RequestStarted(record);
        try
        {
            if (options.Handler is null || !await options.Handler(context))
                await EndpointTable.RunAsync(context, options.Name);
        }
        finally
        {
            if (context.RequestAborted.IsCancellationRequested)
                ledger.RequestAborted(record);
        }
    }

    private static RequestRecord NewRecord(HttpContext context)
    {
        var request = context.Request;
        var alpn = context.Features.Get<ITlsApplicationProtocolFeature>()?.ApplicationProtocol ?? default;
        var serverName = context.Features.Get<ITlsHandshakeFeature>()?.HostName;
        return new RequestRecord
        {
            ConnectionId = context.Connection.Id,
            Method = request.Method,
            Target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget,
            Protocol = request.Protocol,
            Scheme = request.Scheme,
            Authority = request.Host.Value ?? "",
            Headers = Copy(request.Headers),
            Alpn = alpn.IsEmpty ? null : Encoding.ASCII.GetString(alpn.Span),
            ServerName = string.IsNullOrEmpty(serverName) ? null : serverName,
            ClientSubject = context.Connection.ClientCertificate?.Subject,
        };
    }

    private static Dictionary<string, string[]> RequestTrailers(HttpContext context) =>
        context.Features.Get<IHttpRequestTrailersFeature>() is { Available: true } feature ? Copy(feature.Trailers) : [];

    private static Dictionary<string, string[]> Copy(IHeaderDictionary headers) =>
        headers.ToDictionary(h => h.Key, h => h.Value.Select(v => v ?? "").ToArray(), StringComparer.OrdinalIgnoreCase);
}
