using Mesh.TestKit;
using Mesh.TestKit.Servers;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Xunit;

namespace Mesh.Client.Tests.Calls;

/// <summary>A cluster's limit on connections of HTTP/1.1 calls, and on calls that wait for one (<c>max_connections</c>, <c>max_pending_requests</c>).</summary>
public sealed class ConnectionLimitTests : MeshTest
{
    private readonly Gate _gate = new();

    [Fact]
    public async Task CallsWaitInLineAndOneTooManyIsAnsweredAtOnce()
    {
        TestServer server = await StartServerAsync(_gate.HoldAsync);
        TestMesh mesh = await StartMeshAsync(Document(server, "max_connections: 1, max_pending_requests: 2"));
        Task<string> first = mesh.Client.GetStringAsync("http://a/hold");
        await ArrivedAsync(server, "/hold");
        Task<string> second = mesh.Client.GetStringAsync("http://a/"), third = mesh.Client.GetStringAsync("http://a/");
        await Wait.EventuallyAsync(() => mesh.InFlight == 3, Soon, "three calls");

        using (HttpResponseMessage fourth = await mesh.Client.GetAsync("http://a/"))
        {
            Assert.Equal((503, "UO"), ((int)fourth.StatusCode, fourth.Header("x-mesh-flag")));
            Assert.Contains("1 connections in use (circuit_breakers.thresholds.max_connections) and 2 calls that wait for one (max_pending_requests)", fourth.Header("x-mesh-reason"), StringComparison.Ordinal);
        }

        Assert.Equal(1, server.Counts.Requests);
        _gate.Open();
        Assert.Equal(["released", "server", "server"], await Task.WhenAll(first, second, third));
        Assert.Equal(1, server.Counts.Connections);
        Assert.Equal(0, mesh.Outcomes[0].Attempts);
    }

    [Fact]
    public async Task AWaitCountsInTheTimeout()
    {
        TestServer server = await StartServerAsync(_gate.HoldAsync);
        TestMesh mesh = await StartMeshAsync(Document(server, "max_connections: 1", "timeout: 3600s"), time: Time);
        int others = Time.ArmedTimers;
        Task<string> first = mesh.Client.GetStringAsync("http://a/hold");
        await ArrivedAsync(server, "/hold");
        Task<HttpResponseMessage> second = mesh.Client.GetAsync("http://a/");
        await Wait.EventuallyAsync(() => Time.ArmedTimers >= others + 3, Soon, "the deadlines of both and the wait");

        _gate.Open();
        Assert.Equal("released", await first);
        using HttpResponseMessage response = await second;
        Assert.Equal(200, (int)response.StatusCode);
    }

    [Fact]
    public async Task WhoWaitsTooLongIsAnsweredAndLeavesTheLine()
    {
        TestServer server = await StartServerAsync(_gate.HoldAsync);
        TestMesh mesh = await StartMeshAsync(Document(server, "max_connections: 1, max_pending_requests: 1", "timeout: 0s", "timeout: 5s"), time: Time);
        int others = Time.ArmedTimers;
        Task<string> first = mesh.Client.GetStringAsync("http://a/hold");
        await ArrivedAsync(server, "/hold");
        Task<HttpResponseMessage> second = mesh.Client.GetAsync("http://b/");
        await Wait.EventuallyAsync(() => Time.ArmedTimers >= others + 2, Soon, "its deadline and its wait");

        Time.Advance(TimeSpan.FromSeconds(5));

        using (HttpResponseMessage response = await second)
            Assert.Equal((504, "UT"), ((int)response.StatusCode, response.Header("x-mesh-flag")));
        Assert.Equal(0, mesh.Outcomes[0].Attempts);
        Task<string> third = mesh.Client.GetStringAsync("http://a/");
        _gate.Open();
        Assert.Equal(["released", "server"], await Task.WhenAll(first, third));
    }

