using Microsoft.AspNetCore.Http;

namespace Mesh.TestKit.Servers.Endpoints;

/// <summary>The built-in endpoints by the first segment of the path; the second is the endpoint's argument.</summary>
/// <remarks>
/// Any other path answers 200 with the server's name, or, when the content is gRPC, as `/grpc.Test/Unary`. Kestrel sends each
/// write to the response's body at once, so nothing here flushes but what sends headers ahead of a body.
/// </remarks>
internal static class EndpointTable
{
    private static readonly Dictionary<string, Endpoint> Table = new(StringComparer.Ordinal)
    {
        ["status"] = new(PlainEndpoints.StatusAsync),
        ["headers"] = new(PlainEndpoints.HeadersAsync),
        ["redirect"] = new(PlainEndpoints.RedirectAsync),
        ["cookie"] = new(PlainEndpoints.CookieAsync),
        ["delay"] = new(PlainEndpoints.DelayAsync),
        ["gzip"] = new(StreamEndpoints.GzipAsync),
        ["sse"] = new(StreamEndpoints.ServerSentEventsAsync),
        ["stream"] = new(StreamEndpoints.ChunksAsync),
        ["trailers"] = new(StreamEndpoints.TrailersAsync),
        ["echo"] = new(BodyEndpoints.EchoAsync, ReadsBodyItself: true),
        ["upload"] = new(BodyEndpoints.UploadAsync, ReadsBodyItself: true),
        ["expect"] = new(BodyEndpoints.ExpectAsync, ReadsBodyItself: true),
        ["ws"] = new(WebSocketEndpoint.EchoAsync, ReadsBodyItself: true),
        ["reset"] = new(BrokenEndpoints.ResetAsync, ReadsBodyItself: true),
        ["half"] = new(BrokenEndpoints.HalfAsync, ReadsBodyItself: true),
        ["grpc.Test"] = new(GrpcEndpoints.RunAsync, ReadsBodyItself: true),
    };

    public static async Task RunAsync(HttpContext context, string serverName)
    {
        var segments = (context.Request.Path.Value ?? "/").Split('/', 3);
        var argument = segments.Length > 2 ? segments[2] : "";
        var found = Table.TryGetValue(segments.Length > 1 ? segments[1] : "", out var endpoint);
        if (!found && GrpcEndpoints.IsGrpc(context.Request))
        {
            await GrpcEndpoints.RunAsync(context, "Unary");
            return;
        }

        // Read first, so that the record has the whole body before the client has the answer.
        if (endpoint is not { ReadsBodyItself: true })
            await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);

        if (found)
            await endpoint.RunAsync(context, argument);
        else
            await context.TextAsync(serverName);
    }

    private readonly record struct Endpoint(Func<HttpContext, string, Task> RunAsync, bool ReadsBodyItself = false);
}
