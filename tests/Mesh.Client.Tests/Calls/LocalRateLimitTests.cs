using Mesh.TestKit;
using Mesh.TestKit.Servers;
using Xunit;

namespace Mesh.Client.Tests.Calls;

/// <summary>How many calls the process makes in a time (<c>LocalRateLimit</c>), in a listener and as routes override it.</summary>
public sealed class LocalRateLimitTests : MeshTest
{
    private const string Type = "'@type': type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit, stat_prefix: s";
    private const string Always = "filter_enabled: {default_value: {numerator: 100}}, filter_enforced: {default_value: {numerator: 100}}";
    private const string Two = "token_bucket: {max_tokens: 2, fill_interval: 10s}";

    [Fact]
    public async Task ACallTooManyIsRefusedUntilThereIsATokenAgain()
    {
        TestServer server = await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(Document(server, $"{Two}, {Always}, response_headers_to_add: [{{header: {{key: x-limited, value: 'by %RESPONSE_CODE%'}}}}]", route: "retry_policy: {retry_on: retriable-4xx}"), time: Time);
        Assert.Equal("200 200 429", await CallAsync(mesh, "/", 3));
        Assert.Equal(("RL", 0, 2L), (mesh.Outcomes[^1].Flag, mesh.Outcomes[^1].Attempts, server.Counts.Requests));

        using HttpResponseMessage refused = await mesh.Client.GetAsync("http://a/");
        Assert.Equal(("RL", "by 429"), (refused.Header("x-mesh-flag"), refused.Header("x-limited")));
        Assert.Contains("filter 'limit' lets no more calls pass for now: 1 calls in 10 s, 2 at once", refused.Header("x-mesh-reason"), StringComparison.Ordinal);

        Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("200 429", await CallAsync(mesh, "/", 2));
        Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal("200 200 429", await CallAsync(mesh, "/", 3));
    }

    [Theory]
    [InlineData("", "14")]
    [InlineData(", rate_limited_as_resource_exhausted: true", "8")]
    [InlineData(", status: {code: Forbidden}", "7")]
    public async Task AGrpcCallerGetsAStatus(string more, string status)
    {
        TestServer server = await StartHttp2ServerAsync();
        TestMesh mesh = await StartMeshAsync(Document(server, $"token_bucket: {{max_tokens: 1, fill_interval: 10s}}, {Always}{more}"), time: Time);
        (await mesh.Client.SendAsync(GrpcRequests.Create("http://a/grpc.Test/Unary"))).Dispose();

        using HttpResponseMessage response = await mesh.Client.SendAsync(GrpcRequests.Create("http://a/grpc.Test/Unary"));

        Assert.Equal((200, status), ((int)response.StatusCode, response.StatusInHeaders()));
        Assert.Equal(1, server.Counts.Requests);
    }

    [Theory]
    [InlineData("filter_enabled: {default_value: {numerator: 100}}")]
    [InlineData("filter_enforced: {default_value: {numerator: 100}}")]
    public async Task NothingIsRefusedUnlessItIsEnabledAndEnforced(string part)
    {
        TestServer server = await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(Document(server, $"{Two}, {part}"), time: Time);
        Assert.Equal("200 200 200 200", await CallAsync(mesh, "/", 4));
    }

    /// <summary>The virtual host's bucket is one for all its routes, a route's own is its own, and an update of the routes leaves the listener's as it was.</summary>
    [Fact]
    public async Task ABucketBelongsToItsConfiguration()
    {
        TestServer server = await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(Document(server, $"{Two}, {Always}"), time: Time);
        Assert.Equal("200 200 429", await CallAsync(mesh, "/", 3));
        mesh.Memory.Update(Document(server, $"{Two}, {Always}", more: "- {name: new, domains: [new], routes: []}"));
        Assert.Equal("429", await CallAsync(mesh, "/", 1));

        const string Own = $"typed_per_filter_config: {{limit: {{{Type}, {Two}, {Always}}}}}";
        mesh.Memory.Update(Document(server, $"{Two}, {Always}", host: Own, more: $"- {{name: b, domains: [b], routes: [{{match: {{prefix: /}}, route: {{cluster: a}}, {Own}}}]}}"));
        Assert.Equal("200", await CallAsync(mesh, "/other", 1));
        Assert.Equal("200 429", await CallAsync(mesh, "/", 2));
        Assert.Equal("429", await CallAsync(mesh, "/other", 1));
        using HttpResponseMessage response = await mesh.Client.GetAsync("http://b/");
        Assert.Equal(200, (int)response.StatusCode);
    }

    private static async Task<string> CallAsync(TestMesh mesh, string path, int times)
    {
        int[] statuses = new int[times];
        for (int i = 0; i < times; i++)
        {
            using HttpResponseMessage response = await mesh.Client.GetAsync($"http://a{path}");
            statuses[i] = (int)response.StatusCode;
        }

        return string.Join(' ', statuses);
    }

    private static string Document(TestServer server, string limit, string route = "timeout: 15s", string host = "", string more = "") =>
        $$"""
        resources:
        - '@type': type.googleapis.com/envoy.config.listener.v3.Listener
          name: a
          api_listener: {api_listener: { {{Xds.Manager}}, rds: {route_config_name: r}, http_filters: [
            {name: limit, typed_config: { {{Type}}, {{limit}} } }, {{Xds.Router}}]} }
        - '@type': type.googleapis.com/envoy.config.route.v3.RouteConfiguration
          name: r
          virtual_hosts:
          - {name: a, domains: [a], routes: [{match: {prefix: /other}, route: {cluster: a} }, {match: {prefix: /}, route: {cluster: a, {{route}} } }], {{host}} }
          {{more}}
        - '@type': type.googleapis.com/envoy.config.cluster.v3.Cluster
          name: a
          load_assignment: {cluster_name: a, endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: {{server.Port}} } } } }]}]}
        """;
}
