using System.Text;
using Mesh.TestKit;
using Mesh.TestKit.Servers;
using Xunit;

namespace Mesh.Client.Tests.Calls;

/// <summary>Sessions that stay on the endpoint that began them (<c>StatefulSession</c>, gRFC A55).</summary>
public sealed class StatefulSessionTests : MeshTest
{
    private const string Filters = "type.googleapis.com/envoy.extensions.filters.http.stateful_session.v3";
    private const string States = "type.googleapis.com/envoy.extensions.http.stateful_session";
    private const string Cookie = $"session_state: {{name: s, typed_config: {{'@type': {States}.cookie.v3.CookieBasedSessionState, cookie: {{name: sid, path: /}}}}}}";
    private const string Header = $"session_state: {{name: s, typed_config: {{'@type': {States}.header.v3.HeaderBasedSessionState, name: x-session}}}}";

    [Fact]
    public async Task ACookieKeepsTheSessionWhereItBegan()
    {
        TestServer[] servers = await StartServersAsync(5);
        TestMesh mesh = await StartMeshAsync(Document(Cookie, servers));
        using HttpResponseMessage first = await mesh.Client.GetAsync("http://a/");
        string server = await first.Content.ReadAsStringAsync(), cookie = first.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        for (int i = 0; i < 20; i++)
        {
            using HttpResponseMessage next = await SendAsync(mesh, "cookie", cookie);
            Assert.Equal(server, await next.Content.ReadAsStringAsync());
            Assert.False(next.Headers.Contains("Set-Cookie"));
        }

        Assert.Equal(1, servers.Count(each => each.Counts.Requests > 0));
    }

    [Fact]
    public async Task AHeaderDoesToo()
    {
        TestServer[] servers = await StartServersAsync(3);
        TestMesh mesh = await StartMeshAsync(Document(Header, servers));
        string session = Convert.ToBase64String(Encoding.ASCII.GetBytes($"127.0.0.1:{servers[1].Port}"));
        for (int i = 0; i < 6; i++)
        {
            using HttpResponseMessage response = await SendAsync(mesh, "x-session", session);
            Assert.Equal("1", await response.Content.ReadAsStringAsync());
            Assert.Null(response.Header("x-session"));
        }

        using HttpResponseMessage none = await mesh.Client.GetAsync("http://a/");
        Assert.NotNull(none.Header("x-session"));
    }

    [Theory]
    [InlineData("", "DRAINING", true)]
    [InlineData("", "DEGRADED", false)]
    [InlineData("common_lb_config: {override_host_status: {statuses: [DRAINING]}}, ", "DRAINING", false)]
    [InlineData("common_lb_config: {override_host_status: {statuses: [HEALTHY]}}, ", "UNKNOWN", true)]
    public async Task AnEndpointInAnotherStateIsLeft(string cluster, string health, bool moves)
    {
        TestServer[] servers = await StartServersAsync(2);
        TestMesh mesh = await StartMeshAsync(Document(Header, servers, cluster, health));
        string session = Convert.ToBase64String(Encoding.ASCII.GetBytes($"127.0.0.1:{servers[0].Port}"));
        for (int i = 0; i < 4; i++)
        {
            using HttpResponseMessage response = await SendAsync(mesh, "x-session", session);
            if (health != "UNKNOWN")
                Assert.Equal(moves ? "1" : "0", await response.Content.ReadAsStringAsync());
            if (await response.Content.ReadAsStringAsync() == "1")
                Assert.Equal($"127.0.0.1:{servers[1].Port}", Encoding.ASCII.GetString(Convert.FromBase64String(response.Header("x-session")!)));
        }
    }

    [Theory]
    [InlineData("strict: true", 503)]
    [InlineData("strict: false", 200)]
    public async Task AStrictSessionDoesNotMove(string strict, int status)
    {
        TestServer[] servers = await StartServersAsync(1);
        TestMesh mesh = await StartMeshAsync(Document($"{Header}, {strict}", servers));
        using HttpResponseMessage response = await SendAsync(mesh, "x-session", Convert.ToBase64String("10.9.9.9:1"u8));
        Assert.Equal((status, status == 503 ? "UH" : null), ((int)response.StatusCode, response.Header("x-mesh-flag")));
        if (status == 503)
            Assert.Contains("the session is on 10.9.9.9:1, which cannot be used, and is strict", response.Header("x-mesh-reason"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ARetryLeavesTheEndpointAndTheSessionGoesWithIt()
    {
        TestServer[] servers = await StartServersAsync(2);
        TestMesh mesh = await StartMeshAsync(Document(Header, servers, route: "retry_policy: {retry_on: 5xx, num_retries: 1, retry_back_off: {base_interval: 0.001s}}"));
        using HttpResponseMessage response = await SendAsync(mesh, "x-session", Convert.ToBase64String(Encoding.ASCII.GetBytes($"127.0.0.1:{servers[0].Port}")), "/status/503");
        Assert.Equal((1L, 1L), (servers[0].Counts.Requests, servers[1].Counts.Requests));
        Assert.Equal($"127.0.0.1:{servers[1].Port}", Encoding.ASCII.GetString(Convert.FromBase64String(response.Header("x-session")!)));
    }

    [Fact]
    public async Task ARouteMayDoWithout()
    {
        TestServer[] servers = await StartServersAsync(1);
        TestMesh mesh = await StartMeshAsync(Document(Header, servers, routeMore: $"typed_per_filter_config: {{session: {{'@type': {Filters}.StatefulSessionPerRoute, disabled: true}}}}, "));
        using HttpResponseMessage response = await mesh.Client.GetAsync("http://a/");
        Assert.Null(response.Header("x-session"));
    }

    private async Task<TestServer[]> StartServersAsync(int count)
    {
        var servers = new TestServer[count];
        for (int i = 0; i < count; i++)
            servers[i] = await StartServerAsync(name: $"{i}");
        return servers;
    }

    private static async Task<HttpResponseMessage> SendAsync(TestMesh mesh, string header, string value, string path = "/")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://a" + path);
        request.Headers.TryAddWithoutValidation(header, value);
        return await mesh.Client.SendAsync(request);
    }

    /// <summary>The first endpoint is in the state given.</summary>
    private static string Document(string session, TestServer[] servers, string cluster = "", string health = "HEALTHY", string route = "timeout: 15s", string routeMore = "") => Xds.Document(
        Xds.Resource(
            Xds.ListenerType,
            $"name: l, api_listener: {{api_listener: {{{Xds.Manager}, rds: {{route_config_name: r, config_source: {{ads: {{}}}}}}, http_filters: [{{name: session, typed_config: {{'@type': {Filters}.StatefulSession, {session}}}}}, {Xds.Router}]}}}}"),
        Xds.Resource(Xds.RoutesType, $"name: r, virtual_hosts: [{{name: a, domains: [a], routes: [{{match: {{prefix: /}}, {routeMore}route: {{cluster: c, {route}}}}}]}}]"),
        Xds.Resource(
            Xds.ClusterType,
            $"name: c, {cluster}load_assignment: {{cluster_name: c, endpoints: [{{lb_endpoints: [{string.Join(", ", servers.Select((server, i) => Endpoint(server.Port, i == 0 ? health : "HEALTHY")))}]}}]}}"));

    private static string Endpoint(int port, string health) =>
        $"{{health_status: {health}, endpoint: {{address: {{socket_address: {{address: 127.0.0.1, port_value: {port}}}}}}}}}";
}
