using System.Text.Json;
using Mesh.TestKit.Servers;
using Xunit;

namespace Mesh.Client.Tests.Calls;

/// <summary>Redirects from http to https and back, between clusters that speak TLS either way.</summary>
public sealed class InternalRedirectSchemeTests : MeshTest
{
    private const string Allow = "allow_cross_scheme_redirect: true, ";
    private const string Safe = "predicates: [{name: s, typed_config: {'@type': type.googleapis.com/envoy.extensions.internal_redirect.safe_cross_scheme.v3.SafeCrossSchemeConfig}}]";

    [Theory]
    [InlineData("", "http", "https", false)]
    [InlineData("", "https", "http", false)]
    [InlineData("", "https", "https", true)]
    [InlineData(Allow, "http", "https", true)]
    [InlineData(Allow, "https", "http", true)]
    [InlineData(Safe, "https", "https", true)]
    [InlineData(Safe, "http", "https", false)]
    [InlineData(Allow + Safe, "http", "https", true)]
    [InlineData(Allow + Safe, "https", "http", false)]
    public async Task AnotherSchemeMustBeAllowed(string policy, string from, string to, bool followed)
    {
        var tls = new TestTls();
        Own(tls);
        TestServer a = await StartServerAsync(name: "a", certificate: tls.Certificate), b = await StartServerAsync(name: "b", certificate: tls.Certificate);
        TestMesh mesh = await StartMeshAsync(Xds.Document(
            Xds.Listener("l", "r"),
            Xds.Resource(Xds.RoutesType, $"name: r, virtual_hosts: [{RoutedText.Host("a", $"internal_redirect_policy: {{{policy}}}")}, {RoutedText.Host("b")}]"),
            Cluster(a, tls),
            Cluster(b, tls)));

        using HttpResponseMessage response = await mesh.Client.GetAsync($"{from}://a/redirect/302?to={to}://b/");

        Assert.Equal((followed ? 200 : 302, followed ? 1 : 0), ((int)response.StatusCode, b.Records.Count));
        if (followed)
            Assert.Equal($"{from}://a/redirect/302?to={to}://b/", b.Records[0].Header("x-envoy-original-url"));
    }

    private static string Cluster(TestServer server, TestTls tls) => Xds.ClusterWith(
        server.Name,
        $"transport_socket: {{name: tls, typed_config: {{{Xds.Tls}, common_tls_context: {{validation_context: {{trusted_ca: {{inline_string: {JsonSerializer.Serialize(tls.Certificate.RootPem)}}}, "
        + "match_typed_subject_alt_names: [{san_type: DNS, matcher: {exact: localhost}}]}}}}, ",
        $"127.0.0.1:{server.Port}");
}
