using System.Buffers.Binary;

namespace Mesh.Wire.Grpc;

/// <summary>
/// Reads length-prefixed messages one at a time, and never a byte beyond the one asked for: what the reader does not take stays in the
/// HTTP/2 window, and the server waits.
/// </summary>
/// <param name="body">The response's body.</param>
/// <param name="encoding">The response's <c>grpc-encoding</c>; null when it has none.</param>
/// <param name="limit">The longest message taken.</param>
internal sealed class FrameReader(Stream body, string? encoding, MessageLimit limit)
{
    private const int PrefixBytes = 5;

    /// <summary>What is allocated on the word of a length alone; more only as bytes come.</summary>
    private const int FirstBytes = 64 << 10;

    private readonly byte[] _prefix = new byte[PrefixBytes];

    /// <summary>The next message; null at the end.</summary>
    /// <exception cref="EndOfStreamException">The body ends within a message.</exception>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken cancellationToken)
    {
        int count = await body.ReadAtLeastAsync(_prefix, PrefixBytes, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        if (count == 0)
            return null;
        if (count < PrefixBytes)
            throw new EndOfStreamException($"The response ends after {count} of the {PrefixBytes} bytes before a message");
        bool packed = IsPacked(_prefix[0]);
        uint length = BinaryPrimitives.ReadUInt32BigEndian(_prefix.AsSpan(1));
        limit.Check(length);
        byte[] message = await ReadMessageAsync((int)length, cancellationToken).ConfigureAwait(false);
        return packed ? GzipMessage.Unpack(message, limit) : message;
    }

    /// <summary>Whether a message is compressed. By compression.md what a client cannot unpack is INTERNAL.</summary>
    private bool IsPacked(byte flag) => (flag, encoding?.ToLowerInvariant()) switch
    {
        (0, _) => false,
        (1, "gzip") => true,
        (1, null or "identity") => throw new GrpcException(GrpcStatusCode.Internal, "A message is marked as compressed in a response without a grpc-encoding"),
        (1, _) => throw new GrpcException(GrpcStatusCode.Internal, $"A message is compressed by '{encoding}'; gzip and identity were offered"),
        _ => throw new GrpcException(GrpcStatusCode.Internal, $"A message begins with compressed flag {flag}; 0 and 1 exist"),
    };

    private async ValueTask<byte[]> ReadMessageAsync(int length, CancellationToken cancellationToken)
    {
        byte[] message = new byte[Math.Min(length, FirstBytes)];
        int read = 0;
        while (true)
        {
            int wanted = message.Length - read;
            int count = await body.ReadAtLeastAsync(message.AsMemory(read), wanted, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            read += count;
            if (count < wanted)
                throw new EndOfStreamException($"The response ends after {read} of a message's {length} bytes");
            if (read == length)
                return message;
            Array.Resize(ref message, (int)Math.Min(length, message.Length * 2L));
        }
    }
}
