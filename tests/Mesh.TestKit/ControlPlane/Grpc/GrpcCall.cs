using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;

namespace Mesh.TestKit.ControlPlane.Grpc;

/// <summary>The server's side of one gRPC call by its framing: messages out, and a status at the end.</summary>
internal sealed class GrpcCall
{
    private const int FrameHeader = 5;

    // So much may wait in the connection's buffers before a slow client holds the stream up.
    private const int FlushBytes = 256 << 10;

    private readonly HttpContext _context;
    private readonly bool _compresses;

    public GrpcCall(HttpContext context, AdsServerOptions options)
    {
        _context = context;
        _compresses = options.Compresses;
        Reader = new GrpcReader(context.Request.BodyReader, options.MaxMessageBytes);
        context.Response.ContentType = "application/grpc";
        if (_compresses)
            context.Response.Headers["grpc-encoding"] = "gzip";
    }

    public GrpcReader Reader { get; }

    /// <summary>Cancelled when the client has gone or given the call up.</summary>
    public CancellationToken Aborted => _context.RequestAborted;

    public async Task SendHeadersAsync() => await _context.Response.BodyWriter.FlushAsync(Aborted);

    /// <summary>Sends one message, whose parts are put behind each other.</summary>
    public async Task WriteAsync(IReadOnlyList<ReadOnlyMemory<byte>> parts)
    {
        if (_compresses)
            parts = [Zip(parts)];
        long length = parts.Sum(part => (long)part.Length);
        PipeWriter writer = _context.Response.BodyWriter;
        Span<byte> header = writer.GetSpan(FrameHeader);
        header[0] = _compresses ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteUInt32BigEndian(header[1..], checked((uint)length));
        writer.Advance(FrameHeader);
        int waiting = 0;
        foreach (ReadOnlyMemory<byte> part in parts)
        {
            writer.Write(part.Span);
            waiting += part.Length;
            if (waiting >= FlushBytes)
            {
                await writer.FlushAsync(Aborted);
                waiting = 0;
            }
        }

        await writer.FlushAsync(Aborted);
    }

    /// <summary>Sends bytes as they are, framed or not.</summary>
    public async Task WriteRawAsync(ReadOnlyMemory<byte> bytes) => await _context.Response.BodyWriter.WriteAsync(bytes, Aborted);

    /// <summary>Gives the call its status: in trailers, or in the headers when nothing was sent yet (Trailers-Only).</summary>
    public void End(int status, string message)
    {
        string code = status.ToString(CultureInfo.InvariantCulture);
        if (_context.Response.HasStarted)
        {
            _context.Response.AppendTrailer("grpc-status", code);
            if (message.Length > 0)
                _context.Response.AppendTrailer("grpc-message", Uri.EscapeDataString(message));
            return;
        }

        _context.Response.Headers["grpc-status"] = code;
        if (message.Length > 0)
            _context.Response.Headers["grpc-message"] = Uri.EscapeDataString(message);
    }

    /// <summary>Resets the stream: no status at all.</summary>
    public void Reset() => _context.Abort();

    private static ReadOnlyMemory<byte> Zip(IReadOnlyList<ReadOnlyMemory<byte>> parts)
    {
        var zipped = new MemoryStream();
        using (var gzip = new GZipStream(zipped, CompressionLevel.Fastest, leaveOpen: true))
        {
            foreach (ReadOnlyMemory<byte> part in parts)
                gzip.Write(part.Span);
        }

        return zipped.GetBuffer().AsMemory(0, (int)zipped.Length);
    }
}
