using Mesh.Resources;
using Xunit;

namespace Mesh.Client.Tests.Wire.Decode;

/// <summary>Weighted clusters: each has a weight, and the sum is from 1 to what 32 bits hold.</summary>
public sealed class WeightedClusterDecoderTests
{
    private const string At = "virtual_hosts[0].routes[0].route.weighted_clusters";

    [Theory]
    [InlineData("{name: a, weight: 90}, {name: b, weight: 10}", 90u, 10u)]
    [InlineData("{name: a, weight: 0}, {name: b, weight: 1}", 0u, 1u)]
    [InlineData("{name: a, weight: 4294967294}, {name: b, weight: 1}", 4294967294u, 1u)]
    public void WeightsAreKept(string clusters, uint first, uint second)
    {
        RouteActionResource action = Read(clusters).AssertFindings().Set.RouteConfigurations["r"].VirtualHosts[0].Routes[0].Action;
        Assert.True(action.IsWeighted);
        Assert.Equal([new WeightedClusterResource("a", first), new WeightedClusterResource("b", second)], action.Clusters);
    }

    [Theory]
    [InlineData("", $"E {At}.clusters: at least one is required")]
    [InlineData("{name: a, weight: 0}, {name: b, weight: 0}", $"E {At}.clusters: the weights add up to 0; a sum from 1 to 4294967295 is allowed")]
    [InlineData("{name: a, weight: 4294967295}, {name: b, weight: 1}", $"E {At}.clusters: the weights add up to 4294967296")]
    [InlineData("{name: a}, {name: b, weight: 1}", $"E {At}.clusters[0].weight: required")]
    [InlineData("{name: a}", $"E {At}.clusters[0].weight: required", $"E {At}.clusters: the weights add up to 0")]
    [InlineData("{weight: 1}", $"E {At}.clusters[0].name: required, and must not be empty")]
    [InlineData("{name: a, weight: 1, host_rewrite_literal: 'a b'}", $"E {At}.clusters[0].host_rewrite_literal: 'a b' is not a host")]
    [InlineData("{name: a, weight: 1, cluster_header: x}", $"E {At}.clusters[0].cluster_header: set beside name")]
    public void OthersAreErrors(string clusters, params string[] findings) => Assert.Empty(Read(clusters).AssertFindings(findings).Set.RouteConfigurations);

    [Theory]
    [InlineData("total_weight: 100", "W ")]
    [InlineData("runtime_key_prefix: x", "W ")]
    public void TheirOtherFieldsAreReported(string field, string finding) => Decoded.Resource(
        Xds.RoutesType,
        $$"""name: r, virtual_hosts: [{name: v, domains: [a], routes: [{match: {prefix: /}, route: {weighted_clusters: {clusters: [{name: a, weight: 1}], {{field}} } } }]}]""")
        .AssertFindings($"{finding}{At}.{field[..field.IndexOf(':', StringComparison.Ordinal)]}: ");

    private static Decoded Read(string clusters) => Decoded.Resource(
        Xds.RoutesType,
        $$"""name: r, virtual_hosts: [{name: v, domains: [a], routes: [{match: {prefix: /}, route: {weighted_clusters: {clusters: [{{clusters}}]} } }]}]""");
}
