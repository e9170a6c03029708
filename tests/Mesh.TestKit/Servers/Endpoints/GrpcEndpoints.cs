using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;

namespace Mesh.TestKit.Servers.Endpoints;

/// <summary>
/// gRPC by its framing alone, with no message ever decoded. `/grpc.Test/Unary` and `/grpc.Test/Stream` give each message back as
/// it came; `/grpc.Test/Fail?code=14` ends with that status, in trailers after one message or, with `trailersonly=1`, in headers.
/// </summary>
internal static class GrpcEndpoints
{
    private const int FrameHeader = 5;
    private static readonly byte[] EmptyMessage = new byte[FrameHeader];

    public static bool IsGrpc(HttpRequest request) =>
        request.ContentType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) is true;

    public static async Task RunAsync(HttpContext context, string method)
    {
        context.Response.ContentType = "application/grpc";
        if (!context.Response.SupportsTrailers())
        {
            context.Response.StatusCode = StatusCodes.Status505HttpVersionNotsupported;
            return;
        }

        if (method == "Fail")
        {
            await FailAsync(context);
            return;
        }

        if (method == "Stream")
            await context.Response.Body.FlushAsync(context.RequestAborted);
        await EchoFramesAsync(context);
        End(context, 0, "");
    }

    private static async Task FailAsync(HttpContext context)
    {
        await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
        var code = context.Request.Query.Number("code", 14);
        if (context.Request.Query.Number("trailersonly", 0) == 1)
        {
            context.Response.Headers["grpc-status"] = code.ToString(CultureInfo.InvariantCulture);
            context.Response.Headers["grpc-message"] = "as asked";
            return;
        }

        await context.Response.Body.WriteAsync(EmptyMessage, context.RequestAborted);
        End(context, code, "as asked");
    }

    private static async Task EchoFramesAsync(HttpContext context)
    {
        var body = PipeReader.Create(context.Request.Body);
        while (true)
        {
            var read = await body.ReadAsync(context.RequestAborted);
            var rest = read.Buffer;
            while (TakeFrame(ref rest, out var frame))
            {
                foreach (var segment in frame)
                    await context.Response.Body.WriteAsync(segment, context.RequestAborted);
            }

            body.AdvanceTo(rest.Start, rest.End);
            if (read.IsCompleted)
                return;
        }
    }

    private static bool TakeFrame(ref ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> frame)
    {
        frame = default;
        if (buffer.Length < FrameHeader)
            return false;

        Span<byte> header = stackalloc byte[FrameHeader];
        buffer.Slice(0, FrameHeader).CopyTo(header);
        var length = FrameHeader + (long)BinaryPrimitives.ReadUInt32BigEndian(header[1..]);
        if (buffer.Length < length)
            return false;

        frame = buffer.Slice(0, length);
        buffer = buffer.Slice(length);
        return true;
    }

    private static void End(HttpContext context, int code, string message)
    {
        context.Response.AppendTrailer("grpc-status", code.ToString(CultureInfo.InvariantCulture));
        context.Response.AppendTrailer("grpc-message", message);
    }
}
