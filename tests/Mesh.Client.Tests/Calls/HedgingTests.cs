using Mesh.TestKit;
using Mesh.TestKit.Servers;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Mesh.Client.Tests.Calls;

/// <summary>Attempts beside each other (<c>HedgePolicy.hedge_on_per_try_timeout</c>).</summary>
public sealed class HedgingTests : MeshTest
{
    /// <summary>What each request meets, by its number: a status at once, or one that waits for its gate.</summary>
    private readonly (int Status, Gate? Gate)[] _answers = new (int, Gate?)[5];
    private int _requests;
    private int _cancelled;

    public HedgingTests() => Array.Fill(_answers, (200, null));

    [Fact]
    public async Task TheFirstGoodAnswerIsTheCallsAndTheOthersAreCancelled()
    {
        Hold(0, 200);
        var (server, mesh) = await StartAsync();
        Task<HttpResponseMessage> call = await SendAndTimeOutAsync(server, mesh);

        using HttpResponseMessage response = await call;
        Assert.Equal((200, "1", 2), ((int)response.StatusCode, response.Header("x-number"), mesh.Outcome.Attempts));
        Assert.Null(mesh.Outcome.Flag);
        await Wait.EventuallyAsync(() => Volatile.Read(ref _cancelled) == 1, Soon);
        await mesh.SettledAsync();
        Assert.Equal(0, mesh.InFlight);
    }

    [Fact]
    public async Task TheSlowOneMayWin()
    {
        Gate first = Hold(0, 200);
        Hold(1, 200);
        var (server, mesh) = await StartAsync();
        Task<HttpResponseMessage> call = await SendAndTimeOutAsync(server, mesh);
        await ArrivedAsync(server, "/", times: 2);
        Assert.Equal(2, mesh.InFlight);
        first.Open();

        using HttpResponseMessage response = await call;
        Assert.Equal((200, "0", 2), ((int)response.StatusCode, response.Header("x-number"), mesh.Outcome.Attempts));
        await mesh.SettledAsync();
        Assert.Equal(0, mesh.InFlight);
    }

    /// <summary>An error of an attempt that has been hedged is thrown away while the other one is under way.</summary>
    [Fact]
    public async Task AnErrorOfTheSlowOneIsThrownAway()
    {
        Gate first = Hold(0, 503), second = Hold(1, 200);
        var (server, mesh) = await StartAsync();
        Task<HttpResponseMessage> call = await SendAndTimeOutAsync(server, mesh);
        await ArrivedAsync(server, "/", times: 2);
        first.Open();
        await Wait.EventuallyAsync(() => mesh.InFlight == 1, Soon);
        Assert.False(call.IsCompleted);
        second.Open();

        using HttpResponseMessage response = await call;
        Assert.Equal((200, "1", 2), ((int)response.StatusCode, response.Header("x-number"), mesh.Outcome.Attempts));
    }

    /// <summary>"An error response would be retried immediately or returned to the client if there are no more retries left."</summary>
    [Fact]
    public async Task AnErrorWithoutARetryLeftIsTheCallers()
    {
        Hold(0, 200);
        _answers[1] = (503, null);
        var (server, mesh) = await StartAsync("retries: 1");
        Task<HttpResponseMessage> call = await SendAndTimeOutAsync(server, mesh);

        using HttpResponseMessage response = await call;
        Assert.Equal((503, "1", 2, "URX"), ((int)response.StatusCode, response.Header("x-number"), mesh.Outcome.Attempts, mesh.Outcome.Flag));
    }

    [Fact]
    public async Task AnErrorIsRetriedAtOnceBesideTheSlowOne()
    {
        Hold(0, 200);
        _answers[1] = (503, null);
        var (server, mesh) = await StartAsync("retries: 2");
        Task<HttpResponseMessage> call = await SendAndTimeOutAsync(server, mesh);

        using HttpResponseMessage response = await call;
        Assert.Equal((200, "2", 3), ((int)response.StatusCode, response.Header("x-number"), mesh.Outcome.Attempts));
    }

