using Mesh.Resources;
using Xunit;

namespace Mesh.Client.Tests.Wire.ShortForm;

/// <summary>What people write, and which resources it stands for.</summary>
public sealed class ShortFormTests
{
    private const string Own = "endpoints: ['127.0.0.1:1']";

    [Fact]
    public void AServiceIsAHostAClusterAndARoute()
    {
        ResourceSet set = Read(Own).AssertFindings().Set;
        Assert.Equal(new ListenerResource { Name = "mesh", RouteConfigurationName = "mesh" }, set.Listeners["mesh"]);
        VirtualHostResource host = Assert.Single(set.RouteConfigurations["mesh"].VirtualHosts);
        Assert.Equal(("a", "a a:*"), (host.Name, string.Join(' ', host.Domains)));
        RouteResource route = Assert.Single(host.Routes);
        Assert.Equal(("a-default", "a", "/"), (route.Name, route.Action.Clusters[0].Name, route.Match.Path));
        Assert.Equal("127.0.0.1:1", set.Clusters["a"].LoadAssignment!.Localities[0].Endpoints[0].Address);
    }

    [Theory]
    [InlineData("'127.0.0.1:5001'", DiscoveryType.Static, "127.0.0.1:5001")]
    [InlineData("'[::1]:5001'", DiscoveryType.Static, "[::1]:5001")]
    [InlineData("'unix:/run/a.sock'", DiscoveryType.Static, "unix:/run/a.sock")]
    [InlineData("'db.internal:80'", DiscoveryType.StrictDns, "db.internal:80")]
    [InlineData("{address: '127.0.0.1:1', health: draining}", DiscoveryType.Static, "127.0.0.1:1")]
    public void EndpointsAreAddresses(string endpoint, object type, string address)
    {
        ClusterResource cluster = Read($"endpoints: [{endpoint}]").AssertFindings().Set.Clusters["a"];
        Assert.Equal(((DiscoveryType)type, address), (cluster.Type, cluster.LoadAssignment!.Localities[0].Endpoints[0].Address));
    }

    [Fact]
    public void EndpointsMayHaveHealthAndPriority()
    {
        ClusterResource cluster = Read("endpoints: [{address: '127.0.0.1:1', priority: 1, health: unhealthy}, '127.0.0.1:2', {address: '127.0.0.1:3', priority: 1}]").AssertFindings().Set.Clusters["a"];
        Assert.Equal(
            [(0u, "127.0.0.1:2 Unknown"), (1u, "127.0.0.1:1 Unhealthy 127.0.0.1:3 Unknown")],
            cluster.LoadAssignment!.Localities.Select(l => (l.Priority, string.Join(' ', l.Endpoints.Select(e => $"{e.Address} {e.Health}")))));
    }

    [Theory]
    [InlineData("'127.0.0.1'")]
    [InlineData("'127.0.0.1:70000'")]
    [InlineData("'127.0.0.1:-1'")]
    [InlineData("'::1:80'")]
    [InlineData("'[127.0.0.1]:80'")]
    [InlineData("':80'")]
    [InlineData("'a b:80'")]
    [InlineData("'unix:'")]
    [InlineData("'http://a:80'")]
    public void OtherAddressesAreErrors(string address) => Read($"endpoints: [{address}]").AssertFindings($"E services.a.endpoints[0]: {address} is no address");

    [Fact]
    public void SettingsOfTheServiceHoldForItsVersions()
    {
        ResourceSet set = Read(
            "protocol: http2, connect_timeout: 2s, allow_plaintext: true, versions: {v1: {endpoints: ['127.0.0.1:1']}, v2: {endpoints: [], protocol: http1, connect_timeout: 500ms}}, split: {v1: 9, v2: 1}")
            .AssertFindings().Set;
        Assert.Equal((UpstreamProtocol.Http2, TimeSpan.FromSeconds(2), true), Settings(set.Clusters["a/v1"]));
        Assert.Equal((UpstreamProtocol.Http1, TimeSpan.FromMilliseconds(500), true), Settings(set.Clusters["a/v2"]));
        Assert.Equal(
            [new WeightedClusterResource("a/v1", 9), new WeightedClusterResource("a/v2", 1)],
            set.RouteConfigurations["mesh"].VirtualHosts[0].Routes[0].Action.Clusters);
    }

