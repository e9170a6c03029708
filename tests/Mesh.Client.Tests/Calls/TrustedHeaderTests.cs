using Mesh.TestKit.Servers;
using Xunit;

namespace Mesh.Client.Tests.Calls;

/// <summary>The <c>x-envoy-*</c> request headers, which count only where <see cref="MeshOptions.TrustEnvoyHeaders"/> says so.</summary>
public sealed class TrustedHeaderTests : MeshTest
{
    private readonly Gate _gate = new();

    [Theory]
    [InlineData(true, 3, null)]
    [InlineData(false, 1, "5xx")]
    public async Task ARequestAsksForItsOwnRetries(bool trusted, int attempts, string? arrived)
    {
        TestServer server = await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(ServiceA(server), options => options.TrustEnvoyHeaders = trusted);
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://a/status/503") { Headers = { { "x-envoy-retry-on", "5xx" }, { "x-envoy-max-retries", "2" } } };

        using HttpResponseMessage response = await mesh.Client.SendAsync(request);

        Assert.Equal((attempts, arrived), (mesh.Outcome.Attempts, server.Records[0].Header("x-envoy-retry-on")));
    }

    [Fact]
    public async Task ARequestAddsToThePolicyOfItsRoute()
    {
        TestServer server = await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(ServiceA(server, "retry: { retries: 2, on: [reset], backoff: 1ms }"), options => options.TrustEnvoyHeaders = true);
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://a/status/409") { Headers = { { "x-envoy-retry-on", "retriable-4xx" } } };

        using HttpResponseMessage response = await mesh.Client.SendAsync(request);

        Assert.Equal(3, mesh.Outcome.Attempts);
        Assert.DoesNotContain(server.Records, record => record.Header("x-envoy-retry-on") is not null);
    }

    [Fact]
    public async Task ARequestSetsItsTimeouts()
    {
        TestServer server = await StartServerAsync(_gate.HoldAsync);
        TestMesh mesh = await StartMeshAsync(ServiceA(server, "timeout: 10s"), options => options.TrustEnvoyHeaders = true, Time);
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://a/hold") { Headers = { { "x-envoy-upstream-rq-timeout-ms", "60000" } } };
        Task<HttpResponseMessage> call = mesh.Client.SendAsync(request);
        await ArrivedAsync(server, "/hold");

        Time.Advance(TimeSpan.FromSeconds(59));
        Assert.False(call.IsCompleted);
        Time.Advance(TimeSpan.FromSeconds(1));

        using HttpResponseMessage response = await call;
        Assert.Equal(504, (int)response.StatusCode);
        Assert.Contains("within 60 s (x-envoy-upstream-rq-timeout-ms)", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ARequestLimitsItsAttempts()
    {
        TestServer server = await StartServerAsync(_gate.HoldAsync);
        TestMesh mesh = await StartMeshAsync(ServiceA(server), options => options.TrustEnvoyHeaders = true, Time);
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://a/hold") { Headers = { { "x-envoy-upstream-rq-per-try-timeout-ms", "2000" } } };
        Task<HttpResponseMessage> call = mesh.Client.SendAsync(request);
        await ArrivedAsync(server, "/hold");

        Time.Advance(TimeSpan.FromSeconds(2));

        using HttpResponseMessage response = await call;
        Assert.Equal((504, 1, "UT"), ((int)response.StatusCode, mesh.Outcome.Attempts, mesh.Outcome.Flag));
        Assert.Contains("within 2 s (per_try_timeout)", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
