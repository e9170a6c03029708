using System.Net;
using System.Text.Json;
using Mesh.TestKit;
using Mesh.TestKit.Servers;
using Xunit;

namespace Mesh.Client.Tests.Calls;

/// <summary>Filters of the user's own (gRFC A39).</summary>
public sealed class CustomFilterTests : MeshTest
{
    private readonly FakeType _type = new();

    [Fact]
    public async Task ItSeesRequestAndResponse()
    {
        TestServer server = await StartServerAsync();
        TestMesh mesh = await StartAsync(server, Filter("one", "{add: x-one}"));
        using HttpResponseMessage response = await mesh.Client.GetAsync("http://a/path?q");
        Assert.Equal((200, "GET a /path?q r c"), ((int)response.StatusCode, response.Header("x-seen-one")));
        Assert.Equal("one", Assert.Single(server.Records).Header("x-one"));
        Assert.Equal((1, (string?)null), (mesh.Outcome.Attempts, mesh.Outcome.Flag));
    }

    /// <summary>Requests in order, responses the other way round; a filter sees what those before it did.</summary>
    [Fact]
    public async Task SeveralStandInEachOther()
    {
        TestServer server = await StartServerAsync();
        TestMesh mesh = await StartAsync(server, $"{Filter("one", "{add: x-one}")}, {Filter("two", "{add: x-two, remove: x-one}")}");
        using HttpResponseMessage response = await mesh.Client.GetAsync("http://a/");
        Assert.Equal(["> x-one", "> x-two sees one", "< x-two", "< x-one"], _type.Log);
        Assert.Equal((null, "two"), (server.Records[0].Header("x-one"), server.Records[0].Header("x-two")));
    }

    [Fact]
    public async Task ItMayAnswerAndThoseBeforeItSeeThat()
    {
        TestServer server = await StartServerAsync();
        TestMesh mesh = await StartAsync(server, $"{Filter("one", "{add: x-one}")}, {Filter("two", "{add: x-two, answer: 418}")}, {Filter("three", "{add: x-three}")}");
        using HttpResponseMessage response = await mesh.Client.GetAsync("http://a/");
        Assert.Equal((418, "FA", 0), ((int)response.StatusCode, mesh.Outcome.Flag, mesh.Outcome.Attempts));
        Assert.Equal(["> x-one", "> x-two sees one", "< x-two", "< x-one"], _type.Log);
        Assert.Empty(server.Records);
        Assert.Equal(0, mesh.InFlight);
    }

    [Fact]
    public async Task ItIsAskedOnceForAllAttempts()
    {
        TestServer server = await StartServerAsync();
        TestMesh mesh = await StartAsync(server, Filter("one", "{add: x-one}"), "retry_policy: {retry_on: 5xx, num_retries: 2, retry_back_off: {base_interval: 0.001s}}");
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://a/status/503");
        using HttpResponseMessage response = await mesh.Client.SendAsync(request);
        Assert.Equal(["> x-one", "< x-one"], _type.Log);
        Assert.Equal(["one", "one", "one"], server.Records.Select(record => record.Header("x-one")));
        Assert.Empty(request.Headers);
    }

    [Fact]
    public async Task ARouteOverridesIt()
    {
        TestServer server = await StartServerAsync();
        TestMesh mesh = await StartAsync(server, Filter("one", "{add: x-one}"), $"timeout: 15s}}, typed_per_filter_config: {{one: {Struct("{add: x-own}")}");
        (await mesh.Client.GetAsync("http://a/")).Dispose();
        Assert.Equal((null, "own"), (server.Records[0].Header("x-one"), server.Records[0].Header("x-own")));
    }

    [Theory]
    [InlineData("{fail: request}", 500, "FF")]
    [InlineData("{add: Content-Type}", 500, "FF")]
    [InlineData("{add: Host}", 500, "FF")]
    public async Task ItsFailureIsTheCallsAndSaysSo(string configuration, int status, string flag)
    {
        TestServer server = await StartServerAsync();
        TestMesh mesh = await StartAsync(server, Filter("one", configuration));
        using HttpResponseMessage response = await mesh.Client.GetAsync("http://a/");
        Assert.Equal((status, flag), ((int)response.StatusCode, response.Header("x-mesh-flag")));
        Assert.Contains("filter 'one' failed: ", response.Header("x-mesh-reason"), StringComparison.Ordinal);
        Assert.Empty(server.Records);
        Assert.Equal(0, mesh.InFlight);
    }

