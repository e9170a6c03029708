using Mesh.Client.Tests.Policies.Retries;
using Mesh.TestKit;
using Mesh.TestKit.Servers;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Mesh.Client.Tests.Calls;

/// <summary>What servers say of when to come back: <c>grpc-retry-pushback-ms</c>, and the reset headers of a policy.</summary>
public sealed class ServersWaitTests : MeshTest
{
    [Theory]
    [InlineData("-1")]
    [InlineData("never")]
    [InlineData("1000000000000000000000000000000")]
    public async Task AServerMayAskForNoRetry(string pushback)
    {
        TestServer server = await StartHttp2ServerAsync(context => UnavailableAsync(context, pushback));
        TestMesh mesh = await StartMeshAsync(ServiceA(server, "retry: { retries: 2, on: [unavailable], backoff: 1ms }"));

        using HttpResponseMessage response = await mesh.Client.SendAsync(GrpcRequests.Create("http://a/grpc.Test/Unary"));

        Assert.Equal(("14", 1), (response.StatusInHeaders(), mesh.Outcome.Attempts));
        Assert.Contains("grpc-retry-pushback-ms", mesh.Outcome.NotRetried, StringComparison.Ordinal);
    }

    [Fact]
    public async Task APushbackIsWaitedForExactly()
    {
        TestServer server = await StartHttp2ServerAsync(context => UnavailableAsync(context, "7200000"));
        TestMesh mesh = await StartMeshAsync(ServiceA(server, "retry: { retries: 1, on: [unavailable], backoff: 1ms }"), time: Time);
        int others = Time.ArmedTimers;
        Task<HttpResponseMessage> call = mesh.Client.SendAsync(GrpcRequests.Create("http://a/grpc.Test/Unary"));
        await ArrivedAsync(server, "/grpc.Test/Unary");
        await Wait.EventuallyAsync(() => Time.ArmedTimers > others, Soon, "the wait's timer");

        Time.Advance(TimeSpan.FromHours(2) - TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, server.Counts.Requests);
        Time.Advance(TimeSpan.FromMilliseconds(1));

        using HttpResponseMessage response = await call;
        Assert.Equal(2, server.Counts.Requests);
    }

    [Fact]
    public async Task ARetryAfterIsWaitedForWhereThePolicySaysSo()
    {
        var (server, mesh) = await StartLimitedAsync("7200");
        int others = Time.ArmedTimers;
        Task<HttpResponseMessage> call = mesh.Client.GetAsync("http://a/");
        await ArrivedAsync(server, "/");
        await Wait.EventuallyAsync(() => Time.ArmedTimers > others, Soon, "the wait's timer");

        Time.Advance(TimeSpan.FromHours(2) - TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, server.Counts.Requests);
        Time.Advance(TimeSpan.FromMilliseconds(1));

        using HttpResponseMessage response = await call;
        Assert.Equal((429, 2L), ((int)response.StatusCode, server.Counts.Requests));
    }

    /// <summary>What is not usable is no wait: the policy's own is drawn, here of none.</summary>
    [Theory]
    [InlineData("7201")]
    [InlineData("-1")]
    [InlineData("1000000000000000000000000000000")]
    public async Task AHostileRetryAfterHoldsNothingUp(string value)
    {
        var (server, mesh) = await StartLimitedAsync(value);

        using HttpResponseMessage response = await mesh.Client.GetAsync("http://a/");

        Assert.Equal((429, 2L), ((int)response.StatusCode, server.Counts.Requests));
    }

    private async Task<(TestServer Server, TestMesh Mesh)> StartLimitedAsync(string retryAfter)
    {
        const string Policy = "retry_policy: {retry_on: retriable-status-codes, retriable_status_codes: [429], rate_limited_retry_back_off: {reset_headers: [{name: Retry-After}], max_interval: 7200s}}";
        TestServer server = await StartServerAsync(context => LimitedAsync(context, retryAfter), name: "a");
        string text = RoutedText.Of([server], RoutedText.Host("a", $"timeout: 0s, idle_timeout: 0s, {Policy}"));
        return (server, await StartMeshAsync(text, time: Time, random: new GivenRandom()));
    }

    private static Task<bool> LimitedAsync(HttpContext context, string retryAfter)
    {
        context.Response.StatusCode = 429;
        context.Response.Headers.RetryAfter = retryAfter;
        return Task.FromResult(true);
    }

    private static Task<bool> UnavailableAsync(HttpContext context, string pushback)
    {
        context.Response.ContentType = "application/grpc";
        context.Response.Headers["grpc-status"] = "14";
        context.Response.Headers["grpc-retry-pushback-ms"] = pushback;
        return Task.FromResult(true);
    }
}