    [Fact]
    public void RoutesComeInTheirOrderAndTheServiceLast()
    {
        VirtualHostResource host = Read(
            $$"""
            {{Own}}, timeout: 1s, idle_timeout: 2s, retry: 3, hosts: [shop, '*.shop'], versions: {v2: {endpoints: []} }, routes: [
                {path: /exact, method: get, to: v2, timeout: 5s, retry: {retries: 2, on: [5xx, reset], status_codes: [418], per_try_timeout: 100ms, backoff: 10ms} },
                {name: beta, prefix: /p, headers: {x-beta: 'true', x-n: {prefix: v, not: true}, x-p: {present: false} }, split: {v2: 1}, rewrite: {prefix: /q, host: h} },
                {headers: {x: y}, request_headers: {set: {a: '1%'}, add: {b: '2'}, remove: [c]}, response_headers: {remove: d} }]
            """).AssertFindings().Set.RouteConfigurations["mesh"].VirtualHosts[0];
        Assert.Equal(["shop", "*.shop"], host.Domains);
        Assert.Equal(["a-0", "beta", "a-2", "a-default"], host.Routes.Select(route => route.Name));
        Assert.Equal([5, 1, 1, 1], host.Routes.Select(route => route.Action.Timeout?.TotalSeconds));
        Assert.Equal(["a/v2", "a/v2", "a", "a"], host.Routes.Select(route => route.Action.Clusters[0].Name));
        Assert.Equal(
            new RetryPolicyResource
            {
                RetryOn = RetryConditions.ServerError | RetryConditions.Reset | RetryConditions.RetriableStatusCodes,
                NumRetries = 2,
                RetriableStatusCodes = [418],
                PerTryTimeout = TimeSpan.FromMilliseconds(100),
                BaseInterval = TimeSpan.FromMilliseconds(10),
                MaxInterval = TimeSpan.FromMilliseconds(100),
            },
            host.Routes[0].Action.RetryPolicy);
        Assert.Equal(
            new RetryPolicyResource { RetryOn = RetryConditions.ConnectFailure | RetryConditions.RefusedStream | RetryConditions.GrpcUnavailable, NumRetries = 3 }, host.RetryPolicy);
        Assert.Equal([new HeaderMatcherResource { Name = ":method", Value = new(StringMatchKind.Exact, "GET") }], host.Routes[0].Match.Headers);
        Assert.Equal(
            [
                new HeaderMatcherResource { Name = "x-beta", Value = new(StringMatchKind.Exact, "true") },
                new HeaderMatcherResource { Name = "x-n", Value = new(StringMatchKind.Prefix, "v"), Invert = true },
                new HeaderMatcherResource { Name = "x-p", Present = false },
            ],
            host.Routes[1].Match.Headers);
        Assert.Equal(("/q", "h"), (host.Routes[1].Action.PrefixRewrite, host.Routes[1].Action.HostRewriteLiteral));
        Assert.Equal(
            new HeaderMutationsResource
            {
                RequestAdd = [new("a", "1%", HeaderAppendAction.OverwriteIfExistsOrAdd, false), new("b", "2", HeaderAppendAction.AppendIfExistsOrAdd, false)],
                RequestRemove = ["c"],
                ResponseRemove = ["d"],
            },
            host.Routes[2].Headers);
    }

    [Theory]
    [InlineData("true", "a", "a")]
    [InlineData("{}", "a", "a")]
    [InlineData("{sni: b}", "b", "b")]
    [InlineData("{sni: b, names: [c, 'spiffe://t/d', 10.0.0.1]}", "b", "c spiffe://t/d 10.0.0.1")]
    public void TlsVerifiesTheNameSentUnlessNamesAreGiven(string tls, string sni, string names)
    {
        TlsContextResource? context = Read($"{Own}, tls: {tls}").AssertFindings().Set.Clusters["a"].Tls;
        Assert.Equal((sni, names), (context?.Sni, string.Join(' ', context!.Validation!.SubjectAltNames.Select(san => san.Matcher.Value))));
        Assert.True(context.Validation.SystemRoots);
    }

