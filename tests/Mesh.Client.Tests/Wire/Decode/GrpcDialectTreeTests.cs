using Mesh.Wire.Decode;
using Xunit;

namespace Mesh.Client.Tests.Wire.Decode;

public sealed class GrpcDialectTreeTests
{
    private static readonly DecoderSettings Grpc = new() { Dialect = XdsDialect.Grpc };

    /// <summary>What leads to a route that gRPC ignores leads to nothing; the rest of the tree stays.</summary>
    [Theory]
    [InlineData("Route, name: gone, match: {prefix: /}, route: {cluster_header: x}")]
    [InlineData("RouteList, routes: [{name: gone, match: {prefix: /}, route: {cluster_header: x}}]")]
    public void ARouteOfATreeThatItIgnoresLeavesTheTree(string ignored)
    {
        const string Type = "'@type': type.googleapis.com/envoy.config.route.v3.";
        Decoded decoded = OneRoute.Host(
            $"matcher: {{matcher_tree: {{input: {OneRoute.Header}, exact_match_map: {{map: {{v: {{action: {{name: r, typed_config: {{{Type}Route, name: kept, match: {{prefix: /}}, route: {{cluster: c}}}}}}}}}}}}}}, "
            + $"on_no_match: {{action: {{name: r, typed_config: {{{Type}{ignored}}}}}}}}}",
            Grpc);
        Assert.False(decoded.HasErrors);
        Assert.Contains("kept", decoded.Host().AllRoutes.Select(route => route.Name));
        Assert.NotNull(decoded.Host().Matcher);
    }
}
