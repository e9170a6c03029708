using Mesh.Resources;
using Mesh.Wire.Decode;
using Xunit;

namespace Mesh.Client.Tests.Wire.Decode;

/// <summary>Where gRPC reads a route configuration otherwise than Envoy (<c>MeshOptions.Dialect</c>; gRFC A28, A44).</summary>
public sealed class GrpcDialectTests
{
    private const string At = "virtual_hosts[0].routes[0]";
    private static readonly DecoderSettings Grpc = new() { Dialect = XdsDialect.Grpc };

    [Fact]
    public void NoRetriesIsRefused()
    {
        OneRoute.Action("retry_policy: {retry_on: 5xx, num_retries: 0}").AssertFindings();
        OneRoute.Action("retry_policy: {retry_on: 5xx, num_retries: 1}", Grpc).AssertFindings();
        OneRoute.Action("retry_policy: {retry_on: 5xx}", Grpc).AssertFindings();
        OneRoute.Action("retry_policy: {retry_on: 5xx, num_retries: 0}", Grpc).AssertRefused($"E {At}.route.retry_policy.num_retries: 0 is not allowed by gRPC");
        OneRoute.Host("routes: [], retry_policy: {num_retries: 0}", Grpc).AssertRefused("E virtual_hosts[0].retry_policy.num_retries: 0 is not allowed by gRPC");
    }

    /// <summary>gRFC A81: a server says what to ask a backend as only where it is trusted. Envoy asks for no trust.</summary>
    [Fact]
    public void AutoHostRewriteAsksForTrust()
    {
        Assert.True(Rewrites(new DecoderSettings { Untrusted = true }));
        Assert.True(Rewrites(Grpc));
        Assert.False(Rewrites(Grpc with { Untrusted = true }, $"W {At}.route.auto_host_rewrite: gRPC takes it only from a server with trusted_xds_server"));
        OneRoute.Action("auto_host_rewrite: false", Grpc with { Untrusted = true }).AssertFindings();

        static bool Rewrites(DecoderSettings settings, params string[] findings) =>
            OneRoute.Action("auto_host_rewrite: true", settings).AssertFindings(findings).Host().AllRoutes.Single().Action!.AutoHostRewrite;
    }

    [Theory]
    [InlineData("path_separated_prefix: /a")]
    [InlineData("connect_matcher: {}")]
    [InlineData("path_match_policy: {name: t, typed_config: {'@type': type.googleapis.com/envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig, path_template: '/{a}'}}")]
    public void APathSpecifierThatItDoesNotHaveIsRefused(string specifier)
    {
        string route = $"match: {{{specifier}}}, route: {{cluster: c}}";
        OneRoute.Route(route).AssertFindings();
        OneRoute.Route(route, Grpc).AssertRefused($"E {At}.match: {specifier[..specifier.IndexOf(':', StringComparison.Ordinal)]} is no path specifier of gRPC");
    }

    [Theory]
    [InlineData("prefix: /")]
    [InlineData("path: /")]
    [InlineData("safe_regex: {regex: a}")]
    public void OthersAreAccepted(string specifier) => OneRoute.Route($"match: {{{specifier}}}, route: {{cluster: c}}", Grpc).AssertFindings();

    [Theory]
    [InlineData("{name: gone, match: {prefix: /, query_parameters: [{name: q}]}, route: {cluster: c}}", "match.query_parameters is set")]
    [InlineData("{name: gone, match: {prefix: /}, route: {cluster_header: x}}", "route.cluster_header is set")]
    public void ARouteThatItIgnoresIsLeftOut(string route, string reason)
    {
        const string Rest = "{name: rest, match: {prefix: /}, route: {cluster: c}}";
        Assert.Equal(["gone", "rest"], OneRoute.Host($"routes: [{route}, {Rest}]").AssertFindings().Host().AllRoutes.Select(each => each.Name));
        Assert.Equal(["rest"], OneRoute.Host($"routes: [{route}, {Rest}]", Grpc).AssertFindings($"W {At}: {reason}: gRPC ignores such a route").Host().AllRoutes.Select(each => each.Name));
    }

    [Fact]
    public void AMissingWeightIsZero()
    {
        const string Route = "match: {prefix: /}, route: {weighted_clusters: {clusters: [{name: a}, {name: b, weight: 2}]}}";
        OneRoute.Route(Route).AssertRefused($"E {At}.route.weighted_clusters.clusters[0].weight: required");
        Assert.Equal(
            [new WeightedClusterResource("a", 0), new WeightedClusterResource("b", 2)],
            OneRoute.Route(Route, Grpc).AssertFindings().Route().Action.Clusters);
    }
}
