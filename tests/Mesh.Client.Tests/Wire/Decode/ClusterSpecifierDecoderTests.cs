using Mesh.Resources;
using Xunit;

namespace Mesh.Client.Tests.Wire.Decode;

/// <summary><c>ClusterSpecifierPlugin</c>: the one that is a matcher, others where they are optional.</summary>
public sealed class ClusterSpecifierDecoderTests
{
    private const string At = "virtual_hosts[0].routes[0].route";
    private const string Specifiers = "type.googleapis.com/envoy.extensions.router.cluster_specifiers";
    private const string Parameter = "{name: q, typed_config: {'@type': type.googleapis.com/envoy.type.matcher.v3.HttpRequestQueryParamMatchInput, query_param: q}}";
    private const string Lua = $"extension: {{name: lua, typed_config: {{'@type': {Specifiers}.lua.v3.LuaConfig}}}}";

    [Fact]
    public void AMatcherChoosesAmongItsClustersEachOnce()
    {
        RouteActionResource action = Inline($"extension: {Matcher("m", $"matcher_tree: {{input: {Parameter}, exact_match_map: {{map: {{a: {To("one")}, b: {To("two")}, c: {To("one")}}}}}}}")}").AssertFindings().Route().Action;
        Assert.Equal(["one", "two"], action.Clusters.Span.ToArray().Select(cluster => cluster.Name));
        Assert.Equal(
            new MatcherResource.Map(
                new(MatchInputKind.QueryParameter, "q"),
                false,
                [KeyValuePair.Create("a", new OnMatchResource(null, 0, false)), KeyValuePair.Create("b", new OnMatchResource(null, 1, false)), KeyValuePair.Create("c", new OnMatchResource(null, 0, false))]),
            action.ClusterMatcher);
        Assert.False(action.IsWeighted);
    }

    [Fact]
    public void OneMayStandInTheTableAndBeNamed()
    {
        RouteActionResource action = Named("m", $"{{extension: {Matcher("m", $"on_no_match: {To("one")}")}}}").AssertFindings().Route().Action;
        Assert.Equal(new MatcherResource.List([]) { OnNoMatch = new(null, 0, false) }, action.ClusterMatcher);
    }

    [Fact]
    public void AnotherIsAcceptedWhereItIsOptional()
    {
        RouteActionResource action = Inline($"is_optional: true, {Lua}")
            .AssertFindings($"W {At}.inline_cluster_specifier_plugin.extension.typed_config: 'envoy.extensions.router.cluster_specifiers.lua.v3.LuaConfig' is not supported, and optional: routes that use it fail")
            .Route().Action;
        Assert.Equal("envoy.extensions.router.cluster_specifiers.lua.v3.LuaConfig", action.MissingSpecifier);
        Assert.Equal((0, null), (action.Clusters.Count, action.ClusterMatcher));
        Assert.Equal(
            action.MissingSpecifier,
            Named("lua", $"{{is_optional: true, {Lua}}}").AssertFindings("W cluster_specifier_plugins[0].extension.typed_config: ").Route().Action.MissingSpecifier);
    }

    [Theory]
    [InlineData("", "extension: required")]
    [InlineData("extension: {name: m}", "extension.typed_config: required")]
    [InlineData("is_optional: true, extension: {name: m}", "extension.typed_config: required")]
    [InlineData(Lua, "extension.typed_config: 'envoy.extensions.router.cluster_specifiers.lua.v3.LuaConfig' is not supported; envoy.extensions.router.cluster_specifiers.matcher.v3.MatcherClusterSpecifier is, and is_optional")]
    [InlineData($"extension: {{name: m, typed_config: {{'@type': {Specifiers}.matcher.v3.MatcherClusterSpecifier}}}}", "extension.typed_config.cluster_matcher: required")]
    [InlineData($"extension: {{name: m, typed_config: {{'@type': {Specifiers}.matcher.v3.MatcherClusterSpecifier, cluster_matcher: {{on_no_match: {{action: {{name: a, typed_config: {{'@type': {Specifiers}.matcher.v3.ClusterAction}}}}}}}}}}}}",
        "extension.typed_config.cluster_matcher.on_no_match.action.typed_config.cluster: required")]
    [InlineData($"extension: {{name: m, typed_config: {{'@type': {Specifiers}.matcher.v3.MatcherClusterSpecifier, cluster_matcher: {{on_no_match: {{action: {{name: a, typed_config: {{'@type': type.googleapis.com/google.protobuf.Empty}}}}}}}}}}}}",
        "extension.typed_config.cluster_matcher.on_no_match.action.typed_config: 'type.googleapis.com/google.protobuf.Empty' is not supported here")]
    public void AnInlineOneIsChecked(string plugin, string finding) => Inline(plugin).AssertRefused($"E {At}.inline_cluster_specifier_plugin.{finding}");

    [Fact]
    public void NamesAreUnique()
    {
        string plugin = $"{{extension: {Matcher("m", $"on_no_match: {To("one")}")}}}";
        Named("m", $"{plugin}, {plugin}").AssertRefused("E cluster_specifier_plugins[1].extension.name: 'm' names an earlier plugin too");
        Named("", $"{{extension: {Matcher("''", $"on_no_match: {To("one")}")}}}").AssertRefused("E cluster_specifier_plugins[0].extension.name: required", $"E {At}.cluster_specifier_plugin: no plugin of cluster_specifier_plugins is named ''");
    }

    [Fact]
    public void ANameMustBeThere()
    {
        Named("other", "").AssertRefused($"E {At}.cluster_specifier_plugin: no plugin of cluster_specifier_plugins is named 'other'");
        Named("lua", $"{{{Lua}}}").AssertRefused("E cluster_specifier_plugins[0].extension.typed_config: 'envoy.", $"E {At}.cluster_specifier_plugin: no plugin of cluster_specifier_plugins is named 'lua', or it is refused");
    }

    private static string Matcher(string name, string matcher) => $"{{name: {name}, typed_config: {{'@type': {Specifiers}.matcher.v3.MatcherClusterSpecifier, cluster_matcher: {{{matcher}}}}}}}";

    private static string To(string cluster) => $"{{action: {{name: c, typed_config: {{'@type': {Specifiers}.matcher.v3.ClusterAction, cluster: {cluster}}}}}}}";

    private static Decoded Inline(string plugin) => OneRoute.Route($"match: {{prefix: /}}, route: {{inline_cluster_specifier_plugin: {{{plugin}}}}}");

    private static Decoded Named(string name, string plugins) =>
        OneRoute.Table($"cluster_specifier_plugins: [{plugins}], virtual_hosts: [{{name: v, domains: [a], routes: [{{match: {{prefix: /}}, route: {{cluster_specifier_plugin: '{name}'}}}}]}}]");
}
