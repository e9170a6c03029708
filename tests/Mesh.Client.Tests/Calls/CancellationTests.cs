using Mesh.TestKit;
using Mesh.TestKit.Servers;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Xunit;

namespace Mesh.Client.Tests.Calls;

/// <summary>A caller who cancels: the call ends at once, the server learns of it, and no other call does.</summary>
public sealed class CancellationTests : MeshTest
{
    private readonly Gate _gate = new();

    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task BeforeTheHeaders(HttpProtocols protocols)
    {
        var (server, mesh) = await StartAsync(protocols);
        using var cancel = new CancellationTokenSource();
        Task<string> other = mesh.Client.GetStringAsync("http://a/hold");
        Task<string> call = mesh.Client.GetStringAsync("http://a/hold", cancel.Token);
        await ArrivedAsync(server, "/hold", 2);

        await cancel.CancelAsync();

        OperationCanceledException thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal(cancel.Token, thrown.CancellationToken);
        Assert.Equal((0, 1, "DC"), (mesh.Outcome.StatusCode, mesh.Outcome.Attempts, mesh.Outcome.Flag));
        await Wait.EventuallyAsync(() => server.Counts.AbortedRequests == 1, Soon);
        _gate.Open();
        Assert.Equal("released", await other);
    }

    [Fact]
    public async Task BeforeAnything()
    {
        var (server, mesh) = await StartAsync(HttpProtocols.Http1);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => mesh.Client.GetAsync("http://a/", new CancellationToken(canceled: true)));

        Assert.Equal(0, server.Counts.Connections);
    }

    /// <summary>By the token of the read, as HttpClient's callers do, or by the call's own, which an invoker's callers have.</summary>
    [Theory]
    [InlineData(HttpProtocols.Http1, true)]
    [InlineData(HttpProtocols.Http1, false)]
    [InlineData(HttpProtocols.Http2, true)]
    [InlineData(HttpProtocols.Http2, false)]
    public async Task WhileTheBodyIsRead(HttpProtocols protocols, bool byTheRead)
    {
        var (server, mesh) = await StartAsync(protocols);
        using var invoker = new HttpMessageInvoker(mesh.Host.CreateHandler());
        using var cancel = new CancellationTokenSource();
        Task<string> other = mesh.Client.GetStringAsync("http://a/half-held");
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://a/half-held");
        using HttpResponseMessage response = await invoker.SendAsync(request, byTheRead ? CancellationToken.None : cancel.Token);
        await using Stream body = await response.Content.ReadAsStreamAsync();
        await body.ReadExactlyAsync(new byte[4]);
        Task<int> read = body.ReadAsync(new byte[1], byTheRead ? cancel.Token : CancellationToken.None).AsTask();
        await ArrivedAsync(server, "/half-held", 2);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
        Assert.Equal((200, "DC"), (mesh.Outcome.StatusCode, mesh.Outcome.Flag));

        // Over HTTP/2 the runtime resets a stream when its response is disposed.
        response.Dispose();
        await Wait.EventuallyAsync(() => server.Counts.AbortedRequests == 1, Soon);
        _gate.Open();
        Assert.Equal("half", await other);
    }

    [Fact]
    public async Task WhileTheBodyIsSent()
    {
        TestServer server = await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(ServiceA(server, "retry: { retries: 3, on: [5xx] }"));
        using var cancel = new CancellationTokenSource();
        var body = new WrittenContent();
        Task<HttpResponseMessage> call = mesh.Client.PostAsync("http://a/upload", body, cancel.Token);
        await body.WriteAsync("part"u8.ToArray());
        await ArrivedAsync(server, "/upload");

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal((1, "DC"), (mesh.Outcome.Attempts, mesh.Outcome.Flag));
        body.End();
    }

    [Fact]
    public async Task ByTheClientsOwnTimeout()
    {
        var (server, mesh) = await StartAsync(HttpProtocols.Http1);
        using var client = new HttpClient(mesh.Host.CreateHandler()) { Timeout = TimeSpan.FromMilliseconds(200) };

        TaskCanceledException thrown = await Assert.ThrowsAsync<TaskCanceledException>(() => client.GetAsync("http://a/hold"));

        Assert.IsType<TimeoutException>(thrown.InnerException);
        Assert.Equal("DC", mesh.Outcome.Flag);
        Assert.InRange(server.Counts.Requests, 0, 1);
    }

    /// <summary>A body that is given up half-read ends its call, and the connection serves the next one or makes place for another.</summary>
    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task ByDisposingTheResponse(HttpProtocols protocols)
    {
        var (server, mesh) = await StartAsync(protocols);
        HttpResponseMessage response = await mesh.Client.GetAsync("http://a/half-held", HttpCompletionOption.ResponseHeadersRead);
        await ArrivedAsync(server, "/half-held");
        Assert.Equal(1, mesh.InFlight);

        response.Dispose();

        Assert.Equal(0, mesh.InFlight);
        Assert.Null(mesh.Outcome.Flag);
        Assert.Equal("server", await mesh.Client.GetStringAsync("http://a/"));
    }

    private async Task<(TestServer Server, TestMesh Mesh)> StartAsync(HttpProtocols protocols)
    {
        TestServer server = await StartServerAsync(
            async context =>
            {
                if (context.Request.Path != "/half-held")
                    return await _gate.HoldAsync(context);
                await context.Response.Body.WriteAsync("half"u8.ToArray());
                await _gate.PassAsync(context);
                return true;
            },
            protocols);
        return (server, await StartMeshAsync(ServiceA(server, $"protocol: {(protocols == HttpProtocols.Http1 ? "http1" : "http2")}")));
    }
}
