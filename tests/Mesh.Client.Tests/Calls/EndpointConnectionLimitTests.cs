using Mesh.TestKit;
using Mesh.TestKit.Servers;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Xunit;

namespace Mesh.Client.Tests.Calls;

/// <summary>The limit on connections to each endpoint (<c>per_host_thresholds.max_connections</c>).</summary>
public sealed class EndpointConnectionLimitTests : MeshTest
{
    private readonly Gate _gate = new();

    [Fact]
    public async Task EachEndpointHasItsOwnLineAndTheyAreAsLongAsTheClusterSaysTogether()
    {
        TestServer one = await StartServerAsync(_gate.HoldAsync), two = await StartServerAsync(_gate.HoldAsync);
        TestMesh mesh = await StartMeshAsync(Document("thresholds: [{max_pending_requests: 2}], per_host_thresholds: [{max_connections: 1}]", one, two));
        Task<string>[] first = [mesh.Client.GetStringAsync("http://a/hold"), mesh.Client.GetStringAsync("http://a/hold")];
        await ArrivedAsync(one, "/hold");
        await ArrivedAsync(two, "/hold");
        Task<string>[] waiting = [mesh.Client.GetStringAsync("http://a/"), mesh.Client.GetStringAsync("http://a/")];
        await Wait.EventuallyAsync(() => mesh.InFlight == 4, Soon, "four calls");

        using (HttpResponseMessage fifth = await mesh.Client.GetAsync("http://a/"))
        {
            Assert.Equal((503, "UO"), ((int)fifth.StatusCode, fifth.Header("x-mesh-flag")));
            Assert.Matches(
                @"^endpoint 127\.0\.0\.1:\d+ of cluster 'c' has 1 connections in use \(circuit_breakers\.per_host_thresholds\.max_connections\) and 2 calls that wait for one \(max_pending_requests\)",
                fifth.Header("x-mesh-reason")!);
        }

        Assert.Equal(0, mesh.Outcomes[0].Attempts);
        Assert.Equal((1, 1), (one.Counts.Requests, two.Counts.Requests));
        _gate.Open();
        Assert.Equal(["released", "released", "server", "server"], await Task.WhenAll([.. first, .. waiting]));
        Assert.Equal((1, 1), (one.Counts.Connections, two.Counts.Connections));
    }

    [Fact]
    public async Task WhoWaitsTooLongIsAnsweredAndLeavesTheLine()
    {
        TestServer server = await StartServerAsync(_gate.HoldAsync);
        TestMesh mesh = await StartMeshAsync(Document("thresholds: [{max_pending_requests: 1}], per_host_thresholds: [{max_connections: 1}]", server), time: Time);
        Task<string> first = mesh.Client.GetStringAsync("http://a/hold");
        await ArrivedAsync(server, "/hold");
        int armed = Time.ArmedTimers;
        Task<HttpResponseMessage> second = mesh.Client.GetAsync("http://b/");
        await Wait.EventuallyAsync(() => Time.ArmedTimers >= armed + 2, Soon, "its deadline and its wait");
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
        TestMesh mesh = await StartMeshAsync(Document("thresholds: [{max_pending_requests: 1}], per_host_thresholds: [{max_connections: 1}]", server));
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
        Assert.Equal(1, server.Counts.Connections);
    }

    /// <summary>As in Envoy: without a single connection nothing would ever take the first call out of the line.</summary>
    [Fact]
    public async Task AnEndpointHasOneConnectionWhateverTheLimit()
    {
        TestServer server = await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(Document("per_host_thresholds: [{max_connections: 0}]", server));
        Assert.Equal("server", await mesh.Client.GetStringAsync("http://a/"));
    }

    [Fact]
    public async Task ARetryWaitsInTheLineOfItsOwnEndpoint()
    {
        TestServer busy = await StartServerAsync(_gate.HoldAsync);
        TestMesh mesh = await StartMeshAsync(
            Document("thresholds: [{max_pending_requests: 0}], per_host_thresholds: [{max_connections: 1}]", "timeout: 0s, idle_timeout: 0s, retry_policy: {retry_on: 5xx, num_retries: 1, retry_back_off: {base_interval: 3600s}}", busy), time: Time, random: new Random(1));
        int others = Time.ArmedTimers;
        Task<HttpResponseMessage> retried = mesh.Client.GetAsync("http://a/status/503");
        await ArrivedAsync(busy, "/status/503");
        await Wait.EventuallyAsync(() => Time.ArmedTimers > others, Soon, "the wait's timer");

        // Its connection is free while it waits for its turn; then the other call has it.
        Task<string> other = mesh.Client.GetStringAsync("http://a/hold");
        await ArrivedAsync(busy, "/hold");
        Time.Advance(TimeSpan.FromHours(2));
        using (HttpResponseMessage response = await retried)
            Assert.Equal((503, "UO"), ((int)response.StatusCode, response.Header("x-mesh-flag")));
        Assert.Equal(1, mesh.Outcome.Attempts);
        _gate.Open();
        Assert.Equal("released", await other);
    }

