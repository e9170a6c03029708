using System.Net;
using Mesh.TestKit.Servers;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Mesh.Client.Tests.Calls;

/// <summary>Redirects that the mesh follows itself, and those it hands over.</summary>
public sealed class InternalRedirectTests : MeshTest
{
    private const string Predicates = "type.googleapis.com/envoy.extensions.internal_redirect";
    private const string Previous = $"{{name: p, typed_config: {{'@type': {Predicates}.previous_routes.v3.PreviousRoutesConfig}}}}";

    private TestServer _a = null!, _b = null!;

    [Fact]
    public async Task TheNextServerIsToldWhereTheCallCameFrom()
    {
        TestMesh mesh = await StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://a/redirect/302?to=http://b/land?x=1");
        request.Headers.Add("x-mine", "1");

        using HttpResponseMessage response = await mesh.Client.SendAsync(request);

        Assert.Equal((HttpStatusCode.OK, "b"), (response.StatusCode, await response.Content.ReadAsStringAsync()));
        Assert.Same(request, response.RequestMessage);
        RequestRecord seen = _b.Records.Single();
        Assert.Equal(("b", "/land?x=1", "1"), (seen.Authority, seen.Target, seen.Header("x-mine")));
        Assert.Equal("http://a/redirect/302?to=http://b/land?x=1", seen.Header("x-envoy-original-url"));
        Assert.Equal([302, 200], mesh.Outcomes.Select(outcome => outcome.StatusCode));
    }

    [Fact]
    public async Task TheHostTheCallerSetIsNotTheNextServers()
    {
        TestMesh mesh = await StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://elsewhere/redirect/302?to=http://b/") { Headers = { Host = "a" } };

        (await mesh.Client.SendAsync(request)).Dispose();

        Assert.Equal(("b", "http://a/redirect/302?to=http://b/"), (_b.Records.Single().Authority, _b.Records.Single().Header("x-envoy-original-url")));
    }

    [Theory]
    [InlineData("", 301, "http://b/")]
    [InlineData("", 303, "http://b/")]
    [InlineData("", 302, "/land")]
    [InlineData("", 302, "http://unknown/")]
    [InlineData("", 302, "http://answers/none")]
    [InlineData("", 302, "https://b/")]
    [InlineData("", 302, "ws://b/")]
    [InlineData("max_internal_redirects: 0", 302, "http://b/")]
    [InlineData("redirect_response_codes: [301, 307]", 302, "http://b/")]
    [InlineData($"predicates: [{{name: n, typed_config: {{'@type': {Predicates}.allow_listed_routes.v3.AllowListedRoutesConfig, allowed_route_names: [other]}}}}]", 302, "http://b/")]
    public async Task AnotherRedirectIsHandedOverAsItIs(string policy, int status, string location)
    {
        TestMesh mesh = await StartAsync(policy);

        using HttpResponseMessage response = await mesh.Client.GetAsync($"http://a/redirect/{status}?to={location}");

        Assert.Equal((status, location), ((int)response.StatusCode, response.Header("Location")));
        Assert.Empty(_b.Records);
        Assert.Equal(status, mesh.Outcome.StatusCode);
    }

    /// <summary>As in Envoy: only a redirect to no route is the caller's.</summary>
    [Theory]
    [InlineData("http://answers/redirect", 301, "http://b/redirect")]
    [InlineData("http://answers/direct", 200, null)]
    public async Task ARouteThatAnswersItselfIsFollowed(string to, int status, string? location)
    {
        TestMesh mesh = await StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://a/redirect/302?to={to}");

        using HttpResponseMessage response = await mesh.Client.SendAsync(request);

        Assert.Equal((status, location), ((int)response.StatusCode, response.Header("Location")));
        Assert.Same(request, response.RequestMessage);
        Assert.Equal([302, status], mesh.Outcomes.Select(outcome => outcome.StatusCode));
    }

    [Theory]
    [InlineData("redirect_response_codes: [301]", 301)]
    [InlineData("redirect_response_codes: [308, 307]", 307)]
    [InlineData($"predicates: [{{name: n, typed_config: {{'@type': {Predicates}.allow_listed_routes.v3.AllowListedRoutesConfig, allowed_route_names: [other, b]}}}}]", 302)]
    public async Task OneThePolicyNamesIsFollowed(string policy, int status)
    {
        TestMesh mesh = await StartAsync(policy);

        Assert.Equal("b", await mesh.Client.GetStringAsync($"http://a/redirect/{status}?to=http://b/"));
    }

    [Theory]
    [InlineData(1, 302, "http://c/")]
    [InlineData(2, 200, null)]
    public async Task ThereIsAMostOfThem(int max, int status, string? location)
    {
        TestServer c = await StartServerAsync(name: "c");
        TestMesh mesh = await StartAsync($"max_internal_redirects: {max}", $"internal_redirect_policy: {{max_internal_redirects: {max}}}", c);

        using HttpResponseMessage response = await mesh.Client.GetAsync("http://a/redirect/302?to=http://b/redirect/302?to=http://c/");

        Assert.Equal((status, location), ((int)response.StatusCode, response.Header("Location")));
        Assert.Equal((1, max - 1), (_b.Records.Count, c.Records.Count));
    }

