using System.Globalization;
using Mesh.TestKit;
using Mesh.TestKit.Servers;
using Xunit;

namespace Mesh.Client.Tests.Calls;

/// <summary>Copies of calls for a mirror (<c>request_mirror_policies</c>): nobody waits for them, and nothing of them reaches the caller.</summary>
public sealed class MirrorTests : MeshTest
{
    private const int Limit = 64 * 1024;

    private readonly Gate _gate = new();

    [Fact]
    public async Task ACopyGoesToTheMirror()
    {
        TestServer server = await StartServerAsync(), mirror = await StartServerAsync(name: "mirror");
        TestMesh mesh = await StartMeshAsync(Document(server, mirror, "cluster: m", "prefix_rewrite: /rewritten/"));

        using var request = new HttpRequestMessage(HttpMethod.Put, "http://a/one?two=3") { Headers = { { "x-mine", "1" } }, Content = new StringContent("body") };
        using HttpResponseMessage response = await mesh.Client.SendAsync(request);
        await mesh.SettledAsync();

        RequestRecord original = server.Records.Single(), copy = mirror.Records.Single();
        Assert.Equal((original.Method, original.Target, "1", original.Body?.Sha256), (copy.Method, copy.Target, copy.Header("x-mine"), copy.Body?.Sha256));
        Assert.Equal(("/rewritten/one?two=3", "a", "a-shadow"), (copy.Target, original.Authority, copy.Authority));
        Assert.Equal("text/plain; charset=utf-8", copy.Header("content-type"));
        Assert.Equal([("a", false), ("m", true)], mesh.Outcomes.Select(outcome => (outcome.Cluster, outcome.IsMirror)).Order());
    }

    [Theory]
    [InlineData("", "a:8080", "a-shadow:8080")]
    [InlineData(", disable_shadow_host_suffix_append: true", "a", "a")]
    [InlineData(", host_rewrite_literal: m.example, disable_shadow_host_suffix_append: true", "a", "m.example")]
    public async Task TheHost(string policy, string authority, string expected)
    {
        TestServer server = await StartServerAsync(), mirror = await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(Document(server, mirror, "cluster: m" + policy, domains: "'*'"));
        (await mesh.Client.GetAsync($"http://{authority}/")).Dispose();
        await mesh.SettledAsync();
        Assert.Equal(expected, mirror.Records.Single().Authority);
    }

    [Fact]
    public async Task HeadersOfTheRouteAndThenOfTheMirror()
    {
        TestServer server = await StartServerAsync(), mirror = await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(Document(
            server, mirror, "cluster: m, request_headers_mutations: [{append: {header: {key: x-which, value: mirror}, append_action: OVERWRITE_IF_EXISTS_OR_ADD}}, {remove: x-secret}]",
            routeMore: "request_headers_to_add: [{header: {key: x-which, value: route}}, {header: {key: x-route, value: '1'}}], "));
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://a/") { Headers = { { "x-secret", "s" } } };
        (await mesh.Client.SendAsync(request)).Dispose();
        await mesh.SettledAsync();
        RequestRecord original = server.Records.Single(), copy = mirror.Records.Single();
        Assert.Equal(("route", "s", "1"), (original.Header("x-which"), original.Header("x-secret"), original.Header("x-route")));
        Assert.Equal(("mirror", null, "1"), (copy.Header("x-which"), copy.Header("x-secret"), copy.Header("x-route")));
    }

    [Fact]
    public async Task TheCallerWaitsForNoCopy()
    {
        TestServer server = await StartServerAsync(), mirror = await StartServerAsync(_gate.HoldAsync);
        TestMesh mesh = await StartMeshAsync(Document(server, mirror, "cluster: m"));

        (await mesh.Client.GetAsync("http://a/hold")).Dispose();

        Assert.Equal(("a", (string?)null), (mesh.Outcome.Cluster, mesh.Outcome.Flag));
        await ArrivedAsync(mirror, "/hold");
        _gate.Open();
        await mesh.SettledAsync();
        Assert.Equal(2, mesh.Outcomes.Count);
    }

    [Theory]
    [InlineData("/status/503", null)]
    [InlineData("/reset", "UC")]
    public async Task ACopyThatFailsIsNotTriedAgainAndHarmsNobody(string path, string? flag)
    {
        TestServer server = await StartServerAsync(async context =>
        {
            await Task.CompletedTask;
            return true;
        });
        TestServer mirror = await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(Document(server, mirror, "cluster: m", "retry_policy: {retry_on: '5xx,reset', num_retries: 3}"));
        using HttpResponseMessage response = await mesh.Client.GetAsync("http://a" + path);
        await mesh.SettledAsync();
        Assert.Equal((200, 1L, flag), ((int)response.StatusCode, mirror.Counts.Requests, mesh.Outcomes.Single(outcome => outcome.IsMirror).Flag));
    }

