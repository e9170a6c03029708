using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;

namespace Mesh.Interop.Tests.Smoke;

/// <summary>gRPC by hand over HttpClient: enough to call a peer without a gRPC library.</summary>
internal static class GrpcCall
{
    private const int FrameHeader = 5;

    public static byte[] Frame(IMessage message)
    {
        var bytes = new byte[FrameHeader + message.CalculateSize()];
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(1), bytes.Length - FrameHeader);
        message.WriteTo(bytes.AsSpan(FrameHeader));
        return bytes;
    }

    public static async Task<T?> ReadAsync<T>(Stream body, MessageParser<T> parser)
        where T : class, IMessage<T>
    {
        var header = new byte[FrameHeader];
        if (await body.ReadAtLeastAsync(header, FrameHeader, throwOnEndOfStream: false) == 0)
            return null;
        var message = new byte[BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(1))];
        await body.ReadExactlyAsync(message);
        return parser.ParseFrom(message);
    }

    public static async Task<HttpResponseMessage> SendAsync(HttpClient client, string method, HttpContent content)
    {
        content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        var request = new HttpRequestMessage(HttpMethod.Post, method)
        {
            Content = content,
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    public static async Task<(List<T> Messages, string Status)> CallAsync<T>(
        HttpClient client, string method, MessageParser<T> parser, params IMessage[] messages)
        where T : class, IMessage<T>
    {
        using var response = await SendAsync(client, method, new ByteArrayContent([.. messages.SelectMany(Frame)]));
        await using var body = await response.Content.ReadAsStreamAsync();
        var replies = new List<T>();
        while (await ReadAsync(body, parser) is { } reply)
            replies.Add(reply);
        return (replies, Status(response));
    }

    /// <summary>The status and where it stood; the body has been read to its end.</summary>
    public static string Status(HttpResponseMessage response) =>
        response.Headers.TryGetValues("grpc-status", out var values) ? $"{values.Single()} in headers"
        : response.TrailingHeaders.TryGetValues("grpc-status", out values) ? $"{values.Single()} in trailers"
        : "none";
}
