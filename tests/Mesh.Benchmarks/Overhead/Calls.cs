using System.Net;

namespace Mesh.Benchmarks.Overhead;

/// <summary>One call as a program makes it, the same on both sides.</summary>
internal static class Calls
{
    private static readonly byte[] Received = new byte[1024];

    public static async Task GetAsync(HttpClient client, Uri url)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url) { Version = client.DefaultRequestVersion, VersionPolicy = client.DefaultVersionPolicy };
        using HttpResponseMessage response = await client.SendAsync(request, CancellationToken.None);
        Expect(response.StatusCode == HttpStatusCode.OK, response);
    }

    /// <summary>A unary gRPC call as Grpc.Net.Client puts it on the wire, without its own cost.</summary>
    public static async Task GrpcAsync(HttpClient client, Uri url)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, url)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new UnaryContent(),
        };
        request.Headers.TryAddWithoutValidation("TE", "trailers");
        using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, CancellationToken.None);
        Stream body = await response.Content.ReadAsStreamAsync(CancellationToken.None);
        int length = 0, read;
        while ((read = await body.ReadAsync(Received, CancellationToken.None)) > 0)
            length += read;
        Expect(length == UnaryContent.FramedLength, response);
        Expect(response.TrailingHeaders.TryGetValues("grpc-status", out IEnumerable<string>? status) && status.First() == "0", response);
    }

    /// <summary>A cheap failure must not pass for a cheap call.</summary>
    private static void Expect(bool condition, HttpResponseMessage response)
    {
        if (!condition)
            throw new InvalidOperationException($"Not the answer of the benchmark's server: {response}");
    }
}