    [Fact]
    public async Task WhoGivesUpLeavesTheLine()
    {
        TestServer server = await StartServerAsync(_gate.HoldAsync);
        TestMesh mesh = await StartMeshAsync(Document(server, "max_connections: 1, max_pending_requests: 1"));
        Task<string> first = mesh.Client.GetStringAsync("http://a/hold");
        await ArrivedAsync(server, "/hold");
        using var cancel = new CancellationTokenSource();
        Task<HttpResponseMessage> second = mesh.Client.GetAsync("http://a/", cancel.Token);
        await Wait.EventuallyAsync(() => mesh.InFlight == 2, Soon, "two calls");
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        Assert.Equal("DC", mesh.Outcome.Flag);

        Task<string> third = mesh.Client.GetStringAsync("http://a/");
        _gate.Open();
        Assert.Equal(["released", "server"], await Task.WhenAll(first, third));
    }

    [Fact]
    public async Task ARetryGivesItsConnectionBackWhileItWaits()
    {
        TestServer server = await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(
            Document(server, "max_connections: 1, max_pending_requests: 0", "timeout: 0s, idle_timeout: 0s, retry_policy: {retry_on: 5xx, num_retries: 1, retry_back_off: {base_interval: 3600s}}", "timeout: 0s, idle_timeout: 0s"),
            time: Time,
            random: new Random(1));
        int others = Time.ArmedTimers;
        Task<HttpResponseMessage> retried = mesh.Client.GetAsync("http://a/status/503");
        await ArrivedAsync(server, "/status/503");
        await Wait.EventuallyAsync(() => Time.ArmedTimers > others, Soon, "the wait's timer");
        Assert.Equal("server", await mesh.Client.GetStringAsync("http://b/"));
        Time.Advance(TimeSpan.FromHours(2));
        (await retried).Dispose();
        Assert.Equal(3, server.Counts.Requests);
    }

    [Fact]
    public async Task ASynchronousCallWaitsToo()
    {
        TestServer server = await StartServerAsync(_gate.HoldAsync);
        TestMesh mesh = await StartMeshAsync(Document(server, "max_connections: 1"));
        Task<string> first = mesh.Client.GetStringAsync("http://a/hold");
        await ArrivedAsync(server, "/hold");
        Task<int> second = Task.Run(() =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "http://a/");
            using HttpResponseMessage response = mesh.Client.Send(request);
            return (int)response.StatusCode;
        });
        await Wait.EventuallyAsync(() => mesh.InFlight == 2, Soon, "two calls");
        _gate.Open();
        await first;
        Assert.Equal(200, await second);
    }

    [Fact]
    public async Task Http2IsNotLimited()
    {
        TestServer server = await StartServerAsync(_gate.HoldAsync, HttpProtocols.Http2);
        TestMesh mesh = await StartMeshAsync(Document(server, "max_connections: 1, max_pending_requests: 0", more: "http2_protocol_options: {}, "));
        Task<string>[] calls = [.. Enumerable.Range(0, 5).Select(_ => mesh.Client.GetStringAsync("http://a/hold"))];
        await ArrivedAsync(server, "/hold", times: 5);
        _gate.Open();
        await Task.WhenAll(calls);
    }

    [Fact]
    public async Task PrioritiesCountApart()
    {
        TestServer server = await StartServerAsync(_gate.HoldAsync);
        TestMesh mesh = await StartMeshAsync(Document(server, "max_connections: 1, max_pending_requests: 0", other: "priority: HIGH"));
        Task<string> first = mesh.Client.GetStringAsync("http://a/hold");
        await ArrivedAsync(server, "/hold");
        Assert.Equal("server", await mesh.Client.GetStringAsync("http://b/"));
        _gate.Open();
        await first;
    }

    /// <summary>The hosts a and b lead to one cluster, each on its own route.</summary>
    private static string Document(TestServer server, string thresholds, string route = "timeout: 15s", string other = "timeout: 15s", string more = "") => Xds.Document(
        Xds.Listener("l", "r"),
        Xds.Resource(Xds.RoutesType, $"name: r, virtual_hosts: [{Xds.VirtualHost("a", $"cluster: c, {route}")}, {Xds.VirtualHost("b", $"cluster: c, {other}")}]"),
        Xds.ClusterWith("c", $"circuit_breakers: {{thresholds: [{{{thresholds}}}]}}, {more}", $"127.0.0.1:{server.Port}"));
}
