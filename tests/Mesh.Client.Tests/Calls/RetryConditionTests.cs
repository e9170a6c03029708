using System.Net;
using Mesh.TestKit;
using Mesh.TestKit.Servers;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Mesh.Client.Tests.Calls;

/// <summary>What is tried again, how often, and what the caller gets in the end (<c>RetryPolicy.retry_on</c>).</summary>
public sealed class RetryConditionTests : MeshTest
{
    [Theory]
    [InlineData("on: [5xx]", 503, 3)]
    [InlineData("on: [5xx]", 500, 3)]
    [InlineData("on: [5xx]", 499, 1)]
    [InlineData("on: [gateway-error]", 503, 3)]
    [InlineData("on: [gateway-error]", 500, 1)]
    [InlineData("on: [retriable-4xx]", 409, 3)]
    [InlineData("on: [retriable-4xx]", 404, 1)]
    [InlineData("on: [connect-failure, refused-stream, reset]", 503, 1)]
    [InlineData("status_codes: [418, 429]", 429, 3)]
    [InlineData("status_codes: [418, 429]", 503, 1)]
    public async Task AStatus(string on, int status, int attempts)
    {
        TestServer server = await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(ServiceA(server, $"retry: {{ retries: 2, {on}, backoff: 1ms }}"));

        using HttpResponseMessage response = await mesh.Client.GetAsync($"http://a/status/{status}");

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal((attempts, (long)attempts), (mesh.Outcome.Attempts, server.Counts.Requests));
    }

    /// <summary>An answer that would have been tried again, had a try been left, says so; with or without a body.</summary>
    [Theory]
    [InlineData("GET", 503, "URX")]
    [InlineData("HEAD", 503, "URX")]
    [InlineData("GET", 500, null)]
    public async Task TheLastAnswerIsFlagged(string method, int status, string? flag)
    {
        TestServer server = await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(ServiceA(server, "retry: { retries: 1, on: [gateway-error], backoff: 1ms }"));
        using var request = new HttpRequestMessage(new HttpMethod(method), $"http://a/status/{status}");

        using HttpResponseMessage response = await mesh.Client.SendAsync(request);

        Assert.Equal((status, flag), ((int)response.StatusCode, mesh.Outcome.Flag));
    }

    [Fact]
    public async Task TheAttemptThatSucceedsIsTheAnswer()
    {
        int seen = 0;
        TestServer server = await StartServerAsync(context => FailAsync(context, Interlocked.Increment(ref seen) < 3));
        TestMesh mesh = await StartMeshAsync(ServiceA(server, "retry: { retries: 5, on: [5xx], backoff: 1ms }"));

        using HttpResponseMessage response = await mesh.Client.GetAsync("http://a/");

        Assert.Equal("server", await response.Content.ReadAsStringAsync());
        Assert.Equal((200, 3, null), (mesh.Outcome.StatusCode, mesh.Outcome.Attempts, mesh.Outcome.Flag));
    }

    [Fact]
    public async Task AFailedConnectByDefaultAndOnAnotherEndpoint()
    {
        TestServer server = await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(ServiceA([FreePort.Next(), server.Port], "retry: 1"));

        for (int i = 0; i < 10; i++)
            Assert.Equal("server", await mesh.Client.GetStringAsync("http://a/"));

        Assert.All(mesh.Outcomes, outcome => Assert.Equal($"127.0.0.1:{server.Port}", outcome.Endpoint));
        Assert.Contains(mesh.Outcomes, outcome => outcome.Attempts == 2);
    }

    [Fact]
    public async Task EveryRetryGoesToAnotherEndpointThanTheOneThatFailed()
    {
        TestServer[] servers = [await StartServerAsync(), await StartServerAsync()];
        TestMesh mesh = await StartMeshAsync(ServiceA(servers.Select(s => s.Port), "retry: { retries: 1, on: [5xx], backoff: 1ms }"));

        for (int i = 0; i < 10; i++)
            (await mesh.Client.GetAsync($"http://a/status/503?call={i}")).Dispose();

        string[] once = [.. Enumerable.Range(0, 10).Select(i => $"/status/503?call={i}")];
        Assert.All(servers, server => Assert.Equal(once, server.Records.Select(record => record.Target)));
    }

