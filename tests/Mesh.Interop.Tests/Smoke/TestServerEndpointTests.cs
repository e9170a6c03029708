using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using Mesh.TestKit;
using Mesh.TestKit.Servers;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Mesh.Interop.Tests.Smoke;

public sealed class TestServerEndpointTests : IAsyncLifetime
{
    private readonly Dictionary<string, (TestServer Server, HttpClient Client)> _peers = [];

    public async Task InitializeAsync()
    {
        var h1 = await TestServer.StartAsync();
        var h2c = await TestServer.StartAsync(o => o.Protocols = HttpProtocols.Http2);
        _peers["h1"] = (h1, PlainClient.Create(h1.Url));
        _peers["h2c"] = (h2c, PlainClient.Create(h2c.Url, HttpVersion.Version20));
    }

    public async Task DisposeAsync()
    {
        foreach (var (server, client) in _peers.Values)
        {
            client.Dispose();
            await server.DisposeAsync();
        }
    }

    [Theory]
    [InlineData("h1", 204)]
    [InlineData("h2c", 503)]
    [InlineData("h1", 304)]
    public async Task Status(string peer, int code)
    {
        using var response = await SendAsync(peer, HttpMethod.Post, $"status/{code}", new StringContent("body"));
        Assert.Equal(code, (int)response.StatusCode);
        Assert.Equal(4, _peers[peer].Server.Records.Single().Body!.Length);
    }

