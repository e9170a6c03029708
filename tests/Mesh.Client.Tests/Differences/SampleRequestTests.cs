using Mesh.Snapshots;
using Mesh.TestKit;
using Mesh.Tool;
using Mesh.Tool.Samples;
using Xunit;

namespace Mesh.Client.Tests.Differences;

/// <summary>The requests that are made of a configuration, as they are told.</summary>
public sealed class SampleRequestTests
{
    private const string Template = "path_match_policy: {name: t, typed_config: {'@type': type.googleapis.com/envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig, path_template: ";

    [Theory]
    [InlineData("prefix: /api/", "GET http://l/api/", "GET http://l/api/a")]
    [InlineData("prefix: /api", "GET http://l/api", "GET http://l/api/a", "GET http://l/apia")]
    [InlineData("path_separated_prefix: /api", "GET http://l/api", "GET http://l/api/a")]
    [InlineData("path: /One, case_sensitive: false", "GET http://l/One", "GET http://l/ONE")]
    [InlineData("safe_regex: {regex: '/users/[0-9]+(/.*)?'}", "GET http://l/users/1")]
    [InlineData(Template + "'/users/{id}/{rest=v/**}'}}", "GET http://l/users/a/v/a/b")]
    [InlineData("connect_matcher: {}", "CONNECT http://l/")]
    [InlineData("path: /g, grpc: {}", "POST http://l/g [content-type: application/grpc]")]
    [InlineData("path: /q, query_parameters: [{name: k, string_match: {exact: v}}, {name: p, present_match: true}, {name: n, present_match: false}]", "GET http://l/q?k=v&p")]
    [InlineData("path: /c, cookies: [{name: c, string_match: {prefix: v}}, {name: d, string_match: {exact: w}, invert_match: true}]", "GET http://l/c [cookie: c=v]")]
    [InlineData("path: /f, runtime_fraction: {default_value: {numerator: 1}}", "GET http://l/f")]
    [InlineData("path: /tls, tls_context: {presented: true}")]
    public void EveryKindOfMatchIsMet(string match, params string[] expected) => Assert.Equal(expected, OfRoute(match));

    [Theory]
    [InlineData("{name: h, exact_match: one}", "GET http://l/h [h: one]")]
    [InlineData("{name: h, string_match: {prefix: a}}, {name: h, string_match: {suffix: z}}", "GET http://l/h [h: az]")]
    [InlineData("{name: h, string_match: {contains: mid}}", "GET http://l/h [h: mid]")]
    [InlineData("{name: h, string_match: {safe_regex: {regex: '(?i)v[0-9]{2}'}}}", "GET http://l/h [h: V11]", "GET http://l/h [h: v11]")]
    [InlineData("{name: h, range_match: {start: 5, end: 9}}", "GET http://l/h [h: 5]")]
    [InlineData("{name: h, range_match: {start: 5, end: 9}, invert_match: true}", "GET http://l/h [h: 9]")]
    [InlineData("{name: h, present_match: true}", "GET http://l/h [h: a]")]
    [InlineData("{name: h, present_match: false}", "GET http://l/h")]
    [InlineData("{name: h, exact_match: one, invert_match: true}", "GET http://l/h [h: a]")]
    [InlineData("{name: h, exact_match: one}, {name: h, exact_match: two}")]
    [InlineData("{name: ':method', exact_match: DELETE}", "DELETE http://l/h")]
    [InlineData("{name: ':method', exact_match: GET, invert_match: true}", "POST http://l/h")]
    [InlineData("{name: ':scheme', exact_match: https}", "GET https://l/h")]
    [InlineData("{name: ':authority', exact_match: other}", "GET http://other/h")]
    public void HeadersAreMet(string headers, params string[] oneOf)
    {
        string[] made = OfRoute($"path: /h, headers: [{headers}]");
        if (oneOf.Length == 0)
            Assert.Empty(made);
        else
            Assert.Contains(Assert.Single(made), oneOf);
    }

    [Theory]
    [InlineData("['*.shop', 'a.shop']", "b.shop", "a.shop")]
    [InlineData("['shop.*']", "shop.a")]
    [InlineData("['shop:8080']", "shop:8080")]
    [InlineData("['shop:80']", "shop:80/ [host: shop:80]")]
    [InlineData("['*', l]", "elsewhere", "l")]
    public void EveryDomainIsMet(string domains, params string[] authorities) => Assert.Equal(
        authorities.Select(authority => $"GET http://{authority}{(authority.Contains('/', StringComparison.Ordinal) ? "" : "/")}"),
        Of(Compared.Hosts($"{{name: h, domains: {domains}}}")).Where(request => !request.Contains("nowhere", StringComparison.Ordinal)));

