using Mesh.TestKit;
using Mesh.TestKit.Servers;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Mesh.Client.Tests.Calls;

/// <summary>The limit of one attempt (<c>RetryPolicy.per_try_timeout</c>): as the call's, it starts when the request has been sent.</summary>
public sealed class PerTryTimeoutTests : MeshTest
{
    private readonly Gate _gate = new();
    private int _requests;

    [Theory]
    [InlineData("gateway-error", true, true)]
    [InlineData("gateway-error", false, true)]
    [InlineData("connect-failure", true, false)]
    [InlineData("connect-failure", false, false)]
    public async Task AnAttemptThatTakesTooLongIsARetriableFailure(string on, bool inMemory, bool retried)
    {
        var (server, mesh) = await StartAsync($"retry: {{ retries: 1, on: [{on}], per_try_timeout: 2s, backoff: 1ms }}");
        int others = Time.ArmedTimers;
        Task<HttpResponseMessage> call = mesh.Client.PostAsync("http://a/", inMemory ? new ByteArrayContent([1]) : new CountedContent([1]));
        await ArrivedAsync(server, "/");
        await Wait.EventuallyAsync(() => server.Records[0].Body is not null && Time.ArmedTimers > others, Soon);

        Time.Advance(TimeSpan.FromSeconds(2));
        await RunClockUntilAsync(() => server.Records.Count > 1 || call.IsCompleted);

        using HttpResponseMessage response = await call;
        Assert.Equal(retried ? (200, null, 2) : (504, "UT", 1), ((int)response.StatusCode, mesh.Outcome.Flag, mesh.Outcome.Attempts));
        if (!retried)
            Assert.Contains("within 2 s (per_try_timeout)", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ASlowUploadIsNotCut()
    {
        var (_, mesh) = await StartAsync("retry: { retries: 1, on: [gateway-error], per_try_timeout: 2s }");
        _gate.Open();
        var body = new WrittenContent();
        Task<HttpResponseMessage> call = mesh.Client.PostAsync("http://a/", body);
        for (int i = 0; i < 5; i++)
        {
            await body.WriteAsync(new byte[100]);
            Time.Advance(TimeSpan.FromMinutes(1));
        }

        body.End();

        using HttpResponseMessage response = await call;
        Assert.Equal((200, 1), ((int)response.StatusCode, mesh.Outcome.Attempts));
    }

    [Fact]
    public async Task ItDoesNotCutTheBody()
    {
        TestServer server = await StartServerAsync(async context =>
        {
            await context.Response.Body.WriteAsync("half"u8.ToArray());
            await _gate.PassAsync(context);
            return true;
        });
        TestMesh mesh = await StartMeshAsync(ServiceA(server, "timeout: 0s", "idle_timeout: 0s", "retry: { retries: 1, on: [5xx], per_try_timeout: 2s }"), time: Time);
        using HttpResponseMessage response = await mesh.Client.GetAsync("http://a/", HttpCompletionOption.ResponseHeadersRead);
        Task<string> body = response.Content.ReadAsStringAsync();

        Time.Advance(TimeSpan.FromMinutes(10));
        _gate.Open();

        Assert.Equal("half", await body);
    }

    /// <summary>An attempt that is silent too long is retried as one that takes too long (<c>per_try_idle_timeout</c>).</summary>
    [Theory]
    [InlineData("5xx", true)]
    [InlineData("connect-failure", false)]
    public async Task ASilentAttemptIsARetriableFailure(string on, bool retried)
    {
        TestServer server = await StartServerAsync(HoldFirstAsync, name: "a");
        TestMesh mesh = await StartMeshAsync(
            RoutedText.Of([server], RoutedText.Host("a", $"retry_policy: {{retry_on: {on}, per_try_timeout: 10s, per_try_idle_timeout: 2s, retry_back_off: {{base_interval: 0.001s}}}}")), time: Time);
        int others = Time.ArmedTimers;
        Task<HttpResponseMessage> call = mesh.Client.GetAsync("http://a/");
        await ArrivedAsync(server, "/");
        await Wait.EventuallyAsync(() => Time.ArmedTimers > others, Soon);

        Time.Advance(TimeSpan.FromSeconds(2));
        await RunClockUntilAsync(() => server.Records.Count > 1 || call.IsCompleted);

        using HttpResponseMessage response = await call;
        Assert.Equal(retried ? (200, null, 2) : (504, "UT", 1), ((int)response.StatusCode, mesh.Outcome.Flag, mesh.Outcome.Attempts));
        if (!retried)
            Assert.Contains("was silent for 2 s (per_try_idle_timeout)", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    /// <summary>It goes on through the response, which is then the caller's and not retried; the first attempt has it without any retry.</summary>
    [Fact]
    public async Task ASilentResponseIsBrokenOff()
    {
        TestServer server = await StartServerAsync(
            async context =>
            {
                await context.Response.Body.WriteAsync("half"u8.ToArray());
                await _gate.PassAsync(context);
                return true;
            },
            name: "a");
        TestMesh mesh = await StartMeshAsync(RoutedText.Of([server], RoutedText.Host("a", "timeout: 0s, retry_policy: {per_try_idle_timeout: 2s}")), time: Time);
        int others = Time.ArmedTimers;
        using HttpResponseMessage response = await mesh.Client.GetAsync("http://a/", HttpCompletionOption.ResponseHeadersRead);
        Task<string> body = response.Content.ReadAsStringAsync();
        await Wait.EventuallyAsync(() => Time.ArmedTimers > others, Soon);

        await Wait.EventuallyAsync(
            () =>
            {
                Time.Advance(TimeSpan.FromSeconds(2));
                return body.IsCompleted;
            },
            Soon,
            "the body's end");

        await Assert.ThrowsAnyAsync<Exception>(() => body);
        Assert.Equal((1, "UT"), (mesh.Outcome.Attempts, mesh.Outcome.Flag));
    }

    /// <summary>The first attempt is held, every later one answered.</summary>
    private async Task<(TestServer Server, TestMesh Mesh)> StartAsync(string retry)
    {
        TestServer server = await StartServerAsync(HoldFirstAsync);
        return (server, await StartMeshAsync(ServiceA(server, retry), time: Time));
    }

    private async Task<bool> HoldFirstAsync(HttpContext context)
    {
        await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
        if (Interlocked.Increment(ref _requests) == 1)
            await _gate.PassAsync(context);
        return false;
    }
}