    [Fact]
    public void TlsFilesAreRelativeToTheText()
    {
        TlsContextResource? context = Decoded.Yaml($"services: {{a: {{{Own}, tls: {{ca: ca.pem, cert: c.pem, key: /k.pem}}}}}}", baseDirectory: "/etc/mesh").AssertFindings().Set.Clusters["a"].Tls;
        Assert.Equal(
            ("/etc/mesh/ca.pem", "/etc/mesh/c.pem", "/k.pem"),
            (context?.Validation?.TrustedCa?.FileName, context?.Certificate?.Chain.FileName, context?.Certificate?.PrivateKey.FileName));
    }

    [Theory]
    [InlineData("", "E services.a: needs endpoints, or versions with to or split, to say where requests go")]
    [InlineData(Own + ", protocol: http3", "E services.a.protocol: 'http3' is not known; allowed are http1, http2 and auto")]
    [InlineData(Own + ", timeout: 5", "E services.a.timeout: '5' is no duration")]
    [InlineData(Own + ", timeout: -1s", "E services.a.timeout: '-1s' is no duration")]
    [InlineData(Own + ", retry: 101", "E services.a.retry: '101' is no number from 0 to 100")]
    [InlineData(Own + ", retry: {on: [5xxx]}", "E services.a.retry.on: '5xxx' is not known; allowed are 5xx, ")]
    [InlineData(Own + ", retry: {status_codes: [99]}", "E services.a.retry.status_codes: '99' is no HTTP status")]
    [InlineData(Own + ", retry: {backoff: 0s}", "E services.a.retry.backoff: must be more than 0s")]
    [InlineData(Own + ", tls: {cert: c}", "E services.a.tls.key: cert and key come together")]
    [InlineData(Own + ", tls: {caa: c}", "E services.a.tls.caa: unknown key; did you mean 'ca'?")]
    [InlineData(Own + ", to: b, split: {b: 1}", "E services.a.split: set beside to")]
    [InlineData(Own + ", split: {b: 0}", "E services.a.split: the weights add up to 0")]
    [InlineData(Own + ", routes: [{path: /a, prefix: /b}]", "E services.a.routes[0].prefix: set beside path")]
    [InlineData(Own + ", routes: {}", "E services.a.routes: expected a list, found an object")]
    [InlineData(Own + ", versions: {v: {}}", "E services.a.versions.v.endpoints: required: a list as")]
    [InlineData("endpoints: '127.0.0.1:1'", "E services.a.endpoints: expected a list as [127.0.0.1:5001]")]
    [InlineData("endpoints: [{health: well}]", "E services.a.endpoints[0].address: required", "E services.a.endpoints[0].health: 'well' is not known")]
    [InlineData("endpoints: [{address: '127.0.0.1:1', health: 3}]", "E services.a.endpoints[0].health: '3' is not known")]
    [InlineData("endpoints: [{address: '127.0.0.1:1', priority: 129}]", "E services.a.endpoints[0].priority: '129' is no number from 0 to 128")]
    [InlineData("endpoints: ['127.0.0.1:0']", "E load_assignment.endpoints[0].lb_endpoints[0].endpoint.address.socket_address.port_value: 0 is no port to connect to")]
    [InlineData("endpoints: [{address: '127.0.0.1:1', health: Healthy}]", "E services.a.endpoints[0].health: 'Healthy' is not known")]
    [InlineData(Own + ", allow_plaintext: yes", "E services.a.allow_plaintext: 'yes' is neither true nor false")]
    public void MistakesAreNamed(string service, params string[] findings) => Read(service).AssertFindings(findings);

    [Theory]
    [InlineData("{exact: a, prefix: b}")]
    [InlineData("{present: true, suffix: b}")]
    public void AHeaderIsMatchedInOneWay(string matcher) => Assert.True(Read($"{Own}, routes: [{{headers: {{x: {matcher}}}}}]").HasErrors);

    [Fact]
    public void AnEmptyServiceIsAnError() => Decoded.Yaml("services: {a: }").AssertFindings("E services.a: expected an object, found nothing");

    private static (UpstreamProtocol, TimeSpan, bool) Settings(ClusterResource cluster) => (cluster.Protocol, cluster.ConnectTimeout, cluster.PlaintextAllowed);

    private static Decoded Read(string service) => Decoded.Yaml($"services:\n  a: {{{service}}}\n");
}