    [Fact]
    public async Task AResponseItFailsOnIsLetGo()
    {
        TestServer server = await StartServerAsync();
        TestMesh mesh = await StartAsync(server, Filter("one", "{fail: response}"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => mesh.Client.GetAsync("http://a/"));
        await mesh.SettledAsync();
        Assert.Equal(0, mesh.InFlight);
    }

    [Fact]
    public async Task SyncCallsPassToo()
    {
        TestServer server = await StartServerAsync();
        TestMesh mesh = await StartAsync(server, Filter("one", "{add: x-one, wait: true}"));
        using HttpResponseMessage response = await Task.Run(() => mesh.Client.Send(new HttpRequestMessage(HttpMethod.Get, "http://a/")));
        Assert.Equal(["> x-one", "< x-one"], _type.Log);
    }

    /// <summary>An update that leaves its configuration alone leaves the filter alone.</summary>
    [Fact]
    public async Task ItOutlivesUpdates()
    {
        TestServer server = await StartServerAsync();
        TestMesh mesh = await StartAsync(server, Filter("one", "{add: x-one}"));
        (await mesh.Client.GetAsync("http://a/")).Dispose();
        mesh.Memory.Update(Document(server, Filter("one", "{add: x-one}"), "timeout: 7s"));
        await Wait.EventuallyAsync(() => mesh.Host.State.Version > 1, Soon);
        (await mesh.Client.GetAsync("http://a/")).Dispose();
        Assert.Single(_type.Used.Distinct());
    }

    [Theory]
    [InlineData("{refuse: true}", "filter type 'acme.Fake' refuses its configuration: not today")]
    [InlineData("{nothing: true}", "filter type 'acme.Fake' made no filter")]
    public async Task AWrongConfigurationIsRefused(string configuration, string reason)
    {
        TestServer server = await StartServerAsync();
        var thrown = await Assert.ThrowsAsync<MeshConfigurationException>(() => StartAsync(server, Filter("one", configuration)));
        Assert.Contains(thrown.Errors, error => error.Contains(reason, StringComparison.Ordinal) && error.Contains("http_filters[0].typed_config", StringComparison.Ordinal));
    }

    [Fact]
    public async Task WithoutItTheConfigurationIsRefused()
    {
        TestServer server = await StartServerAsync();
        var thrown = await Assert.ThrowsAsync<MeshConfigurationException>(() => StartMeshAsync(Document(server, Filter("one", "{}"), "timeout: 15s")));
        Assert.Contains(thrown.Errors, error => error.Contains("filter 'one' (acme.Fake) is not supported", StringComparison.Ordinal));
    }

    private Task<TestMesh> StartAsync(TestServer server, string filters, string route = "timeout: 15s") =>
        StartMeshAsync(Document(server, filters, route), options => options.HttpFilters.Add(_type));

    private static string Document(TestServer server, string filters, string route) => Xds.Document(
        Xds.Listener("l", "r", filters),
        Xds.Resource(Xds.RoutesType, $"name: r, virtual_hosts: [{{name: a, domains: [a], routes: [{{name: r, match: {{prefix: /}}, route: {{cluster: c, {route}}}}}]}}]"),
        Xds.Cluster("c", $"127.0.0.1:{server.Port}"));

    private static string Filter(string name, string configuration) => $"{{name: {name}, typed_config: {Struct(configuration)}}}";

    private static string Struct(string configuration) => $"{{'@type': type.googleapis.com/xds.type.v3.TypedStruct, type_url: type.googleapis.com/acme.Fake, value: {configuration}}}";

    private sealed class FakeType : IHttpFilterType
    {
        private readonly List<string> _log = [];
        private readonly List<object> _used = [];

        public string Name => "acme.Fake";

        public IReadOnlyList<string> Log => [.. _log];

        public IReadOnlyList<object> Used => [.. _used];

        public IHttpFilter Create(string configuration)
        {
            Dictionary<string, JsonElement> settings = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(configuration)!;
            if (settings.ContainsKey("refuse"))
                throw new FormatException("not today");
            return settings.ContainsKey("nothing") ? null! : new FakeFilter(this, settings);
        }

        private sealed class FakeFilter(FakeType type, Dictionary<string, JsonElement> settings) : IHttpFilter
        {
            public async ValueTask<HttpResponseMessage?> OnRequestAsync(HttpFilterCall httpCall, CancellationToken cancellationToken)
            {
                type._used.Add(this);
                if (Text("wait") is not null)
                    await Task.Yield();
                if (Text("fail") == "request")
                    throw new InvalidOperationException("out of luck");
                if (Text("add") is { } add)
                {
                    type._log.Add($"> {add}{(httpCall.Header("x-one") is { } one ? $" sees {one}" : "")}");
                    httpCall.SetHeader(add, add[2..]);
                }

                if (Text("remove") is { } remove)
                    httpCall.SetHeader(remove, null);
                httpCall.State = $"{httpCall.Method} {httpCall.Authority} {httpCall.Path} {httpCall.Route} {httpCall.Cluster}";
                return settings.TryGetValue("answer", out JsonElement status) ? new HttpResponseMessage((HttpStatusCode)status.GetInt32()) : null;
            }

            public ValueTask OnResponseAsync(HttpFilterCall httpCall, HttpResponseMessage response, CancellationToken cancellationToken)
            {
                if (Text("fail") == "response")
                    throw new InvalidOperationException("out of luck");
                type._log.Add($"< {Text("add")}");
                response.Headers.Add($"x-seen-{Text("add")?[2..]}", (string?)httpCall.State);
                return default;
            }

            private string? Text(string name) => settings.TryGetValue(name, out JsonElement value) ? value.ToString() : null;
        }
    }
}
