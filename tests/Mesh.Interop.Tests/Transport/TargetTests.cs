using System.Net;
using Mesh.Interop.Tests.Smoke;
using Mesh.TestKit.Servers;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Mesh.Interop.Tests.Transport;

/// <summary>What arrives of path, query, host and headers, held against what the runtime's own client sends.</summary>
public class TargetTests
{
    private const string Hosts = "hosts: [shop, 'shop:8080', '*.shop']";
    private static readonly UriCreationOptions AsWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private static readonly string[] Targets =
    [
        "/",
        "?x=1",
        "/a/b/?",
        "/a%2Fb%2fc",
        "/nul%00byte",
        "/percent%25%zz",
        "/a/./b/../c",
        "/a/%2e%2e/b",
        "//double//slash",
        "/back\\slash",
        "/ünïcode/日本?q=é",
        "/semi;v=1/colon:80/@at",
        "/q?a=b?c=d&e=%26&&=;",
        "/plus+space here",
        "/quote'\"<>^`{|}",
        "/fragment#not-sent",
        "/~tilde!$&'()*,=[]",
    ];

    [Theory]
    [InlineData("")]
    // A mutation of headers makes the mesh send a message of its own.
    [InlineData("request_headers: { set: { x-more: a } }")]
    public async Task OverHttp1ATargetArrivesAsWithoutTheMesh(string route)
    {
        await using var server = new RawServer();
        await using var mesh = await MeshedClient.StartAsync(Shop.Yaml(server.Port, "http1", Hosts, Routes(route)));
        using var plain = PlainClient.Create(new Uri($"http://127.0.0.1:{server.Port}"));
        foreach (var target in Targets)
            await SendThreeAsync(plain, mesh.Http, target, default);
        await SendThreeAsync(plain, mesh.Http, "/a/../%41b", AsWritten);

        AssertAlike(server.Heads.Select(head => (head[0], head.Single(line => line.StartsWith("Host:", StringComparison.Ordinal))[6..])));
        Assert.Equal(route.Length > 0, server.Heads[1].Contains("x-more: a"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("request_headers: { set: { x-more: a } }")]
    public async Task OverHttp2ATargetArrivesAsWithoutTheMesh(string route)
    {
        await using var server = await TestServer.StartAsync(o =>
        {
            o.Protocols = HttpProtocols.Http2;
            o.Handler = _ => Task.FromResult(true);
        });
        await using var mesh = await MeshedClient.StartAsync(Shop.Yaml(server.Port, "http2", Hosts, Routes(route)));
        using var plain = PlainClient.Create(server.Url, HttpVersion.Version20);
        // Kestrel refuses a zero byte, however it is written.
        foreach (var target in Targets.Where(t => !t.Contains("%00", StringComparison.Ordinal)))
            await SendThreeAsync(plain, mesh.Http, target, default);
        await SendThreeAsync(plain, mesh.Http, "/a/../%41b", AsWritten);

        AssertAlike(server.Records.Select(r => (r.Target, r.Authority)));
        Assert.Equal(route.Length > 0, server.Records[1].Header("x-more") is not null);
        // The runtime's client and the mesh took one connection each.
        Assert.Equal(2, server.Counts.Connections);
    }

    [Theory]
    [InlineData("http1", HttpProtocols.Http1)]
    [InlineData("http2", HttpProtocols.Http2)]
    public async Task PrefixAndHostAreRewritten(string protocol, HttpProtocols protocols)
    {
        await using var server = await TestServer.StartAsync(o => o.Protocols = protocols);
        var route = Routes("prefix: /api/, rewrite: { prefix: /v2/, host: orders.internal }");
        await using var mesh = await MeshedClient.StartAsync(Shop.Yaml(server.Port, protocol, Hosts, route));
        foreach (var path in new[] { "/api/a%2Fb/../c;x?q=/api/", "/api/", "/api//x", "/other" })
            Assert.Equal(HttpStatusCode.OK, (await mesh.GetAsync($"http://shop:8080{path}")).Status);

        Assert.Equal(
            [("/v2/c;x?q=/api/", "orders.internal"), ("/v2/", "orders.internal"), ("/v2//x", "orders.internal"), ("/other", "shop:8080")],
            server.Records.Select(r => (r.Target, r.Authority)));
        Assert.Equal(1, server.Counts.Connections);
    }

    [Theory]
    // As the caller made it.
    [InlineData("", "first.shop")]
    // A copy, because the connection's URL has another host.
    [InlineData("", "second.shop")]
    // A copy, because headers are set.
    [InlineData("request_headers: { set: { x-set: by-mesh } }", "first.shop")]
    public async Task HeadersKeepTheirOrderAndTheirValues(string route, string host)
    {
        await using var server = new RawServer();
        await using var mesh = await MeshedClient.StartAsync(Shop.Yaml(server.Port, "http1", Hosts, Routes(route)));
        using var plain = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        await mesh.Http.GetAsync(new Uri("http://first.shop/"));
        await SendManyHeadersAsync(plain, new Uri($"http://127.0.0.1:{server.Port}/p"));
        await SendManyHeadersAsync(mesh.Http, new Uri($"http://{host}/p"));

        var (without, with) = (server.Heads[1], server.Heads[2]);
        Assert.Equal(without.Where(IsNoHost), with.Where(line => IsNoHost(line) && !line.StartsWith("x-set", StringComparison.Ordinal)));
        Assert.Equal([$"Host: {host}"], with.Where(line => !IsNoHost(line)));
        Assert.Equal(route.Length > 0, with.Contains("x-set: by-mesh"));
    }

    private static string Routes(string route) => route.Length == 0 ? "" : $"routes: [ {{ {route} }} ]";

    private static bool IsNoHost(string line) => !line.StartsWith("Host:", StringComparison.OrdinalIgnoreCase);

    private static async Task SendManyHeadersAsync(HttpClient client, Uri url)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.Add("x-b", ["1", "2, 3"]);
        request.Headers.Add("x-a", "one");
        request.Headers.Add("Accept", ["text/html", "*/*;q=0.1"]);
        request.Headers.Add("x-b", "4");
        request.Headers.TryAddWithoutValidation("x-odd", "a;b=\"c, d\"; =");
        request.Headers.TryAddWithoutValidation("x-empty", "");
        request.Headers.TryAddWithoutValidation("User-Agent", "mesh (not; a valid/ value");
        request.Headers.TryAddWithoutValidation("Cookie", "a=1; b=2");
        request.Headers.TryAddWithoutValidation("X-A", "two");
        (await client.SendAsync(request)).Dispose();
    }

    /// <summary>Sends without the mesh, then twice with it.</summary>
    private static async Task SendThreeAsync(HttpClient plain, HttpClient meshed, string target, UriCreationOptions creation)
    {
        (HttpClient, Uri)[] calls =
        [
            (plain, new Uri($"{plain.BaseAddress!.GetLeftPart(UriPartial.Authority)}{target}", creation)),
            (meshed, new Uri($"http://shop{target}", creation)),
            (meshed, new Uri($"http://user:secret@SHOP:80{target}", creation)),
        ];
        foreach (var (client, url) in calls)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, url)
            {
                Version = plain.DefaultRequestVersion,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            };
            using var response = await client.SendAsync(request);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
    }

    private static void AssertAlike(IEnumerable<(string Target, string Authority)> arrived) =>
        Assert.All(arrived.Chunk(3), three => Assert.Equal([(three[0].Target, "shop"), (three[0].Target, "shop")], three.Skip(1)));
}