    /// <summary>A server allows 100 streams on a connection; with more calls than that the runtime opens another, unless there may be none.</summary>
    [Theory]
    [InlineData("", false, 2)]
    [InlineData("per_host_thresholds: [{max_connections: 1}], thresholds: [{max_pending_requests: 0}]", false, 1)]
    [InlineData("per_host_thresholds: [{max_connections: 1}]", true, 1)]
    [InlineData("per_host_thresholds: [{max_connections: 2}]", true, 2)]
    public async Task CallsOfHttp2WaitForStreams(string breakers, bool secure, int connections)
    {
        await using var tls = new TestTls();
        TestServer server = await StartServerAsync(_gate.HoldAsync, HttpProtocols.Http2, certificate: secure ? tls.Certificate : null);
        TestMesh mesh = await StartMeshAsync(Document(breakers, "timeout: 0s", [server], $"http2_protocol_options: {{}}, {(secure ? tls.TransportSocket : "")}"));
        Task<string>[] calls = [.. Enumerable.Range(0, 150).Select(_ => mesh.Client.GetStringAsync("http://a/hold"))];
        await ArrivedAsync(server, "/hold", times: connections == 1 ? 100 : 150);
        _gate.Open();
        Assert.All(await Task.WhenAll(calls), answer => Assert.Equal("released", answer));
        Assert.Equal(connections, server.Counts.Connections);
    }

    /// <summary>A place is free again when its connection has gone.</summary>
    [Fact]
    public async Task AnotherHttp2ConnectionTakesThePlaceOfOneThatHasGone()
    {
        TestServer server = await StartHttp2ServerAsync(context =>
        {
            if (context.Request.Path == "/abort")
                context.Features.Get<IConnectionLifetimeFeature>()!.Abort();
            return Task.FromResult(false);
        });
        TestMesh mesh = await StartMeshAsync(Document("per_host_thresholds: [{max_connections: 1}]", "timeout: 0s", [server], "http2_protocol_options: {}, "));
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal("server", await mesh.Client.GetStringAsync("http://a/"));
            (await mesh.Client.GetAsync("http://a/abort")).Dispose();
        }

        Assert.Equal("server", await mesh.Client.GetStringAsync("http://a/"));
    }

    [Theory]
    [InlineData("http2_protocol_options: {}, ", "per_host_thresholds: [{max_connections: 1}], thresholds: [{max_pending_requests: 0}]")]
    [InlineData("", "per_host_thresholds: [{priority: HIGH, max_connections: 1}], thresholds: [{max_pending_requests: 0}]")]
    [InlineData("", "per_host_thresholds: [{}], thresholds: [{max_pending_requests: 0}]")]
    public async Task OtherCallsAreNotLimited(string more, string breakers)
    {
        TestServer server = await StartServerAsync(_gate.HoldAsync, more.Length > 0 ? HttpProtocols.Http2 : HttpProtocols.Http1);
        TestMesh mesh = await StartMeshAsync(Document(breakers, "timeout: 15s", [server], more));
        Task<string>[] calls = [.. Enumerable.Range(0, 5).Select(_ => mesh.Client.GetStringAsync("http://a/hold"))];
        await ArrivedAsync(server, "/hold", times: 5);
        _gate.Open();
        await Task.WhenAll(calls);
    }

    private static string Document(string breakers, params TestServer[] servers) => Document(breakers, "timeout: 0s", servers);

    private static string Document(string breakers, string route, params TestServer[] servers) => Document(breakers, route, servers, "");

    /// <summary>The hosts a and b lead to one cluster, each on its own route.</summary>
    private static string Document(string breakers, string route, TestServer[] servers, string more) => Xds.Document(
        Xds.Listener("l", "r"),
        Xds.Resource(Xds.RoutesType, $"name: r, virtual_hosts: [{Xds.VirtualHost("a", $"cluster: c, {route}")}, {Xds.VirtualHost("b", "cluster: c, timeout: 5s")}]"),
        Xds.ClusterWith("c", $"circuit_breakers: {{{breakers}}}, {more}", servers.Select(server => $"127.0.0.1:{server.Port}")));
}
