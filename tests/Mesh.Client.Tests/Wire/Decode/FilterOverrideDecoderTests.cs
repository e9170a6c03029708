using System.Collections.Frozen;
using Google.Protobuf;
using Mesh.Resources;
using Mesh.Wire.Decode;
using Xunit;

namespace Mesh.Client.Tests.Wire.Decode;

/// <summary><c>typed_per_filter_config</c> on every level, in each of its forms (gRFC A39).</summary>
public sealed class FilterOverrideDecoderTests
{
    private const string Prefix = "type.googleapis.com/";
    private const string Known = "google.protobuf.Duration", Unknown = "google.protobuf.Empty", Filter = "envoy.config.route.v3.FilterConfig";

    /// <summary>A filter of a test, configured by a duration that must not be empty.</summary>
    private static readonly DecoderSettings Settings = new()
    {
        FilterTypes = new Dictionary<string, HttpFilterType> { [Known] = new(value => value.IsEmpty ? "too short" : null) }.ToFrozenDictionary(),
    };

    [Theory]
    [InlineData($"{{'@type': {Prefix}{Known}, value: 1s}}", Known, false)]
    [InlineData($"{{'@type': {Prefix}{Filter}, config: {{'@type': {Prefix}{Known}, value: 1s}}}}", Known, false)]
    [InlineData($"{{'@type': {Prefix}{Filter}, is_optional: true, config: {{'@type': {Prefix}{Known}, value: 1s}}}}", Known, false)]
    [InlineData($"{{'@type': {Prefix}{Filter}, disabled: true}}", "", true)]
    [InlineData($"{{'@type': {Prefix}{Filter}, disabled: true, config: {{'@type': {Prefix}{Unknown}}}}}", Unknown, true)]
    public void EachFormIsRead(string config, string type, bool disabled) =>
        Assert.Equal([new FilterOverrideResource("f", type, disabled)], Read(config).AssertFindings().Route().FilterOverrides);

    [Theory]
    [InlineData("xds.type.v3.TypedStruct")]
    [InlineData("udpa.type.v1.TypedStruct")]
    public void AStructIsOfTheTypeItNames(string structType)
    {
        var settings = Settings with { FilterTypes = new Dictionary<string, HttpFilterType> { ["some.Filter"] = new(_ => null) }.ToFrozenDictionary() };
        Assert.Equal([new FilterOverrideResource("f", "some.Filter", false)], Read($"{{'@type': {Prefix}{structType}, type_url: x/some.Filter}}", settings).AssertFindings().Route().FilterOverrides);
        Read($"{{'@type': {Prefix}{structType}, type_url: x/other.Filter}}", settings).AssertRefused("E virtual_hosts[0].routes[0].typed_per_filter_config[\"f\"]: configuration of type 'other.Filter' is not supported");
    }

    [Fact]
    public void AnUnknownTypeThatIsOptionalIsLeftOut() => Assert.Equal(
        default,
        Read($"{{'@type': {Prefix}{Filter}, is_optional: true, config: {{'@type': {Prefix}{Unknown}}}}}")
            .AssertFindings($"W virtual_hosts[0].routes[0].typed_per_filter_config[\"f\"]: configuration of type '{Unknown}' is not supported, and optional: it has no effect")
            .Route().FilterOverrides);

    [Theory]
    [InlineData($"{{'@type': {Prefix}{Unknown}}}", $": configuration of type '{Unknown}' is not supported; remove it, or wrap it in {Filter} with is_optional")]
    [InlineData($"{{'@type': {Prefix}{Filter}, config: {{'@type': {Prefix}{Unknown}}}}}", $": configuration of type '{Unknown}' is not supported")]
    [InlineData($"{{'@type': {Prefix}{Filter}}}", ".config: required, unless the filter is disabled")]
    [InlineData($"{{'@type': {Prefix}{Known}, value: 0s}}", ": too short")]
    public void AnotherIsRefused(string config, string finding) => Read(config).AssertRefused($"E virtual_hosts[0].routes[0].typed_per_filter_config[\"f\"]{finding}");

    [Theory]
    [InlineData("")]
    [InlineData("virtual_hosts[0].")]
    [InlineData("virtual_hosts[0].routes[0].")]
    [InlineData("virtual_hosts[0].routes[0].route.weighted_clusters.clusters[0].")]
    public void EveryLevelHasThem(string level)
    {
        Decoded decoded = Level(level, $"{{b: {{'@type': {Prefix}{Filter}, disabled: true}}, a: {{'@type': {Prefix}{Known}, value: 1s}}}}").AssertFindings();
        RouteConfigurationResource table = decoded.Set.RouteConfigurations["r"];
        Assert.Equal(
            [new FilterOverrideResource("a", Known, false), new FilterOverrideResource("b", "", true)],
            level switch
            {
                "" => table.FilterOverrides,
                "virtual_hosts[0]." => decoded.Host().FilterOverrides,
                "virtual_hosts[0].routes[0]." => decoded.Route().FilterOverrides,
                _ => decoded.Route().Action.Clusters[0].FilterOverrides,
            });
        Level(level, $"{{f: {{'@type': {Prefix}{Unknown}}}}}").AssertRefused($"E {level}typed_per_filter_config[\"f\"]: configuration of type '{Unknown}' is not supported");
    }

    private static Decoded Read(string config, DecoderSettings? settings = null) => Level("virtual_hosts[0].routes[0].", $"{{f: {config}}}", settings);

    private static Decoded Level(string level, string map, DecoderSettings? settings = null)
    {
        string At(string place) => place == level ? $", typed_per_filter_config: {map}" : "";
        return OneRoute.Table(
            "virtual_hosts: [{name: v, domains: [a], routes: [{match: {prefix: /}, "
            + $"route: {{weighted_clusters: {{clusters: [{{name: c, weight: 1{At("virtual_hosts[0].routes[0].route.weighted_clusters.clusters[0].")}}}]}}}}{At("virtual_hosts[0].routes[0].")}}}]"
            + $"{At("virtual_hosts[0].")}}}]{At("")}",
            settings ?? Settings);
    }
}
