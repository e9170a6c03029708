using System.Net;

namespace Mesh.Benchmarks.Overhead;

/// <summary>Stands in for the transport: answers at once, from memory, with ten headers and a small body.</summary>
internal sealed class TerminalHandler : HttpMessageHandler
{
    private static readonly byte[] Body = new byte[64];

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        Task.FromResult(Answer(request));

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) => Answer(request);

    private static HttpResponseMessage Answer(HttpRequestMessage request)
    {
        var content = new ByteArrayContent(Body);
        content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        content.Headers.TryAddWithoutValidation("Content-Length", "64");
        var response = new HttpResponseMessage(HttpStatusCode.OK) { RequestMessage = request, Content = content };
        foreach (string name in ResponseHeaders.Names)
            response.Headers.TryAddWithoutValidation(name, ResponseHeaders.Value);
        response.Headers.TryAddWithoutValidation("Date", "Thu, 01 Jan 2026 00:00:00 GMT");
        return response;
    }
}