    [Fact]
    public async Task AMirrorThatCannotBeReachedHarmsNobody()
    {
        TestServer server = await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(Document(server, FreePort.Next(), "cluster: m"));
        using HttpResponseMessage response = await mesh.Client.GetAsync("http://a/");
        await mesh.SettledAsync();
        Assert.Equal((200, "UF"), ((int)response.StatusCode, mesh.Outcomes.Single(outcome => outcome.IsMirror).Flag));
    }

    [Fact]
    public async Task APartOfTheCallsIsCopied()
    {
        TestServer server = await StartServerAsync(), mirror = await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(Document(server, mirror, "cluster: m, runtime_fraction: {default_value: {numerator: 25}}"), random: new Random(1));
        for (int i = 0; i < 400; i++)
            (await mesh.Client.GetAsync("http://a/")).Dispose();
        await mesh.SettledAsync();
        Assert.InRange(mirror.Counts.Requests, 60, 140);
        Assert.Equal(400, server.Counts.Requests);
    }

    [Fact]
    public async Task AHeaderMayNameTheMirror()
    {
        TestServer server = await StartServerAsync(), mirror = await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(Document(server, mirror, "cluster_header: x-mirror"));
        foreach (string name in new[] { "m", "unknown", "m" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "http://a/") { Headers = { { "x-mirror", name } } };
            (await mesh.Client.SendAsync(request)).Dispose();
        }

        (await mesh.Client.GetAsync("http://a/")).Dispose();
        await mesh.SettledAsync();
        Assert.Equal((4L, 2L), (server.Counts.Requests, mirror.Counts.Requests));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(Limit, 1)]
    [InlineData(Limit + 1, 0)]
    public async Task AStreamedBodyIsCopiedOnceItIsSent(int length, int copies)
    {
        TestServer server = await StartServerAsync(), mirror = await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(Document(server, mirror, "cluster: m"));
        var body = new CountedContent(new byte[length]);

        (await mesh.Client.PostAsync("http://a/upload", body)).Dispose();
        await mesh.SettledAsync();

        Assert.Equal((1L, copies, 1), (server.Counts.Requests, (int)mirror.Counts.Requests, body.Serializations));
        if (copies > 0)
            Assert.Equal(server.Records.Single().Body, mirror.Records.Single().Body! with { Trailers = server.Records.Single().Body!.Trailers });
    }

    [Fact]
    public async Task ACopyOfAGrpcCall()
    {
        TestServer server = await StartHttp2ServerAsync(), mirror = await StartHttp2ServerAsync();
        TestMesh mesh = await StartMeshAsync(Document(server, mirror, "cluster: m"));
        using HttpResponseMessage response = await mesh.Client.SendAsync(GrpcRequests.Create("http://a/grpc.Test/Unary"));
        await response.Content.ReadAsByteArrayAsync();
        await mesh.SettledAsync();
        Assert.Equal(("0", 1L, "HTTP/2"), (response.StatusInTrailers(), mirror.Counts.Requests, mirror.Records.Single().Protocol));
    }

    [Fact]
    public async Task ASynchronousCallIsCopiedToo()
    {
        TestServer server = await StartServerAsync(), mirror = await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(Document(server, mirror, "cluster: m"));
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://a/");
        mesh.Client.Send(request).Dispose();
        await mesh.SettledAsync();
        Assert.Equal((1L, 1L), (server.Counts.Requests, mirror.Counts.Requests));
    }

    [Fact]
    public async Task TheRoutesMirrorsReplaceThoseAbove()
    {
        TestServer server = await StartServerAsync(), mirror = await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(Xds.Document(
            Xds.Listener("l", "r"),
            Xds.Resource(Xds.RoutesType, "name: r, request_mirror_policies: [{cluster: m}], virtual_hosts: [{name: a, domains: [a], routes: [{match: {path: /no}, route: {cluster: a, request_mirror_policies: [{cluster: m, runtime_fraction: {default_value: {numerator: 0}}}]}}, {match: {prefix: /}, route: {cluster: a}}]}]"),
            Xds.Cluster("a", $"127.0.0.1:{server.Port}"),
            Xds.Cluster("m", $"127.0.0.1:{mirror.Port}")));
        (await mesh.Client.GetAsync("http://a/no")).Dispose();
        (await mesh.Client.GetAsync("http://a/yes")).Dispose();
        await mesh.SettledAsync();
        Assert.Equal("/yes", mirror.Records.Single().Target);
    }

    private static string Document(TestServer server, TestServer mirror, string policy, string route = "timeout: 15s", string domains = "a", string routeMore = "") =>
        Document(server, mirror.Port, policy, route, domains, routeMore);

    private static string Document(TestServer server, int mirror, string policy, string route = "timeout: 15s", string domains = "a", string routeMore = "") => Xds.Document(
        Xds.Listener("l", "r"),
        Xds.Resource(Xds.RoutesType, $"name: r, virtual_hosts: [{{name: a, domains: [{domains}], routes: [{{match: {{prefix: /}}, {routeMore}route: {{cluster: a, {route}, request_mirror_policies: [{{{policy}}}]}}}}]}}]"),
        Xds.Cluster("a", $"127.0.0.1:{server.Port}"),
        Xds.Cluster("m", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{mirror}")));
}
