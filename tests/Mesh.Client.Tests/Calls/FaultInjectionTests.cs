using Mesh.TestKit;
using Mesh.TestKit.Servers;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Mesh.Client.Tests.Calls;

/// <summary>Faults that the mesh injects into its own calls (<c>HTTPFault</c>), in a listener and as routes override them.</summary>
public sealed class FaultInjectionTests : MeshTest
{
    private const string Type = "'@type': type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault";
    private const string Always = "percentage: {numerator: 100}";

    [Fact]
    public async Task AnAbortedCallIsAnsweredAndNotSent()
    {
        TestServer server = await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(Document(server, $"abort: {{http_status: 418, {Always}}}", route: "retry_policy: {retry_on: '5xx,retriable-status-codes', retriable_status_codes: [418], num_retries: 3}"));

        using HttpResponseMessage response = await mesh.Client.GetAsync("http://a/");

        Assert.Equal((418, "FI"), ((int)response.StatusCode, response.Header("x-mesh-flag")));
        Assert.Contains("filter 'fault' injected a fault; it aborts 100 of 100 with HTTP 418", response.Header("x-mesh-reason"), StringComparison.Ordinal);
        Assert.Equal(("FI", 0, "a"), (mesh.Outcome.Flag, mesh.Outcome.Attempts, mesh.Outcome.Cluster));
        Assert.Equal(0, server.Counts.Requests);
    }

    [Theory]
    [InlineData("http_status: 503", "14")]
    [InlineData("http_status: 200", "2")]
    [InlineData("grpc_status: 8", "8")]
    [InlineData("grpc_status: 0", "0")]
    public async Task AGrpcCallerGetsAStatus(string abort, string status)
    {
        TestServer server = await StartHttp2ServerAsync();
        TestMesh mesh = await StartMeshAsync(Document(server, $"abort: {{{abort}, {Always}}}"));

        using HttpResponseMessage response = await mesh.Client.SendAsync(GrpcRequests.Create("http://a/grpc.Test/Unary"));

        Assert.Equal((200, status), ((int)response.StatusCode, response.StatusInHeaders()));
        Assert.Equal(0, server.Counts.Requests);
    }

    [Fact]
    public async Task ADelayedCallWaitsForTheClock()
    {
        TestServer server = await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(Document(server, $"delay: {{fixed_delay: 3600s, {Always}}}", route: "timeout: 1s"), time: Time);
        int others = Time.ArmedTimers;
        Task<HttpResponseMessage> call = mesh.Client.GetAsync("http://a/");
        await Wait.EventuallyAsync(() => Time.ArmedTimers > others, Soon, "the delay's timer");
        Assert.Equal(0, server.Counts.Requests);

        // The route's timeout starts behind the delay.
        Time.Advance(TimeSpan.FromHours(1));

        using HttpResponseMessage response = await call;
        Assert.Equal((200, "DI", 1), ((int)response.StatusCode, mesh.Outcome.Flag, mesh.Outcome.Attempts));
    }

    [Fact]
    public async Task ADelayCountsInTheDeadlineOfAGrpcCaller()
    {
        TestServer server = await StartHttp2ServerAsync();
        TestMesh mesh = await StartMeshAsync(Document(server, $"delay: {{fixed_delay: 3600s, {Always}}}"), time: Time);
        int others = Time.ArmedTimers;
        HttpRequestMessage request = GrpcRequests.Create("http://a/grpc.Test/Unary");
        request.Headers.Add("grpc-timeout", "5S");
        Task<HttpResponseMessage> call = mesh.Client.SendAsync(request);
        await Wait.EventuallyAsync(() => Time.ArmedTimers >= others + 2, Soon, "the deadline's timer and the delay's");

        Time.Advance(TimeSpan.FromSeconds(5));

        using HttpResponseMessage response = await call;
        Assert.Equal(("4", 0L), (response.StatusInHeaders(), server.Counts.Requests));
    }

    [Fact]
    public async Task ACallerMayGiveUpWaiting()
    {
        TestServer server = await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(Document(server, $"delay: {{fixed_delay: 3600s, {Always}}}"), time: Time);
        int others = Time.ArmedTimers;
        using var cancel = new CancellationTokenSource();
        Task<HttpResponseMessage> call = mesh.Client.GetAsync("http://a/", cancel.Token);
        await Wait.EventuallyAsync(() => Time.ArmedTimers > others, Soon, "the delay's timer");

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal(("DC", 0), (mesh.Outcome.Flag, mesh.Outcome.Attempts));
    }

    [Fact]
    public async Task ASynchronousCallerWaitsToo()
    {
        TestServer server = await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(Document(server, $"delay: {{fixed_delay: 0.001s, {Always}}}, abort: {{http_status: 418, {Always}}}"));
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://a/");
        using HttpResponseMessage response = mesh.Client.Send(request);
        Assert.Equal(418, (int)response.StatusCode);
    }

    /// <summary>By the twentieth of a second: 51 bytes at once, the others as time passes, and all of them.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AnAnswerComesNoFasterThanTheLimit(bool streamed)
    {
        TestServer server = await StartServerAsync(async context =>
        {
            await context.Response.WriteAsync(new string('x', 3 * 1024));
            return true;
        });
        TestMesh mesh = await StartMeshAsync(Document(server, $"response_rate_limit: {{fixed_limit: {{limit_kbps: 1}}, {Always}}}", route: "timeout: 0s, idle_timeout: 0s"), time: Time);
        using HttpResponseMessage response = await mesh.Client.GetAsync("http://a/", HttpCompletionOption.ResponseHeadersRead);
        int others = Time.ArmedTimers;
        Task<string> body = streamed ? new StreamReader(await response.Content.ReadAsStreamAsync()).ReadToEndAsync() : response.Content.ReadAsStringAsync();
        long start = Time.GetTimestamp();
        while (!body.IsCompleted)
        {
            await Wait.EventuallyAsync(() => body.IsCompleted || Time.ArmedTimers > others, Soon, "the next wait");
            Time.Advance(TimeSpan.FromMilliseconds(50));
        }

        Assert.Equal(3 * 1024, (await body).Length);
        Assert.InRange(Time.GetElapsedTime(start), TimeSpan.FromSeconds(2.9), TimeSpan.FromSeconds(3.2));
        await mesh.SettledAsync();
        Assert.Null(mesh.Outcome.Flag);
    }

