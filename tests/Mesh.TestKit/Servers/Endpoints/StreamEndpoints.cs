using System.Globalization;
using System.IO.Compression;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Mesh.TestKit.Servers.Endpoints;

/// <summary>Endpoints whose answer is more than one piece.</summary>
internal static class StreamEndpoints
{
    private static readonly byte[] Chunk = Enumerable.Range(0, 64 * 1024).Select(i => (byte)i).ToArray();

    /// <summary>`/sse/{n}?ms=M`: n server-sent events, M milliseconds apart.</summary>
    public static async Task ServerSentEventsAsync(HttpContext context, string count)
    {
        var pause = TimeSpan.FromMilliseconds(context.Request.Query.Number("ms", 0));
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-cache";
        for (var i = 1; i <= Answers.Number(count); i++)
        {
            if (i > 1)
                await Task.Delay(pause, TimeProvider.System, context.RequestAborted);
            var text = string.Create(CultureInfo.InvariantCulture, $"id: {i}\ndata: event {i}\n\n");
            await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text), context.RequestAborted);
        }
    }

    /// <summary>`/stream/{n}`: n chunks of 64 KiB, without a Content-Length.</summary>
    public static async Task ChunksAsync(HttpContext context, string count)
    {
        context.Response.ContentType = "application/octet-stream";
        for (var i = 0; i < Answers.Number(count); i++)
            await context.Response.Body.WriteAsync(Chunk, context.RequestAborted);
    }

    /// <summary>`/trailers`: a body, then the trailers `x-trailer` and `x-check`. Kestrel has trailers on h2 alone: h1 gets 501.</summary>
    public static async Task TrailersAsync(HttpContext context, string argument)
    {
        if (!context.Response.SupportsTrailers())
        {
            context.Response.StatusCode = StatusCodes.Status501NotImplemented;
            return;
        }

        context.Response.DeclareTrailer("x-trailer");
        await context.Response.WriteAsync("body", context.RequestAborted);
        context.Response.AppendTrailer("x-trailer", "after the body");
        context.Response.AppendTrailer("x-check", "4");
    }

    /// <summary>`/gzip`: a compressed body, asked for or not.</summary>
    public static async Task GzipAsync(HttpContext context, string argument)
    {
        context.Response.ContentType = "text/plain";
        context.Response.Headers.ContentEncoding = "gzip";
        await using var gzip = new GZipStream(context.Response.Body, CompressionLevel.Fastest, leaveOpen: true);
        await gzip.WriteAsync(Encoding.UTF8.GetBytes(new string('z', 1000)), context.RequestAborted);
    }
}