    /// <summary>Every route on the way has its own say.</summary>
    [Fact]
    public async Task ARouteWithoutAPolicyHandsItsRedirectOver()
    {
        TestMesh mesh = await StartAsync("max_internal_redirects: 9");

        using HttpResponseMessage response = await mesh.Client.GetAsync("http://a/redirect/302?to=http://b/redirect/302?to=http://a/");

        Assert.Equal((HttpStatusCode.Found, "http://a/"), (response.StatusCode, response.Header("Location")));
        Assert.Equal((1, 1), (_a.Records.Count, _b.Records.Count));
    }

    [Fact]
    public async Task ALoopEndsWhereARouteComesTwice()
    {
        const string Policy = $"max_internal_redirects: 9, predicates: [{Previous}]";
        _a = await StartServerAsync(context => RedirectAsync(context, "http://b/"), name: "a");
        _b = await StartServerAsync(context => RedirectAsync(context, "http://a/"), name: "b");
        TestMesh mesh = await StartMeshAsync(
            RoutedText.Of([_a, _b], RoutedText.Host("a", $"internal_redirect_policy: {{{Policy}}}"), RoutedText.Host("b", $"internal_redirect_policy: {{{Policy}}}")));

        using HttpResponseMessage response = await mesh.Client.GetAsync("http://a/");

        Assert.Equal((HttpStatusCode.Found, "http://b/"), (response.StatusCode, response.Header("Location")));
        Assert.Equal((2, 1), (_a.Records.Count, _b.Records.Count));
    }

    [Fact]
    public async Task HeadersOfTheRedirectAreTakenOver()
    {
        _a = await StartServerAsync(
            context =>
            {
                context.Response.Headers["x-token"] = "theirs";
                context.Response.Headers["x-other"] = "stays behind";
                return RedirectAsync(context, "http://b/");
            },
            name: "a");
        TestMesh mesh = await StartAsync("response_headers_to_copy: [X-Token, x-absent]");
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://a/") { Headers = { { "x-token", "mine" }, { "x-absent", "mine" } } };

        (await mesh.Client.SendAsync(request)).Dispose();

        RequestRecord seen = _b.Records.Single();
        Assert.Equal(("theirs", null, null), (seen.Header("x-token"), seen.Header("x-other"), seen.Header("x-absent")));
    }

    [Fact]
    public async Task TheSynchronousSendFollowsToo()
    {
        TestMesh mesh = await StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://a/redirect/302?to=http://b/");

        using HttpResponseMessage response = mesh.Client.Send(request);

        Assert.Equal((HttpStatusCode.OK, 1), (response.StatusCode, _b.Records.Count));
        Assert.Same(request, response.RequestMessage);
    }

    /// <summary>However many there are, none stands on the stack of another.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ManyAreFollowedOneAfterTheOther(bool async)
    {
        int count = 0;
        TestServer a = await StartServerAsync(
            context => Interlocked.Increment(ref count) <= 2000 ? RedirectAsync(context, "http://a/") : Task.FromResult(false), name: "a");
        TestMesh mesh = await StartMeshAsync(RoutedText.Of([a], RoutedText.Host("a", "internal_redirect_policy: {max_internal_redirects: 4000}")));
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://a/");

        using HttpResponseMessage response = async ? await mesh.Client.SendAsync(request) : mesh.Client.Send(request);

        Assert.Equal((HttpStatusCode.OK, 2001), (response.StatusCode, count));
    }

    /// <summary>A host that only <c>*</c> has would pass through if a caller named it; the mesh's own call to it is routed.</summary>
    [Fact]
    public async Task ARedirectToTheHostOfAllOthersIsRouted()
    {
        TestServer a = await StartServerAsync(name: "a"), b = await StartServerAsync(name: "b");
        TestMesh mesh = await StartMeshAsync(RoutedText.Of(
            [a, b], RoutedText.Host("a", "internal_redirect_policy: {}"), "{name: any, domains: ['*'], routes: [{match: {prefix: /}, route: {cluster: b}}]}"));

        Assert.Equal("b", await mesh.Client.GetStringAsync("http://a/redirect/302?to=http://nobody.invalid/"));
    }

    [Fact]
    public async Task TheNextHostMayHaveNoCluster()
    {
        TestMesh mesh = await StartAsync();

        using HttpResponseMessage response = await mesh.Client.GetAsync("http://a/redirect/302?to=http://nowhere/");

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "NC"), (response.StatusCode, response.Header("x-mesh-flag")));
    }

    private async Task<TestMesh> StartAsync(string policy = "", string next = "", TestServer? third = null)
    {
        _a ??= await StartServerAsync(name: "a");
        _b ??= await StartServerAsync(name: "b");
        TestServer[] servers = third is null ? [_a, _b] : [_a, _b, third];
        return await StartMeshAsync(RoutedText.Of(
            servers,
            RoutedText.Host("a", $"internal_redirect_policy: {{{policy}}}"),
            RoutedText.Host("b", next),
            RoutedText.Host("c"),
            RoutedText.Host("nowhere"),
            RoutedText.Routes(
                "answers",
                "{match: {path: /redirect}, redirect: {host_redirect: b}}",
                "{match: {path: /direct}, direct_response: {status: 200}}")));
    }

    private static Task<bool> RedirectAsync(HttpContext context, string location)
    {
        context.Response.StatusCode = StatusCodes.Status302Found;
        context.Response.Headers.Location = location;
        return Task.FromResult(true);
    }
}
