using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Mesh.Calls.PrimaryFeatures;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Mesh.Client.Tests.Calls.PrimaryFeatures;

public sealed class RedirectHandlerTests : IAsyncLifetime
{
    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "BREW"];
    private static readonly string[] Contents = ["none", "bytes", "seekable stream", "one-shot stream", "chunked bytes"];

    private static readonly string[] Fragments = ["", "#of-the-request"];

    private RecordingServer _server = null!;

    public static IEnumerable<object[]> StatusAndSync =>
        from status in Enumerable.Range(299, 12)
        from sync in (bool[])[false, true]
        select (object[])[status, sync];

    public async Task InitializeAsync() => _server = await RecordingServer.StartAsync(Answer);

    public async Task DisposeAsync() => await _server.DisposeAsync();

    /// <summary>Every status from 300 to 308 and two that are no redirect, for each method and content.</summary>
    [Theory]
    [MemberData(nameof(StatusAndSync))]
    public async Task EveryStatusMethodAndContentIsTreatedAsByTheRuntime(int status, bool sync)
    {
        string both = await new Differential(_server, _ => { }).SameAsync(async (client, transcript) =>
        {
            foreach (string method in Methods)
            {
                foreach (string content in Contents)
                {
                    using var request = new HttpRequestMessage(new HttpMethod(method), $"/redirect?status={status}&to=/end");
                    SetContent(request, content);
                    await transcript.SendAsync(client, request, sync);
                }
            }
        });

        bool follows = status is 300 or 301 or 302 or 303 or 307 or 308;
        Assert.Equal(follows, both.Contains("server: GET /end", StringComparison.Ordinal));
        Assert.Equal(follows && status != 303, both.Contains("server: PUT /end", StringComparison.Ordinal));
        Assert.Equal(status is 307 or 308, both.Contains("server: POST /end", StringComparison.Ordinal));
        Assert.Equal(follows, both.Contains("! InvalidOperationException", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/end")]
    [InlineData("end")]
    [InlineData("../end")]
    [InlineData("?status=200")]
    [InlineData("#part")]
    [InlineData("/end#part")]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("//127.0.0.1:{port}/end")]
    [InlineData("http://127.0.0.1:{port}/end?a=b#part")]
    [InlineData("http://localhost:{port}/end")]
    [InlineData("http:/end")]
    [InlineData("http:end")]
    [InlineData("http://")]
    [InlineData("http://[bad/end")]
    [InlineData("http://127.0.0.1:99999/end")]
    [InlineData("/a b%20c%2Fd?e=%41")]
    [InlineData("\\end")]
    [InlineData("ws://127.0.0.1:{port}/end")]
    public async Task EveryLocationIsTreatedAsByTheRuntime(string location)
    {
        string to = Uri.EscapeDataString(location.Replace("{port}", $"{_server.Http.Port}", StringComparison.Ordinal));
        await new Differential(_server, _ => { }).SameAsync(async (client, transcript) =>
        {
            foreach (string fragment in Fragments)
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, $"/redirect?status=302&to={to}{fragment}");
                await transcript.SendAsync(client, request);
            }
        });
    }

    /// <summary>On these the runtime throws, or speaks HTTP to the port of another protocol: see <see cref="RedirectHandler"/>.</summary>
    [Theory]
    [InlineData("ftp://127.0.0.1/end")]
    [InlineData("file:///etc/passwd")]
    [InlineData("mailto:somebody@example.org")]
    [InlineData("//")]
    [InlineData("///end")]
    public async Task ALocationThatIsNoHttpUriIsReturned(string location)
    {
        using var handler = new RedirectHandler(2)
        {
            InnerHandler = new StubHandler(_ =>
            {
                var response = new HttpResponseMessage(HttpStatusCode.Found);
                response.Headers.TryAddWithoutValidation("Location", location);
                Assert.NotNull(response.Headers.Location);
                return response;
            }),
        };
        using var invoker = new HttpMessageInvoker(handler);
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://orders/first#part");

        using HttpResponseMessage answer = await invoker.SendAsync(request, default);

        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        Assert.Equal("http://orders/first#part", request.RequestUri!.AbsoluteUri);
    }

    [Fact]
    public async Task ARedirectWithoutAFragmentInheritsTheRequestsOne()
    {
        string both = await SameAsync(_ => { }, "/redirect?status=302&to=/end#here");

        Assert.Contains("/end#here ", both, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https", "http", false)]
    [InlineData("https", "https", true)]
    [InlineData("http", "https", true)]
    [InlineData("wss", "ws", false)]
    [InlineData("wss", "https", true)]
    [InlineData("https", "ws", false)]
    public async Task ASecureRequestIsNeverRedirectedToAnInsecureScheme(string from, string to, bool follows)
    {
        string target = $"{to}://127.0.0.1:{(to.EndsWith('s') && to != "ws" ? _server.Https : _server.Http).Port}/end";
        int port = (from.EndsWith('s') ? _server.Https : _server.Http).Port;
        string both = await SameAsync(_ => { }, $"{from}://127.0.0.1:{port}/redirect?status=302&to={Uri.EscapeDataString(target)}");

        Assert.Equal(follows, both.Contains("server: GET /end", StringComparison.Ordinal));
        Assert.Equal(!follows, both.Contains("< 302", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(50)]
    public async Task TheLastRedirectIsReturnedWhenTheyAreUsedUp(int max)
    {
        string both = await SameAsync(handler => handler.MaxAutomaticRedirections = max, "/loop");

        Assert.Contains("< 302 'again'", both, StringComparison.Ordinal);
        Assert.Equal(max + 1, both.Split("server: GET /loop").Length - 1);
    }

    [Fact]
    public async Task AuthorizationIsDroppedAndOtherHeadersStay()
    {
        string both = await new Differential(_server, _ => { }).SameAsync(async (client, transcript) =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/redirect?status=307&to=/end");
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "secret");
            request.Headers.Host = "orders.example";
            request.Headers.Add("X-Note", "kept");
            request.Headers.Add("Cookie", "own=1");
            await transcript.SendAsync(client, request);
        });

        string hop = both.Split('\n').Single(line => line.StartsWith("server: GET /end", StringComparison.Ordinal));
        Assert.DoesNotContain("secret", hop, StringComparison.Ordinal);
        Assert.Contains("Host: orders.example", hop, StringComparison.Ordinal);
        Assert.Contains("X-Note: kept", hop, StringComparison.Ordinal);
        Assert.Contains("Cookie: own=1", hop, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task EveryResponseButTheLastIsDisposed(bool sync)
    {
        List<TrackedContent> contents = [];
        using var handler = new RedirectHandler(2)
        {
            InnerHandler = new StubHandler(_ =>
            {
                contents.Add(new TrackedContent());
                var response = new HttpResponseMessage(HttpStatusCode.Found) { Content = contents[^1] };
                response.Headers.Location = new Uri("/next", UriKind.Relative);
                return response;
            }),
        };
        using var invoker = new HttpMessageInvoker(handler);
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://orders/first");

        using HttpResponseMessage last = sync ? invoker.Send(request, default) : await invoker.SendAsync(request, default);

        Assert.Equal([true, true, false], contents.Select(content => content.IsDisposed));
    }

    private Task<string> SameAsync(Action<SocketsHttpHandler> configure, string uri) =>
        new Differential(_server, configure).SameAsync(async (client, transcript) =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, uri);
            await transcript.SendAsync(client, request);
        });

    private static void SetContent(HttpRequestMessage request, string kind)
    {
        request.Content = kind switch
        {
            "none" => null,
            "bytes" or "chunked bytes" => new ByteArrayContent("text"u8.ToArray()),
            "seekable stream" => new StreamContent(new MemoryStream("text"u8.ToArray())),
            _ => new StreamContent(new OneShotStream("text"u8.ToArray())),
        };
        if (kind == "chunked bytes")
            request.Headers.TransferEncodingChunked = true;
    }

    private static Task Answer(HttpContext context)
    {
        if (context.Request.Path == "/redirect")
        {
            context.Response.StatusCode = int.Parse(context.Request.Query["status"]!, CultureInfo.InvariantCulture);
            context.Response.Headers.Location = context.Request.Query["to"];
            return Task.CompletedTask;
        }

        if (context.Request.Path != "/loop")
            return context.Response.WriteAsync("end");

        context.Response.StatusCode = 302;
        context.Response.Headers.Location = "/loop";
        return context.Response.WriteAsync("again");
    }
}
