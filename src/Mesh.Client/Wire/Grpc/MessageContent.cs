using System.Net;

namespace Mesh.Wire.Grpc;

/// <summary>The body of a unary request. The runtime may write it again where the server has surely not seen the call.</summary>
internal sealed class MessageContent(ReadOnlyMemory<byte> message) : HttpContent
{
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        FrameWriter.WriteAsync(stream, message, cancellationToken).AsTask();

    protected override bool TryComputeLength(out long length)
    {
        // The protocol names no content-length.
        length = -1;
        return false;
    }
}
