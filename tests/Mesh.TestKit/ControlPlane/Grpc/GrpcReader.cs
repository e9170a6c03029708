using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Pipelines;

namespace Mesh.TestKit.ControlPlane.Grpc;

/// <summary>Reads the length-prefixed messages of a gRPC call.</summary>
internal sealed class GrpcReader(PipeReader body, int maxMessageBytes)
{
    private const int FrameHeader = 5;

    /// <summary>The next message; null when the client has sent its last, or when <see cref="Stop"/> was called.</summary>
    public async Task<byte[]?> ReadAsync(CancellationToken cancellation)
    {
        while (true)
        {
            ReadResult read = await body.ReadAsync(cancellation);
            ReadOnlySequence<byte> buffer = read.Buffer;
            if (read.IsCanceled)
            {
                body.AdvanceTo(buffer.Start);
                return null;
            }

            byte[]? message = Take(ref buffer, out bool compressed);
            body.AdvanceTo(buffer.Start, message is null ? buffer.End : buffer.Start);
            if (message is not null)
                return compressed ? Unzip(message) : message;
            if (read.IsCompleted)
                return buffer.IsEmpty ? null : throw new GrpcStatusException(GrpcStatusException.Internal, "the request ended within a message");
        }
    }

    /// <summary>Lets a read under way end.</summary>
    public void Stop() => body.CancelPendingRead();

    private byte[]? Take(ref ReadOnlySequence<byte> buffer, out bool compressed)
    {
        compressed = false;
        if (buffer.Length < FrameHeader)
            return null;
        Span<byte> header = stackalloc byte[FrameHeader];
        buffer.Slice(0, FrameHeader).CopyTo(header);
        compressed = header[0] == 1;
        uint length = BinaryPrimitives.ReadUInt32BigEndian(header[1..]);
        if (length > maxMessageBytes)
            throw new GrpcStatusException(GrpcStatusException.ResourceExhausted, $"a message of {length} bytes; at most {maxMessageBytes} are taken");
        if (buffer.Length < FrameHeader + length)
            return null;
        byte[] message = buffer.Slice(FrameHeader, length).ToArray();
        buffer = buffer.Slice(FrameHeader + (long)length);
        return message;
    }

    private byte[] Unzip(byte[] message)
    {
        using var gzip = new GZipStream(new MemoryStream(message), CompressionMode.Decompress);
        var plain = new MemoryStream();
        var chunk = new byte[16384];
        while (gzip.Read(chunk) is var count and > 0)
        {
            plain.Write(chunk, 0, count);
            if (plain.Length > maxMessageBytes)
                throw new GrpcStatusException(GrpcStatusException.ResourceExhausted, $"a message of more than {maxMessageBytes} bytes unzipped");
        }

        return plain.ToArray();
    }
}
