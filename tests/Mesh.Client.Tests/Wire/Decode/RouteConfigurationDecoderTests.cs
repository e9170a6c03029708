using Mesh.Resources;
using Xunit;

namespace Mesh.Client.Tests.Wire.Decode;

/// <summary>Route configurations and virtual hosts, as Envoy and gRPC (gRFC A28) read them.</summary>
public sealed class RouteConfigurationDecoderTests
{
    private const string Routes = "routes: [{match: {prefix: /}, route: {cluster: c}}]";

    [Fact]
    public void AVirtualHostKeepsItsDomainsAndRoutesInOrder()
    {
        RouteConfigurationResource routes = Read(
            """
            virtual_hosts: [{name: v, domains: [b, a], routes: [{name: one, match: {path: /1}, route: {cluster: c}}, {match: {prefix: /}, route: {cluster: d}}]},
              {name: w, domains: ['*'], retry_policy: {retry_on: 5xx, num_retries: 3}}],
              most_specific_header_mutations_wins: true, validate_clusters: false, ignore_port_in_host_matching: true
            """).AssertFindings().Set.RouteConfigurations["r"];

        Assert.Equal(["b", "a"], routes.VirtualHosts[0].Domains);
        Assert.Equal(["one", ""], routes.VirtualHosts[0].Routes.Select(route => route.Name));
        Assert.Equal(["c", "d"], routes.VirtualHosts[0].Routes.Select(route => route.Action.Clusters[0].Name));
        Assert.Equal(new RetryPolicyResource { RetryOn = RetryConditions.ServerError, NumRetries = 3 }, routes.VirtualHosts[1].RetryPolicy);
        Assert.True(routes is { MostSpecificHeaderMutationsWins: true, ValidateClusters: false, IgnorePortInHostMatching: true });
    }

    [Fact]
    public void WhatIsUnsetStaysUnset()
    {
        RouteConfigurationResource routes = Read($"virtual_hosts: [{{name: v, domains: [a], {Routes}}}]").AssertFindings().Set.RouteConfigurations["r"];
        Assert.True(routes is { MostSpecificHeaderMutationsWins: false, ValidateClusters: null, IgnorePortInHostMatching: false });
        Assert.Null(routes.VirtualHosts[0].RetryPolicy);
        Assert.Same(HeaderMutationsResource.None, routes.Headers);
    }

    [Theory]
    [InlineData("['*']")]
    [InlineData("['*.a', 'a.*', 'a:80', '*', 'A.example', '[::1]:80']")]
    public void DomainsMayHaveOneStarAtAnEnd(string domains) => ReadDomains(domains).AssertFindings();

    [Theory]
    [InlineData("[]", "E virtual_hosts[0].domains: at least one is required; '*' stands for every host")]
    [InlineData("['']", "E virtual_hosts[0].domains[0]: must not be empty")]
    [InlineData("['a*b']", "E virtual_hosts[0].domains[0]: 'a*b': one '*' is allowed, at the start or at the end")]
    [InlineData("['*.a.*']", "E virtual_hosts[0].domains[0]: '*.a.*': one '*' is allowed")]
    [InlineData("['**']", "E virtual_hosts[0].domains[0]: '**': one '*' is allowed")]
    [InlineData("[a, b, A]", "E virtual_hosts[0].domains[2]: 'A' stands in this route configuration already")]
    [InlineData("['*', '*']", "E virtual_hosts[0].domains[1]: '*' stands in this route configuration already")]
    [InlineData("['', 'a*b', ok]", "E virtual_hosts[0].domains[0]: ", "E virtual_hosts[0].domains[1]: ")]
    public void OtherDomainsAreErrors(string domains, params string[] findings) => Assert.Empty(ReadDomains(domains).AssertFindings(findings).Set.RouteConfigurations);

    /// <summary>Both sigmas are one letter to whoever looks a host up ignoring case, so they must not stand for two hosts.</summary>
    [Theory]
    [InlineData("['\u03C3.example', '\u03C2.example']")]
    [InlineData("['*.\u00B5', '*.\u03BC']")]
    public void DomainsThatLookUpAlikeAreOne(string domains) =>
        ReadDomains(domains).AssertFindings("E virtual_hosts[0].domains[1]: ");

    [Fact]
    public void ADomainLeadsToOneVirtualHost() =>
        Read($"virtual_hosts: [{{name: v, domains: [a], {Routes}}}, {{name: w, domains: [b, a], {Routes}}}]")
            .AssertFindings("E virtual_hosts[1].domains[1]: 'a' stands in this route configuration already");

    [Theory]
    [InlineData("{domains: [a]}", "E virtual_hosts[0].name: required, and must not be empty")]
    [InlineData("{name: v, domains: [a], require_tls: 7}", "E virtual_hosts[0].require_tls: 7 is not known")]
    [InlineData("{name: v, domains: [a], matcher: {matcher_list: {}}}", "E virtual_hosts[0].matcher.matcher_list.matchers: at least one is required")]
    [InlineData("{name: v, domains: [a], matcher: {}, routes: [{match: {prefix: /}, redirect: {}}]}", "E virtual_hosts[0].matcher: set beside routes")]
    public void VirtualHostErrorsRefuse(string hosts, params string[] findings) =>
        Assert.Empty(Read($"virtual_hosts: [{hosts}]").AssertFindings(findings).Set.RouteConfigurations);

    [Theory]
    [InlineData("vhds: {}", "E vhds: not supported (envoy.config.route.v3.Vhds)")]
    [InlineData("cluster_specifier_plugins: [{}]", "E cluster_specifier_plugins[0].extension: required")]
    [InlineData("internal_only_headers: [a]", "W internal_only_headers: known but not supported: it has no effect")]
    [InlineData("typed_per_filter_config: {}")]
    [InlineData("typed_per_filter_config: {x: {'@type': type.googleapis.com/google.protobuf.Empty}}", "E typed_per_filter_config[\"x\"]: configuration of type 'google.protobuf.Empty' is not supported; remove it, or wrap it")]
    public void FieldsWithoutSupportAreReported(string field, params string[] findings) => Read(field).AssertFindings(findings);

    [Fact]
    public void AnUnnamedOneIsRefused() => Decoded.Resource(Xds.RoutesType, "virtual_hosts: []").AssertFindings("E name: required, and must not be empty");

    private static Decoded ReadDomains(string domains) => Read($"virtual_hosts: [{{name: v, domains: {domains}, {Routes}}}]");

    private static Decoded Read(string body) => Decoded.Resource(Xds.RoutesType, $"name: r, {body}");
}
