using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.InteropServices;

namespace Mesh.Wire.Grpc;

/// <summary>
/// Unpacks one message, which is one gzip member (RFC 1952); each has a compression context of its own. The limit holds while reading, so a
/// bomb costs no more than it.
/// </summary>
internal static class GzipMessage
{
    private const int FirstBytes = 4 << 10;
    private const int LeastBytes = 18;

    public static ReadOnlyMemory<byte> Unpack(ReadOnlyMemory<byte> packed, MessageLimit limit)
    {
        using var gzip = new GZipStream(AsStream(packed), CompressionMode.Decompress);
        byte[] message = new byte[Math.Min(limit.Bytes, Math.Max(FirstBytes, packed.Length))];
        int length = 0;
        try
        {
            while (true)
            {
                if (length == message.Length && message.Length < limit.Bytes)
                    Array.Resize(ref message, (int)Math.Min(limit.Bytes, message.Length * 2L));
                int count = length == message.Length ? gzip.ReadByte() + 1 : gzip.Read(message, length, message.Length - length);
                if (count == 0)
                    break;
                if (length == message.Length)
                    throw limit.Unpacked(packed.Length);
                length += count;
            }
        }
        catch (InvalidDataException e)
        {
            throw new GrpcException(GrpcStatusCode.Internal, $"A message cannot be unpacked by gzip: {e.Message}", e);
        }

        if (!EndsWith(packed.Span, length))
            throw new GrpcException(GrpcStatusCode.Internal, "A message cannot be unpacked by gzip: it ends too early, or something follows it");
        return message.AsMemory(0, length);
    }

    /// <summary>
    /// The runtime takes data that was cut off for data that ended, so its end is looked at: a member ends with its unpacked length. Nothing at
    /// all is what the runtime's own gzip makes of an empty message.
    /// </summary>
    private static bool EndsWith(ReadOnlySpan<byte> packed, int length) =>
        packed.IsEmpty || (packed.Length >= LeastBytes && BinaryPrimitives.ReadUInt32LittleEndian(packed[^4..]) == (uint)length);

    private static MemoryStream AsStream(ReadOnlyMemory<byte> bytes) =>
        MemoryMarshal.TryGetArray(bytes, out ArraySegment<byte> segment)
            ? new MemoryStream(segment.Array!, segment.Offset, segment.Count, writable: false)
            : new MemoryStream(bytes.ToArray(), writable: false);
}
