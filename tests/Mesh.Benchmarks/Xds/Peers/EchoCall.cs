using System.Net;
using System.Net.Http.Headers;

namespace Mesh.Benchmarks.Xds.Peers;

/// <summary>The call that the grpc-js client makes too: `mesh.test.Echo/Unary` with a text of one letter, and a deadline.</summary>
internal sealed class EchoCall(HttpMessageHandler mesh) : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private static readonly byte[] Message = [0, 0, 0, 0, 3, 0x0A, 1, (byte)'x'];

    private readonly HttpClient _client = new(mesh) { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>Who answered; null, with why, when nobody did.</summary>
    public async Task<(string? Backend, string Status)> SendAsync(string host)
    {
        using var limit = new CancellationTokenSource(Deadline);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://{host}/mesh.test.Echo/Unary")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(Message) { Headers = { ContentType = new MediaTypeHeaderValue("application/grpc") } },
        };
        request.Headers.TryAddWithoutValidation("TE", "trailers");
        try
        {
            using HttpResponseMessage response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            await response.Content.CopyToAsync(Stream.Null, limit.Token);
            HttpResponseHeaders trailers = response.TrailingHeaders.Contains("grpc-status") ? response.TrailingHeaders : response.Headers;
            string status = Find(trailers, "grpc-status") ?? response.StatusCode.ToString();
            return status == "0" ? (Find(response.Headers, "x-backend"), "OK") : (null, $"{status} {Find(trailers, "grpc-message")}");
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return (null, e.Message);
        }
    }

    public void Dispose() => _client.Dispose();

    private static string? Find(HttpResponseHeaders headers, string name) =>
        headers.TryGetValues(name, out IEnumerable<string>? values) ? values.First() : null;
}
