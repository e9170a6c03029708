using System.Net;
using Mesh.TestKit.Servers;
using Xunit;

namespace Mesh.Client.Tests.Calls;

/// <summary>The synchronous <c>Send</c> walks the same rooms as <c>SendAsync</c>; .NET has it for HTTP/1.1 only.</summary>
public sealed class SyncSendTests : MeshTest
{
    [Theory]
    [InlineData("http1")]
    [InlineData("auto")]
    public async Task ItIsRoutedAndSent(string protocol)
    {
        TestServer server = await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(ServiceA(server, $"protocol: {protocol}"));
        using var request = new HttpRequestMessage(HttpMethod.Post, "http://a/upload") { Content = new StringContent("hello") };

        using HttpResponseMessage response = mesh.Client.Send(request);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(("HTTP/1.1", "a", 5L), (server.Records.Single().Protocol, server.Records.Single().Authority, server.Records.Single().Body?.Length));
        Assert.Equal((0, 200), (mesh.InFlight, mesh.Outcome.StatusCode));
    }

    /// <summary>Where ALPN would choose HTTP/2, a synchronous call asks for HTTP/1.1.</summary>
    [Fact]
    public async Task OverTlsItTakesTheVersionItCanHave()
    {
        var tls = new TestTls();
        Own(tls);
        TestServer server = await StartServerAsync(protocols: Microsoft.AspNetCore.Server.Kestrel.Core.HttpProtocols.Http1AndHttp2, certificate: tls.Certificate);
        TestMesh mesh = await StartMeshAsync(ServiceA(server, "protocol: auto", tls.Setting));

        using HttpResponseMessage response = mesh.Client.Send(new HttpRequestMessage(HttpMethod.Get, "https://a/"));

        Assert.Equal((HttpStatusCode.OK, null), (response.StatusCode, response.Header("x-mesh-reason")));
        Assert.Equal("HTTP/1.1", server.Records.Single().Protocol);
    }

    [Fact]
    public async Task AClusterThatSpeaksHttp2OnlyIsAnExceptionThatSaysSo()
    {
        TestServer server = await StartHttp2ServerAsync();
        TestMesh mesh = await StartMeshAsync(ServiceA(server, "protocol: http2"));

        NotSupportedException thrown = Assert.Throws<NotSupportedException>(() => mesh.Client.Send(new HttpRequestMessage(HttpMethod.Get, "http://a/")));

        Assert.Contains("Cluster 'a' speaks HTTP/2", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("SendAsync", thrown.Message, StringComparison.Ordinal);
        Assert.Equal(0, server.Counts.Connections);
    }

    [Fact]
    public async Task TheBodyIsReadSynchronously()
    {
        TestServer server = await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(ServiceA(server));
        using HttpResponseMessage response = mesh.Client.Send(new HttpRequestMessage(HttpMethod.Get, "http://a/sse/2"), HttpCompletionOption.ResponseHeadersRead);
        using var lines = new StreamReader(response.Content.ReadAsStream());

        Assert.Equal("id: 1\ndata: event 1\n\nid: 2\ndata: event 2\n\n", lines.ReadToEnd());

        Assert.Equal((0, null), (mesh.InFlight, mesh.Outcome.Flag));
    }

    [Fact]
    public async Task ItIsRetriedWithItsBody()
    {
        int seen = 0;
        TestServer server = await StartServerAsync(async context =>
        {
            if (Interlocked.Increment(ref seen) > 1)
                return false;
            await context.Request.Body.CopyToAsync(Stream.Null);
            context.Response.StatusCode = 503;
            return true;
        });
        TestMesh mesh = await StartMeshAsync(ServiceA(server, "retry: { retries: 1, on: [5xx], backoff: 1ms }"));
        using var request = new HttpRequestMessage(HttpMethod.Post, "http://a/upload") { Content = new StreamContent(new MemoryStream(new byte[100])) };

        using HttpResponseMessage response = mesh.Client.Send(request);

        Assert.Equal((HttpStatusCode.OK, 2), (response.StatusCode, mesh.Outcome.Attempts));
        Assert.All(server.Records, record => Assert.Equal(100, record.Body?.Length));
    }

    [Fact]
    public async Task ALocalReplyIsAResponse()
    {
        TestMesh mesh = await StartMeshAsync(ServiceA([]));

        using HttpResponseMessage response = mesh.Client.Send(new HttpRequestMessage(HttpMethod.Get, "http://a/"));

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "UH"), (response.StatusCode, response.Header("x-mesh-flag")));
    }

    [Fact]
    public async Task TheTimeoutHoldsBeforeTheHeaders()
    {
        var gate = new Gate();
        TestServer server = await StartServerAsync(gate.HoldAsync);
        TestMesh mesh = await StartMeshAsync(ServiceA(server), time: Time);
        Task<int> call = Task.Run(() =>
        {
            using HttpResponseMessage response = mesh.Client.Send(new HttpRequestMessage(HttpMethod.Get, "http://a/hold"));
            return (int)response.StatusCode;
        });
        await ArrivedAsync(server, "/hold");

        Time.Advance(TimeSpan.FromSeconds(15));

        Assert.Equal(504, await call);
    }

    [Fact]
    public async Task TheTimeoutHoldsWhileTheBodyIsRead()
    {
        var gate = new Gate();
        TestServer server = await StartServerAsync(async context =>
        {
            await context.Response.Body.WriteAsync("half"u8.ToArray());
            await gate.PassAsync(context);
            return true;
        });
        TestMesh mesh = await StartMeshAsync(ServiceA(server), time: Time);
        using HttpResponseMessage response = mesh.Client.Send(new HttpRequestMessage(HttpMethod.Get, "http://a/"), HttpCompletionOption.ResponseHeadersRead);
        using Stream body = response.Content.ReadAsStream();
        body.ReadExactly(new byte[4]);
        Task<int> read = Task.Run(() => body.Read(new byte[1]));

        Time.Advance(TimeSpan.FromSeconds(15));

        IOException cut = await Assert.ThrowsAsync<IOException>(() => read);
        Assert.Contains("15 s", cut.Message, StringComparison.Ordinal);
        Assert.Equal("UT", mesh.Outcome.Flag);
    }

    [Fact]
    public async Task ACallerMayCancel()
    {
        var gate = new Gate();
        TestServer server = await StartServerAsync(gate.HoldAsync);
        TestMesh mesh = await StartMeshAsync(ServiceA(server));
        using var cancel = new CancellationTokenSource();
        Task<HttpResponseMessage> call = Task.Run(() => mesh.Client.Send(new HttpRequestMessage(HttpMethod.Get, "http://a/hold"), cancel.Token));
        await ArrivedAsync(server, "/hold");

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal("DC", mesh.Outcome.Flag);
    }
}
