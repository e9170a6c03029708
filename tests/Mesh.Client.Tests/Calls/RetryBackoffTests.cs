using System.Net;
using Mesh.TestKit;
using Mesh.TestKit.Servers;
using Xunit;

namespace Mesh.Client.Tests.Calls;

/// <summary>The wait between attempts, by the test's clock.</summary>
public sealed class RetryBackoffTests : MeshTest
{
    [Fact]
    public async Task TheNextAttemptWaitsForTheClock()
    {
        TestServer server = await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(ServiceA(server, "timeout: 0s", "idle_timeout: 0s", "retry: { retries: 2, on: [5xx], backoff: 1h }"), time: Time, random: new Halfway());
        int others = Time.ArmedTimers;
        Task<HttpResponseMessage> call = mesh.Client.GetAsync("http://a/status/503");

        for (int attempt = 1; attempt <= 2; attempt++)
        {
            await WaitingAsync(server, attempt, others);
            Assert.Equal(attempt, server.Counts.Requests);

            // Of base 1 h: up to 1 h before the first retry and up to 2 h before the second.
            Time.Advance(TimeSpan.FromHours(attempt / 2.0));
        }

        using HttpResponseMessage response = await call;
        Assert.Equal((HttpStatusCode.ServiceUnavailable, 3), (response.StatusCode, mesh.Outcome.Attempts));
    }

    [Fact]
    public async Task AWaitBeyondTheDeadlineIsNotBegun()
    {
        TestServer server = await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(ServiceA(server, "timeout: 1ms", "retry: { retries: 1, on: [5xx], backoff: 10000h }"), time: Time);

        using HttpResponseMessage response = await mesh.Client.GetAsync("http://a/status/503");

        Assert.Equal((504, "UT"), ((int)response.StatusCode, response.Header("x-mesh-flag")));
        Assert.Equal(1, server.Counts.Requests);
    }

    [Fact]
    public async Task ACallerMayGiveUpWaiting()
    {
        TestServer server = await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(ServiceA(server, "timeout: 0s", "idle_timeout: 0s", "retry: { retries: 1, on: [5xx], backoff: 1h }"), time: Time, random: new Halfway());
        int others = Time.ArmedTimers;
        using var cancel = new CancellationTokenSource();
        Task<HttpResponseMessage> call = mesh.Client.GetAsync("http://a/status/503", cancel.Token);
        await WaitingAsync(server, 1, others);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal((1, "DC"), (mesh.Outcome.Attempts, mesh.Outcome.Flag));
        Assert.Equal(others, Time.ArmedTimers);
    }

    /// <summary>Between attempts the call holds no endpoint, but the cluster still counts it.</summary>
    [Fact]
    public async Task WhileItWaitsNoEndpointIsInUse()
    {
        TestServer server = await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(ServiceA(server, "timeout: 0s", "idle_timeout: 0s", "retry: { retries: 1, on: [5xx], backoff: 1h }"), time: Time, random: new Halfway());
        int others = Time.ArmedTimers;
        Task<HttpResponseMessage> call = mesh.Client.GetAsync("http://a/status/503");
        await WaitingAsync(server, 1, others);

        ClusterView cluster = mesh.Host.State.Clusters.Single();
        Assert.Equal((1, 0), (cluster.InFlight, cluster.Endpoints.Single().InFlight));

        Time.Advance(TimeSpan.FromHours(1));
        (await call).Dispose();
    }

    /// <summary>Waits until the call waits: connecting has a timer too, but that is over when the request has arrived.</summary>
    private async Task WaitingAsync(TestServer server, int attempt, int otherTimers)
    {
        await ArrivedAsync(server, "/status/503", attempt);
        await Wait.EventuallyAsync(() => Time.ArmedTimers > otherTimers, Soon, "the wait's timer");
    }

    /// <summary>Draws the middle of every range.</summary>
    private sealed class Halfway : Random
    {
        public override double NextDouble() => 0.5;

        public override long NextInt64(long maxValue) => maxValue / 2;

        protected override double Sample() => 0.5;
    }
}
