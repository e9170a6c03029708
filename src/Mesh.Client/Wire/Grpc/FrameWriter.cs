using System.Buffers;
using System.Buffers.Binary;

namespace Mesh.Wire.Grpc;

/// <summary>Writes a message with its prefix. What is written here is not compressed.</summary>
internal static class FrameWriter
{
    private const int PrefixBytes = 5;

    /// <summary>Messages up to this are copied behind their prefix, so that both travel in one DATA frame.</summary>
    private const int CopiedBytes = 16 << 10;

    /// <summary>Writes one message and sends what is buffered.</summary>
    public static async ValueTask WriteAsync(Stream body, ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        bool copied = message.Length <= CopiedBytes;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(PrefixBytes + (copied ? message.Length : 0));
        buffer[0] = 0;
        BinaryPrimitives.WriteInt32BigEndian(buffer.AsSpan(1), message.Length);
        if (copied)
            message.CopyTo(buffer.AsMemory(PrefixBytes));
        await body.WriteAsync(buffer.AsMemory(0, PrefixBytes + (copied ? message.Length : 0)), cancellationToken).ConfigureAwait(false);
        // Only after success: a write that was cancelled may still be looking at the buffer.
        ArrayPool<byte>.Shared.Return(buffer);
        if (!copied)
            await body.WriteAsync(message, cancellationToken).ConfigureAwait(false);
        await body.FlushAsync(cancellationToken).ConfigureAwait(false);
    }
}