    /// <summary>A call is under its fault until it ends; another then finds no room and passes.</summary>
    [Fact]
    public async Task OnlySoManyAreUnderAFaultAtOnce()
    {
        var gate = new Gate();
        TestServer server = await StartServerAsync(gate.HoldAsync);
        TestMesh mesh = await StartMeshAsync(Document(server, $"delay: {{fixed_delay: 3600s, {Always}}}, max_active_faults: 1", route: "timeout: 0s, idle_timeout: 0s"), time: Time);
        int others = Time.ArmedTimers;
        Task<HttpResponseMessage> first = mesh.Client.GetAsync("http://a/hold");
        await Wait.EventuallyAsync(() => Time.ArmedTimers > others, Soon, "the delay's timer");
        (await mesh.Client.GetAsync("http://a/")).Dispose();

        Time.Advance(TimeSpan.FromHours(1));
        await ArrivedAsync(server, "/hold");
        (await mesh.Client.GetAsync("http://a/")).Dispose();
        gate.Open();
        (await first).Dispose();
        await mesh.SettledAsync();

        others = Time.ArmedTimers;
        Task<HttpResponseMessage> last = mesh.Client.GetAsync("http://a/");
        await Wait.EventuallyAsync(() => Time.ArmedTimers > others, Soon, "the delay's timer");
        Time.Advance(TimeSpan.FromHours(1));
        (await last).Dispose();
        Assert.Equal([null, null, "DI", "DI"], mesh.Outcomes.Select(outcome => outcome.Flag));
    }

    [Theory]
    [InlineData("", "", "", 418)]
    [InlineData($"fault: {{{Type}}}", "", "", 200)]
    [InlineData("", $"fault: {{{Type}, abort: {{http_status: 419, {Always}}}}}", "", 419)]
    [InlineData($"fault: {{{Type}, abort: {{http_status: 420, {Always}}}}}", $"fault: {{{Type}, abort: {{http_status: 419, {Always}}}}}", "", 419)]
    [InlineData("", $"fault: {{{Type}, abort: {{http_status: 419, {Always}}}}}", $"fault: {{{Type}, abort: {{http_status: 421, {Always}}}}}", 421)]
    [InlineData("", "fault: {'@type': type.googleapis.com/envoy.config.route.v3.FilterConfig, disabled: true}", "", 200)]
    [InlineData("", $"other: {{{Type}}}", "", 418)]
    public async Task TheInnermostLevelDecides(string host, string route, string cluster, int status)
    {
        TestServer server = await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(Xds.Document(
            ListenerWith($"abort: {{http_status: 418, {Always}}}"),
            Xds.Resource(Xds.RoutesType, $"name: r, virtual_hosts: [{{name: a, domains: [a], typed_per_filter_config: {{{host}}}, routes: [{{match: {{prefix: /}}, typed_per_filter_config: {{{route}}}, route: {{weighted_clusters: {{clusters: [{{name: a, weight: 1, typed_per_filter_config: {{{cluster}}}}}]}}}}}}]}}]"),
            Xds.Cluster("a", $"127.0.0.1:{server.Port}")));
        using HttpResponseMessage response = await mesh.Client.GetAsync("http://a/");
        Assert.Equal(status, (int)response.StatusCode);
    }

    [Theory]
    [InlineData("", 200)]
    [InlineData($"fault: {{{Type}, abort: {{http_status: 419, {Always}}}}}", 419)]
    [InlineData("fault: {'@type': type.googleapis.com/envoy.config.route.v3.FilterConfig, config: {}}", 418)]
    public async Task ADisabledFilterRunsWhereARouteNamesIt(string route, int status)
    {
        TestServer server = await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(Xds.Document(
            ListenerWith($"abort: {{http_status: 418, {Always}}}", "disabled: true, "),
            Xds.Resource(Xds.RoutesType, $"name: r, virtual_hosts: [{{name: a, domains: [a], routes: [{{match: {{prefix: /}}, typed_per_filter_config: {{{route}}}, route: {{cluster: a}}}}]}}]"),
            Xds.Cluster("a", $"127.0.0.1:{server.Port}")));
        using HttpResponseMessage response = await mesh.Client.GetAsync("http://a/");
        Assert.Equal(status, (int)response.StatusCode);
    }

    private static string Document(TestServer server, string fault, string route = "cluster_not_found_response_code: NOT_FOUND") => Xds.Document(
        ListenerWith(fault),
        Xds.Resource(Xds.RoutesType, $"name: r, virtual_hosts: [{Xds.VirtualHost("a", $"cluster: a, {route}")}]"),
        Xds.Cluster("a", $"127.0.0.1:{server.Port}"));

    private static string ListenerWith(string fault, string more = "") => Xds.Resource(
        Xds.ListenerType,
        $"name: l, api_listener: {{api_listener: {{{Xds.Manager}, rds: {{route_config_name: r, config_source: {{ads: {{}}}}}}, http_filters: [{{name: fault, {more}typed_config: {{{Type}, {fault}}}}}, {Xds.Router}]}}}}");
}
