using System.Net;
using System.Net.Http.Headers;

namespace Mesh.Benchmarks.Overhead;

/// <summary>One framed gRPC message: five bytes and 64, of a length the transport is not told, as Grpc.Net.Client's own content.</summary>
internal sealed class UnaryContent : HttpContent
{
    public const int FramedLength = 5 + 64;

    private static readonly MediaTypeHeaderValue ContentType = new("application/grpc");
    private static readonly byte[] Framed = Frame();

    public UnaryContent() => Headers.ContentType = ContentType;

    public static ReadOnlyMemory<byte> Message => Framed;

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => stream.WriteAsync(Framed).AsTask();

    protected override bool TryComputeLength(out long length)
    {
        length = -1;
        return false;
    }

    private static byte[] Frame()
    {
        var frame = new byte[FramedLength];
        frame[4] = 64;
        return frame;
    }
}
