using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;

namespace Mesh.Client.Tests.Calls;

/// <summary>A streamed body that the test writes piece by piece, and that tells how often it was asked for.</summary>
internal sealed class WrittenContent : HttpContent
{
    private readonly TaskCompletionSource<Stream> _stream = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _serializations;

    public int Serializations => Volatile.Read(ref _serializations);

    public async Task WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        Stream stream = await _stream.Task;
        await stream.WriteAsync(bytes);
        await stream.FlushAsync();
    }

    public void End() => _end.TrySetResult();

    public void Fail(Exception error) => _end.TrySetException(error);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _serializations);
        await stream.FlushAsync(cancellationToken);
        _stream.TrySetResult(stream);
        await _end.Task.WaitAsync(cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}

/// <summary>A body that is written from bytes each time it is asked for, counted; to the mesh it is a stream like any other.</summary>
internal sealed class CountedContent(byte[] bytes) : HttpContent
{
    private int _serializations;

    public int Serializations => Volatile.Read(ref _serializations);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        Interlocked.Increment(ref _serializations);
        await stream.WriteAsync(bytes);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = bytes.Length;
        return true;
    }
}

/// <summary>gRPC by its framing alone.</summary>
internal static class GrpcRequests
{
    public static byte[] Frame(params byte[] message)
    {
        byte[] frame = new byte[5 + message.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.Length);
        message.CopyTo(frame, 5);
        return frame;
    }

    /// <summary>A request as Grpc.Net.Client makes it.</summary>
    public static HttpRequestMessage Create(string url, HttpContent? content = null)
    {
        content ??= new ByteArrayContent(Frame(1, 2, 3));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        return new HttpRequestMessage(HttpMethod.Post, url)
        {
            Content = content,
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Headers = { { "TE", "trailers" } },
        };
    }

    /// <summary>The status in the headers of a Trailers-Only response.</summary>
    public static string? StatusInHeaders(this HttpResponseMessage response) =>
        response.Headers.TryGetValues("grpc-status", out IEnumerable<string>? values) ? values.Single() : null;

    /// <summary>The status in the trailers, after the body has been read.</summary>
    public static string? StatusInTrailers(this HttpResponseMessage response) =>
        response.TrailingHeaders.TryGetValues("grpc-status", out IEnumerable<string>? values) ? values.Single() : null;

    /// <summary>A header's only value.</summary>
    public static string? Header(this HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out IEnumerable<string>? values) ? values.Single() : null;
}
