using System.Text;
using Mesh.Calls;
using Mesh.TestKit;
using Mesh.TestKit.Servers;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Mesh.Client.Tests.Calls;

/// <summary>Bodies that stream both ways, and what follows them.</summary>
public sealed class DuplexTests : MeshTest
{
    [Theory]
    [InlineData(null)]
    [InlineData("retry: { retries: 1, on: [5xx] }")]
    public async Task TheResponseRunsWhileTheRequestIsOpen(string? retry)
    {
        TestServer server = await StartHttp2ServerAsync();
        TestMesh mesh = await StartMeshAsync(ServiceA(server, "protocol: http2", retry));
        var body = new WrittenContent();
        Task<HttpResponseMessage> call = SendAsync(mesh, "http://a/echo", body);
        await body.WriteAsync("first"u8.ToArray());
        using HttpResponseMessage response = await call;
        await using Stream answer = await response.Content.ReadAsStreamAsync();
        Assert.Equal("first", await ReadAsync(answer, 5));

        for (int i = 0; i < 3; i++)
        {
            await body.WriteAsync(Encoding.ASCII.GetBytes($"turn {i}"));
            Assert.Equal($"turn {i}", await ReadAsync(answer, 6));
        }

        Assert.Equal(1, mesh.InFlight);
        body.End();
        Assert.Equal(0, await answer.ReadAsync(new byte[1]));
        Assert.Equal(0, mesh.InFlight);
    }

    [Fact]
    public async Task TrailersAreReadableAfterTheBody()
    {
        TestServer server = await StartHttp2ServerAsync();
        TestMesh mesh = await StartMeshAsync(ServiceA(server, "protocol: http2"));

        using HttpResponseMessage response = await mesh.Client.GetAsync("http://a/trailers", HttpCompletionOption.ResponseHeadersRead);
        Assert.Empty(response.TrailingHeaders);
        Assert.Equal("body", await response.Content.ReadAsStringAsync());

        Assert.Equal(("after the body", "4"), (response.TrailingHeaders.GetValues("x-trailer").Single(), response.TrailingHeaders.GetValues("x-check").Single()));
    }

    [Fact]
    public async Task TheTrailersStatusIsTheOutcomesForGrpc()
    {
        TestServer server = await StartHttp2ServerAsync();
        TestMesh mesh = await StartMeshAsync(ServiceA(server));

        using HttpResponseMessage response = await mesh.Client.SendAsync(GrpcRequests.Create("http://a/grpc.Test/Fail?code=5"));

        Assert.Equal("5", response.StatusInTrailers());
        Assert.Equal((200, 5, null), (mesh.Outcome.StatusCode, mesh.Outcome.GrpcStatus, mesh.Outcome.Flag));
    }

    [Fact]
    public async Task ABodyThatBreaksOffIsAnErrorAndFlagged()
    {
        TestServer server = await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(ServiceA(server));
        using HttpResponseMessage response = await mesh.Client.GetAsync("http://a/half/500", HttpCompletionOption.ResponseHeadersRead);
        await using Stream body = await response.Content.ReadAsStreamAsync();
        await body.ReadExactlyAsync(new byte[500]);

        await Assert.ThrowsAsync<HttpIOException>(() => body.ReadExactlyAsync(new byte[1]).AsTask());

        Assert.Equal((200, "UC"), (mesh.Outcome.StatusCode, mesh.Outcome.Flag));
    }

    /// <summary>What goes wrong where the caller copies the body to is not the endpoint's fault.</summary>
    [Fact]
    public async Task ADestinationThatFailsIsNotTheEndpointsFault()
    {
        TestServer server = await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(ServiceA(server));
        using HttpResponseMessage response = await mesh.Client.GetAsync("http://a/stream/4", HttpCompletionOption.ResponseHeadersRead);
        await using Stream body = await response.Content.ReadAsStreamAsync();
        using var full = new MemoryStream(new byte[10]);

        await Assert.ThrowsAsync<NotSupportedException>(() => body.CopyToAsync(full));
        response.Dispose();

        Assert.NotEqual("UC", mesh.Outcome.Flag);
    }

    /// <summary>
    /// A response may end before its request. What of the ended call still runs must not touch the next one, which may use the same
    /// <see cref="Call"/>: here, start its deadline.
    /// </summary>
    [Fact]
    public async Task TheEndOfAnUploadThatOutlivedItsCallIsNotTheNextCallsUpload()
    {
        TestServer server = await StartHttp2ServerAsync(async context =>
        {
            await context.Response.Body.FlushAsync();
            if (context.Request.Path == "/ends-first")
                await context.Response.CompleteAsync();
            await context.Request.Body.CopyToAsync(Stream.Null);
            return true;
        });
        TestMesh mesh = await StartMeshAsync(ServiceA(server, "protocol: http2"));
        var late = new WrittenContent();
        using HttpResponseMessage ended = await SendAsync(mesh, "http://a/ends-first", late);
        Call call = Assert.IsType<ResponseBody>(ended.Content).Call!;
        Assert.Empty(await ended.Content.ReadAsByteArrayAsync());

        for (int i = 0; i < 100; i++)
        {
            var body = new WrittenContent();
            using HttpResponseMessage next = await SendAsync(mesh, "http://a/open", body);
            Assert.NotSame(call, ((ResponseBody)next.Content).Call);
            body.End();
            await next.Content.ReadAsByteArrayAsync();
        }

        late.End();
        await Wait.EventuallyAsync(() => server.Records[0].Body is not null, Soon);
    }

    private static Task<HttpResponseMessage> SendAsync(TestMesh mesh, string url, HttpContent body) =>
        mesh.Client.SendAsync(new HttpRequestMessage(HttpMethod.Post, url) { Content = body }, HttpCompletionOption.ResponseHeadersRead);

    private static async Task<string> ReadAsync(Stream stream, int count)
    {
        byte[] bytes = new byte[count];
        await stream.ReadExactlyAsync(bytes);
        return Encoding.ASCII.GetString(bytes);
    }
}