    [Fact]
    public async Task TheDeadlineEndsThemAll()
    {
        Hold(0, 200);
        Hold(1, 200);
        var (server, mesh) = await StartAsync("retries: 1", "timeout: 10s");
        Task<HttpResponseMessage> call = await SendAndTimeOutAsync(server, mesh);
        await ArrivedAsync(server, "/", times: 2);
        Time.Advance(TimeSpan.FromSeconds(10));

        using HttpResponseMessage response = await call;
        Assert.Equal((504, "UT", 2), ((int)response.StatusCode, mesh.Outcome.Flag, mesh.Outcome.Attempts));
        await Wait.EventuallyAsync(() => Volatile.Read(ref _cancelled) == 2, Soon);
        await mesh.SettledAsync();
        Assert.Equal(0, mesh.InFlight);
    }

    [Fact]
    public async Task TheCallersCancellationEndsThemAll()
    {
        Hold(0, 200);
        Hold(1, 200);
        var (server, mesh) = await StartAsync("retries: 1");
        using var cancel = new CancellationTokenSource();
        Task<HttpResponseMessage> call = await SendAndTimeOutAsync(server, mesh, cancellationToken: cancel.Token);
        await ArrivedAsync(server, "/", times: 2);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await Wait.EventuallyAsync(() => Volatile.Read(ref _cancelled) == 2, Soon);
        await mesh.SettledAsync();
        Assert.Equal((0, "DC"), (mesh.InFlight, mesh.Outcome.Flag));
    }

    /// <summary>What the retry budget and the limit on calls have no room for is not sent.</summary>
    [Theory]
    [InlineData("max_retries: 0")]
    [InlineData("max_requests: 1")]
    [InlineData("max_connections: 1")]
    public async Task LimitsHoldForHedges(string limit)
    {
        Gate first = Hold(0, 200);
        TestServer server = await StartServerAsync(AnswerAsync);
        TestMesh mesh = await StartMeshAsync(
            Xds.Document(
                Xds.Listener("l", "r"),
                Xds.Resource(Xds.RoutesType, $"name: r, virtual_hosts: [{Xds.VirtualHost("a", "cluster: a, timeout: 100s, hedge_policy: {hedge_on_per_try_timeout: true}, retry_policy: {retry_on: 5xx, num_retries: 3, per_try_timeout: 2s}")}]"),
                Xds.ClusterWith("a", $"circuit_breakers: {{thresholds: [{{{limit}}}]}}, ", $"127.0.0.1:{server.Port}")),
            time: Time);
        Task<HttpResponseMessage> call = await SendAndTimeOutAsync(server, mesh);
        Time.Advance(TimeSpan.FromSeconds(20));
        first.Open();

        using HttpResponseMessage response = await call;
        Assert.Equal((200, 1), ((int)response.StatusCode, mesh.Outcome.Attempts));
    }

    [Fact]
    public async Task ABodyIsSentWithEach()
    {
        Hold(0, 200);
        var (server, mesh) = await StartAsync();
        Task<HttpResponseMessage> call = await SendAndTimeOutAsync(server, mesh, content: new CountedContent([1, 2, 3]));

        using HttpResponseMessage response = await call;
        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal([3, 3], server.Records.Select(record => record.Body!.Length));
    }

    [Fact]
    public async Task AFastAnswerCostsNoSecondAttempt()
    {
        var (server, mesh) = await StartAsync();
        for (int i = 0; i < 3; i++)
            Assert.Equal($"{i}", (await mesh.Client.GetAsync("http://a/")).Header("x-number"));
        Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(3, server.Records.Count);
    }

    /// <summary>A slow endpoint is an outlier's timeout although its answer may come yet.</summary>
    [Fact]
    public async Task ASlowAttemptIsATimeoutToOutlierDetection()
    {
        Gate first = Hold(0, 200), second = Hold(1, 200);
        TestServer server = await StartServerAsync(AnswerAsync);
        TestMesh mesh = await StartMeshAsync(
            Xds.Document(
                Xds.Listener("l", "r"),
                Xds.Resource(Xds.RoutesType, $"name: r, virtual_hosts: [{Xds.VirtualHost("a", "cluster: a, timeout: 100s, hedge_policy: {hedge_on_per_try_timeout: true}, retry_policy: {retry_on: 5xx, num_retries: 1, per_try_timeout: 2s}")}]"),
                Xds.ClusterWith("a", "outlier_detection: {consecutive_5xx: 1, max_ejection_percent: 100}, ", $"127.0.0.1:{server.Port}")),
            time: Time);
        Task<HttpResponseMessage> call = await SendAndTimeOutAsync(server, mesh);
        Assert.True(mesh.Host.State.Clusters.Single().Endpoints.Single().IsEjected);
        first.Open();
        second.Open();
        Assert.Equal(200, (int)(await call).StatusCode);
    }