    [Theory]
    [InlineData("reset", 2)]
    [InlineData("5xx", 2)]
    [InlineData("connect-failure", 1)]
    public async Task AConnectionThatEndsBeforeTheResponse(string on, int attempts)
    {
        TestServer server = await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(ServiceA(server, $"retry: {{ retries: 1, on: [{on}], backoff: 1ms }}"));

        using HttpResponseMessage response = await mesh.Client.PostAsync("http://a/reset", new StringContent("x"));

        Assert.Equal("UC", response.Header("x-mesh-flag"));
        Assert.Equal((attempts, (long)attempts), (mesh.Outcome.Attempts, server.Counts.Requests));
    }

    /// <summary>REFUSED_STREAM says that nothing was done. The runtime has its own tries below an attempt, so requests are not counted.</summary>
    [Theory]
    [InlineData(7, 2)]
    [InlineData(2, 1)]
    public async Task ARefusedStreamByDefault(int code, int attempts)
    {
        TestServer server = await StartHttp2ServerAsync();
        TestMesh mesh = await StartMeshAsync(ServiceA(server, "protocol: http2", "retry: 1"));

        using HttpResponseMessage response = await mesh.Client.PostAsync($"http://a/reset?code={code}", new StringContent("x"));

        Assert.Equal("UC", response.Header("x-mesh-flag"));
        Assert.Equal(attempts, mesh.Outcome.Attempts);
    }

    /// <summary>What the runtime cannot send is the caller's mistake: it is neither tried again nor called a broken connection.</summary>
    [Fact]
    public async Task AHeaderThatCannotBeSentIsTheCallers()
    {
        TestServer server = await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(ServiceA(server, "retry: { retries: 2, on: [5xx, reset] }"));
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://a/");
        request.Headers.TryAddWithoutValidation("x-weird", "\u00fc");

        HttpRequestException thrown = await Assert.ThrowsAsync<HttpRequestException>(() => mesh.Client.SendAsync(request));

        Assert.Contains("ASCII", thrown.Message, StringComparison.Ordinal);
        Assert.Equal((1, "DPE"), (mesh.Outcome.Attempts, mesh.Outcome.Flag));
    }

    [Fact]
    public async Task TheDeadlineCoversAllAttempts()
    {
        var gate = new Gate();
        TestServer server = await StartServerAsync(gate.HoldAsync);
        TestMesh mesh = await StartMeshAsync(ServiceA(server, "timeout: 5s", "retry: { retries: 9, on: [5xx], per_try_timeout: 2s, backoff: 1ms }"), time: Time);
        Task<HttpResponseMessage> call = mesh.Client.GetAsync("http://a/hold");
        for (int attempt = 1; attempt <= 2; attempt++)
        {
            await ArrivedAsync(server, "/hold", attempt);
            Time.Advance(TimeSpan.FromSeconds(2));
            await RunClockUntilAsync(() => server.Counts.Requests > attempt);
        }

        Time.Advance(TimeSpan.FromSeconds(1));

        using HttpResponseMessage response = await call;
        Assert.Equal((504, 3), ((int)response.StatusCode, mesh.Outcome.Attempts));
        Assert.Contains("within 5 s (route timeout)", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task NotARequestThatIsItselfARetry()
    {
        TestServer server = await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(ServiceA(server, "retry: { retries: 3, on: [5xx], backoff: 1ms }"));
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://a/status/503") { Headers = { { "grpc-previous-rpc-attempts", "1" } } };

        using HttpResponseMessage response = await mesh.Client.SendAsync(request);

        Assert.Equal((HttpStatusCode.ServiceUnavailable, 1L), (response.StatusCode, server.Counts.Requests));
    }

    private static Task<bool> FailAsync(HttpContext context, bool fail)
    {
        if (fail)
            context.Response.StatusCode = 503;
        return Task.FromResult(fail);
    }
}