    [Fact]
    public async Task EchoSendsBackBeforeTheRequestHasEnded()
    {
        using var content = new ManualContent();
        using var response = await SendAsync("h2c", HttpMethod.Post, "echo", content);
        await using var body = await response.Content.ReadAsStreamAsync();
        var record = _peers["h2c"].Server.Records.Single();
        foreach (var part in new[] { "one", "two" })
        {
            await content.WriteAsync(Encoding.ASCII.GetBytes(part));
            var buffer = new byte[3];
            await body.ReadExactlyAsync(buffer);
            Assert.Equal(part, Encoding.ASCII.GetString(buffer));
            Assert.Null(record.Body);
        }

        content.End();
        Assert.Equal(0, await body.ReadAsync(new byte[1]));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData("onetwo"u8)), record.Body!.Sha256);
    }

    [Fact]
    public async Task EchoOnH1SendsBackBeforeTheRequestHasEnded()
    {
        // By hand: the runtime's client sends an h1 request to its end before it reads.
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(IPAddress.Loopback, _peers["h1"].Server.Port);
        using var reader = new StreamReader(tcp.GetStream());
        await tcp.GetStream().WriteAsync(
            "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"u8.ToArray());
        foreach (var part in new[] { "one", "two" })
        {
            await tcp.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"3\r\n{part}\r\n"));
            string? line;
            do
                line = await reader.ReadLineAsync();
            while (line is not null && line != part);
            Assert.NotNull(line);
        }

        await tcp.GetStream().WriteAsync("0\r\n\r\n"u8.ToArray());
        Assert.Equal("0\r\n\r\n", await reader.ReadToEndAsync());
    }

    [Theory]
    [InlineData("h1", "upload")]
    [InlineData("h2c", "upload")]
    [InlineData("h1", "expect")]
    public async Task UploadTellsLengthAndHash(string peer, string path)
    {
        var bytes = RandomNumberGenerator.GetBytes(3_000_000);
        using var response = await SendAsync(
            peer, HttpMethod.Post, path, new ByteArrayContent(bytes), r => r.Headers.ExpectContinue = path == "expect");
        var answer = await response.Content.ReadFromJsonAsync<Uploaded>();
        Assert.Equal(new Uploaded(bytes.Length, Convert.ToHexStringLower(SHA256.HashData(bytes))), answer);
        Assert.Equal(answer!.Sha256, _peers[peer].Server.Records.Single().Body!.Sha256);
    }

    [Fact]
    public async Task ARefusedExpectationNeverSeesTheBody()
    {
        using var content = new ManualContent();
        using var response = await SendAsync("h1", HttpMethod.Post, "expect/417", content, r => r.Headers.ExpectContinue = true);
        Assert.Equal(417, (int)response.StatusCode);
        Assert.False(content.Started);
        Assert.Null(_peers["h1"].Server.Records.Single().Body);
    }

    [Theory]
    [InlineData("h1")]
    [InlineData("h2c")]
    public async Task ACancelledDelayIsSeenAsAborted(string peer)
    {
        var (server, client) = _peers[peer];
        using var cancel = new CancellationTokenSource();
        var call = client.GetStringAsync("delay/600000", cancel.Token);
        await Wait.EventuallyAsync(() => server.Counts.Requests == 1, TimeSpan.FromSeconds(10));
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await Wait.EventuallyAsync(() => server.Records.Single().Aborted, TimeSpan.FromSeconds(10));
        Assert.Equal(1, server.Counts.AbortedRequests);
        Assert.Equal("1", await client.GetStringAsync("delay/1"));
    }

    [Theory]
    [InlineData("h1")]
    [InlineData("h2c")]
    public async Task Events(string peer)
    {
        using var response = await SendAsync(peer, HttpMethod.Get, "sse/3?ms=1");
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(
            "id: 1\ndata: event 1\n\nid: 2\ndata: event 2\n\nid: 3\ndata: event 3\n\n", await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("h1")]
    [InlineData("h2c")]
    public async Task AnEventDoesNotWaitForTheNext(string peer)
    {
        using var response = await SendAsync(peer, HttpMethod.Get, "sse/2?ms=600000");
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        Assert.Equal("id: 1", await reader.ReadLineAsync());
        Assert.Equal("data: event 1", await reader.ReadLineAsync());
    }

    [Fact]
    public async Task Trailers()
    {
        using var response = await SendAsync("h2c", HttpMethod.Get, "trailers");
        Assert.Equal("body", await response.Content.ReadAsStringAsync());
        Assert.Equal(["after the body"], response.TrailingHeaders.GetValues("x-trailer"));
        using var h1 = await SendAsync("h1", HttpMethod.Get, "trailers");
        Assert.Equal(HttpStatusCode.NotImplemented, h1.StatusCode);
    }

    [Fact]
    public async Task Redirect()
    {
        using var response = await SendAsync("h1", HttpMethod.Get, "redirect/307?to=http%3A%2F%2Fother%2Fx%3Fy%3D1");
        Assert.Equal(307, (int)response.StatusCode);
        Assert.Equal("http://other/x?y=1", response.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task Cookies()
    {
        using var set = await SendAsync("h1", HttpMethod.Get, "cookie/set?value=v7");
        Assert.StartsWith("mesh=v7", set.Headers.GetValues("Set-Cookie").Single(), StringComparison.Ordinal);
        using var show = await SendAsync("h1", HttpMethod.Get, "cookie/show", null, r => r.Headers.Add("Cookie", "mesh=v7"));
        Assert.Equal("mesh=v7", await show.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Gzip()
    {
        using var response = await SendAsync("h1", HttpMethod.Get, "gzip");
        Assert.Equal(["gzip"], response.Content.Headers.ContentEncoding);
        await using var plain = new GZipStream(await response.Content.ReadAsStreamAsync(), CompressionMode.Decompress);
        Assert.Equal(new string('z', 1000), await new StreamReader(plain).ReadToEndAsync());
    }

    [Theory]
    [InlineData("h1")]
    [InlineData("h2c")]
    public async Task WebSocketEcho(string peer)
    {
        var (server, client) = _peers[peer];
        using var socket = new ClientWebSocket();
        socket.Options.HttpVersion = client.DefaultRequestVersion;
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        await socket.ConnectAsync(new UriBuilder(server.Url) { Scheme = "ws", Path = "ws" }.Uri, client, default);
        await socket.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, default);
        var buffer = new byte[16];
        var part = await socket.ReceiveAsync(buffer, default);
        Assert.Equal("hello", Encoding.ASCII.GetString(buffer, 0, part.Count));
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default);
        Assert.Equal(peer == "h1" ? "GET" : "CONNECT", server.Records.Single().Method);
    }

    [Theory]
    [InlineData("h1", "reset")]
    [InlineData("h2c", "reset")]
    [InlineData("h2c", "reset?code=7")]
    public async Task ResetComesBeforeAResponse(string peer, string path)
    {
        var (server, client) = _peers[peer];
        // The runtime resends what has no body and may be repeated.
        await Assert.ThrowsAsync<HttpRequestException>(() => client.PostAsync(new Uri(path, UriKind.Relative), new StringContent("x")));
        var first = server.Counts;
        await client.GetStringAsync("/");
        Assert.Equal(path == "reset" ? first.Connections + 1 : first.Connections, server.Counts.Connections);
    }

    [Fact]
    public async Task HalfABodyThenTheEndOfTheConnection()
    {
        using var response = await SendAsync("h1", HttpMethod.Get, "half/500");
        Assert.Equal(1500, response.Content.Headers.ContentLength);
        await using var body = await response.Content.ReadAsStreamAsync();
        await body.ReadExactlyAsync(new byte[500]);
        await Assert.ThrowsAsync<HttpIOException>(() => body.ReadExactlyAsync(new byte[1]).AsTask());
        await Wait.EventuallyAsync(() => _peers["h1"].Server.Counts.OpenConnections == 0, TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task HalfABodyThenTheEndOfTheStream()
    {
        using var content = new ManualContent();
        using var response = await SendAsync("h2c", HttpMethod.Post, "half/500", content);
        await using var body = await response.Content.ReadAsStreamAsync();
        await body.ReadExactlyAsync(new byte[500]);
        content.End();
        await Assert.ThrowsAsync<HttpProtocolException>(() => body.ReadExactlyAsync(new byte[1]).AsTask());
        Assert.Equal(1, _peers["h2c"].Server.Counts.OpenConnections);
    }

    [Fact]
    public async Task HeadersAsJson()
    {
        using var response = await SendAsync("h2c", HttpMethod.Get, "headers", null, r => r.Headers.Add("x-two", ["a", "b"]));
        var headers = await response.Content.ReadFromJsonAsync<Dictionary<string, string[]>>();
        Assert.Equal("a, b", string.Join(", ", headers!["x-two"]));
    }

    [Fact]
    public async Task ManyChunks()
    {
        using var response = await SendAsync("h1", HttpMethod.Get, "stream/20");
        Assert.True(response.Headers.TransferEncodingChunked);
        Assert.Equal(20 * 64 * 1024, (await response.Content.ReadAsByteArrayAsync()).Length);
    }

    [Fact]
    public async Task RequestTrailersAreRecorded()
    {
        await using var server = await TestServer.StartAsync();
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(IPAddress.Loopback, server.Port);
        await tcp.GetStream().WriteAsync(
            ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"u8
            + "3\r\nabc\r\n0\r\nx-last: word\r\n\r\n"u8).ToArray());
        await new StreamReader(tcp.GetStream()).ReadToEndAsync();
        Assert.Equal(["word"], server.Records.Single().Body!.Trailers["x-last"]);
    }

    private async Task<HttpResponseMessage> SendAsync(
        string peer, HttpMethod method, string path, HttpContent? content = null, Action<HttpRequestMessage>? configure = null)
    {
        var client = _peers[peer].Client;
        var request = new HttpRequestMessage(method, path)
        {
            Content = content,
            Version = client.DefaultRequestVersion,
            VersionPolicy = client.DefaultVersionPolicy,
        };
        configure?.Invoke(request);
        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    private sealed record Uploaded(long Length, string Sha256);
}
