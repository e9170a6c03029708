using System.Net;

namespace Mesh.Benchmarks.Overhead;

/// <summary>Stands in for the transport: answers at once, from memory, with ten headers and a small body.</summary>
/// <param name="streamed">Whether the body must be read, as one from a connection must; else it lies in memory whole.</param>
internal sealed class TerminalHandler(bool streamed) : HttpMessageHandler
{
    private static readonly byte[] Body = new byte[64];

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        Task.FromResult(Answer(request));

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) => Answer(request);

    private HttpResponseMessage Answer(HttpRequestMessage request)
    {
        HttpContent content = streamed ? new ReceivedContent() : new ByteArrayContent(Body);
        content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        content.Headers.TryAddWithoutValidation("Content-Length", "64");
        var response = new HttpResponseMessage(HttpStatusCode.OK) { RequestMessage = request, Content = content };
        foreach (string name in ResponseHeaders.Names)
            response.Headers.TryAddWithoutValidation(name, ResponseHeaders.Value);
        response.Headers.TryAddWithoutValidation("Date", "Thu, 01 Jan 2026 00:00:00 GMT");
        return response;
    }

    private sealed class ReceivedContent : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
            stream.WriteAsync(Body, 0, Body.Length, cancellationToken);

        protected override bool TryComputeLength(out long length)
        {
            length = Body.Length;
            return true;
        }
    }
}