    [Theory]
    [InlineData("true", 2)]
    [InlineData("false", 1)]
    public async Task TrustedCallersDecide(string header, int attempts)
    {
        Hold(0, 200);
        TestServer server = await StartServerAsync(AnswerAsync);
        string hedge = header == "true" ? "per_try_timeout: 2s" : "hedge_after: 2s";
        TestMesh mesh = await StartMeshAsync(ServiceA(server, "timeout: 100s", $"retry: {{ retries: 1, on: [connect-failure], {hedge} }}"), options => options.TrustEnvoyHeaders = true, Time);
        mesh.Client.DefaultRequestHeaders.Add("x-envoy-hedge-on-per-try-timeout", header);
        Task<HttpResponseMessage> call = await SendAndTimeOutAsync(server, mesh);

        using HttpResponseMessage response = await call;
        Assert.Equal((attempts, attempts == 2 ? 200 : 504), (mesh.Outcome.Attempts, (int)response.StatusCode));
        Assert.All(server.Records, record => Assert.Null(record.Header("x-envoy-hedge-on-per-try-timeout")));
    }

    [Theory]
    [InlineData("hedge_after: 0s", "must be more than 0s")]
    [InlineData("hedge_after: 1s, per_try_timeout: 1s", "set beside per_try_timeout")]
    public async Task WhatCannotBeIsRefused(string retry, string reason)
    {
        var error = await Assert.ThrowsAsync<MeshConfigurationException>(() => StartMeshAsync(ServiceA([1], $"retry: {{ {retry} }}")));
        Assert.Contains($"hedge_after: {reason}", error.Message, StringComparison.Ordinal);
    }

    private Gate Hold(int request, int status)
    {
        var gate = new Gate();
        _answers[request] = (status, gate);
        return gate;
    }

    private async Task<(TestServer Server, TestMesh Mesh)> StartAsync(string retries = "retries: 1", string timeout = "timeout: 100s")
    {
        TestServer server = await StartServerAsync(AnswerAsync);
        return (server, await StartMeshAsync(ServiceA(server, timeout, $"retry: {{ {retries}, on: [5xx], hedge_after: 2s, backoff: 1ms }}"), time: Time));
    }

    private async Task<bool> AnswerAsync(HttpContext context)
    {
        var (status, gate) = _answers[Interlocked.Increment(ref _requests) - 1];
        string number = $"{_requests - 1}";
        await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
        try
        {
            if (gate is not null)
                await gate.PassAsync(context);
        }
        catch (OperationCanceledException)
        {
            Interlocked.Increment(ref _cancelled);
            throw;
        }

        context.Response.StatusCode = status;
        context.Response.Headers["x-number"] = number;
        return true;
    }

    /// <summary>Sends a call, and lets the limit of its first attempt pass.</summary>
    private async Task<Task<HttpResponseMessage>> SendAndTimeOutAsync(TestServer server, TestMesh mesh, HttpContent? content = null, CancellationToken cancellationToken = default)
    {
        int others = Time.ArmedTimers;
        Task<HttpResponseMessage> call = content is null ? mesh.Client.GetAsync("http://a/", cancellationToken) : mesh.Client.PostAsync("http://a/", content, cancellationToken);
        await ArrivedAsync(server, "/");
        await Wait.EventuallyAsync(() => Time.ArmedTimers > others, Soon);
        int armed = Time.ArmedTimers;
        Time.Advance(TimeSpan.FromSeconds(2));
        await Wait.EventuallyAsync(
            () =>
            {
                Time.Advance(TimeSpan.FromMilliseconds(1));
                return server.Records.Count > 1 || call.IsCompleted || Time.ArmedTimers < armed;
            },
            Soon);
        return call;
    }
}