    /// <summary>Of several listeners the port called chooses; the authority is what the domain says.</summary>
    [Fact]
    public void AListenerIsCalledByItsPort()
    {
        string listener = Xds.Resource(
            Xds.ListenerType,
            $"name: p, address: {{socket_address: {{address: 127.0.0.1, port_value: 15001}}}}, filter_chains: [{{filters: [{{name: m, typed_config: {{{Xds.Manager}, rds: {{route_config_name: r}}, http_filters: [{Xds.Router}]}}}}]}}]");
        Assert.Contains("GET http://a:15001/ [host: a]", Of(Xds.Document(listener, Xds.Listener("l", "r"), Xds.Routes("r", "a"), Xds.Cluster("a"))));
    }

    [Fact]
    public void HostsThatAskForTlsAreCalledBothWays()
    {
        string[] made = Of(Compared.Hosts("{name: h, domains: [h], require_tls: ALL, routes: [{match: {path: /x}, route: {cluster: a}}]}"));
        Assert.Equal(["GET http://h/", "GET http://h/nowhere", "GET https://h/x"], made);
    }

    [Fact]
    public void AHeaderThatNamesTheHostIsSent()
    {
        string text = Compared.Hosts("{name: h, domains: [h]}").Replace("name: r, virtual_hosts", "name: r, vhost_header: x-host, virtual_hosts", StringComparison.Ordinal);
        Assert.Equal("GET http://h/ [x-host: h]", Of(text)[0]);
    }

    /// <summary>Also where several headers lead to it.</summary>
    [Fact]
    public void EveryActionOfATreeIsMet()
    {
        const string Types = "'@type': type.googleapis.com/";
        static string Input(string name) => $"input: {{name: i, typed_config: {{{Types}envoy.type.matcher.v3.HttpRequestHeaderMatchInput, header_name: '{name}'}}}}";
        static string To(string path) => $"action: {{name: r, typed_config: {{{Types}envoy.config.route.v3.Route, match: {{prefix: {path}}}, route: {{cluster: a}}}}}}";
        string byHeader = $"matcher_tree: {{{Input("x-tenant")}, exact_match_map: {{map: {{gold: {{{To("/g")}}}}}}}}}";
        string byValue = $"matcher_list: {{matchers: [{{predicate: {{single_predicate: {{{Input("x-q")}, value_match: {{exact: v}}}}}}, on_match: {{{To("/q")}}}}}]}}";
        string byPath = $"matcher_tree: {{{Input(":path")}, prefix_match_map: {{map: {{/p: {{{To("/")}}}}}}}}}, on_no_match: {{matcher: {{{byValue}, on_no_match: {{matcher: {{{byHeader}}}}}}}}}";

        string[] made = Of(Compared.Hosts($"{{name: h, domains: [h], matcher: {{{byPath}}}}}"));

        Assert.Superset(new HashSet<string>(StringComparer.Ordinal) { "GET http://h/p", "GET http://h/q [x-q: v]", "GET http://h/g [x-tenant: gold]" }, made.ToHashSet(StringComparer.Ordinal));
    }

    [Fact]
    public void TooManyAreCutAndBothAreHeard()
    {
        MeshSnapshot before = Load(Compared.Hosts(Enumerable.Range(0, 50).Select(i => Xds.VirtualHost($"old{i}", "cluster: a"))));
        MeshSnapshot after = Load(Compared.Hosts(Enumerable.Range(0, 50).Select(i => Xds.VirtualHost($"new{i}", "cluster: a"))));
        var samples = SampleRequests.Of(before, after, max: 10);
        Assert.True(samples.IsCut);
        Assert.Equal(5, samples.All.Count(sample => sample.Url.StartsWith("http://old", StringComparison.Ordinal)));
        Assert.Equal(5, samples.All.Count(sample => sample.Url.StartsWith("http://new", StringComparison.Ordinal)));
        samples = SampleRequests.Of(before, after);
        Assert.False(samples.IsCut);
        Assert.Equal(samples.All.Count, samples.All.Select(sample => sample.ToString()).Distinct().Count());
    }

    /// <summary>What is made for the route alone: the host's own two come first.</summary>
    private static string[] OfRoute(string match) => Of(Compared.Routes($"{{match: {{{match}}}, route: {{cluster: a}}}}"))[2..];

    private static string[] Of(string text) => Of(Load(text));

    private static string[] Of(MeshSnapshot snapshot) => [.. SampleRequests.Of(snapshot, snapshot).All.Select(sample => sample.ToString())];

    private static MeshSnapshot Load(string text)
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder["mesh.yaml"], text);
        return LoadedConfiguration.Load(folder["mesh.yaml"]).Require();
    }
}
