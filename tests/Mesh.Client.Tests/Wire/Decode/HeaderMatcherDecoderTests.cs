using Mesh.Resources;
using Xunit;

namespace Mesh.Client.Tests.Wire.Decode;

/// <summary>Header matchers of every kind; the deprecated plain ones become string matchers.</summary>
public sealed class HeaderMatcherDecoderTests
{
    private const string At = "virtual_hosts[0].routes[0].match.headers[0]";
    private static readonly HeaderMatcherResource X = new() { Name = "x-a" };

    [Fact]
    public void EveryKindIsRead()
    {
        AssertMatcher("name: X-A", X);
        AssertMatcher("name: x-a, present_match: true", X with { Present = true });
        AssertMatcher("name: x-a, present_match: false", X with { Present = false });
        AssertMatcher("name: x-a, exact_match: v", X with { Value = new(StringMatchKind.Exact, "v") });
        AssertMatcher("name: x-a, exact_match: ''", X with { Value = new(StringMatchKind.Exact, "") });
        AssertMatcher("name: x-a, prefix_match: v", X with { Value = new(StringMatchKind.Prefix, "v") });
        AssertMatcher("name: x-a, suffix_match: v", X with { Value = new(StringMatchKind.Suffix, "v") });
        AssertMatcher("name: x-a, contains_match: v", X with { Value = new(StringMatchKind.Contains, "v") });
        AssertMatcher("name: x-a, range_match: {start: -5, end: 9223372036854775807}", X with { Range = new(-5, long.MaxValue) });
        AssertMatcher("name: x-a, string_match: {exact: V, ignore_case: true}", X with { Value = new(StringMatchKind.Exact, "V", IgnoreCase: true) });
        AssertMatcher("name: x-a, string_match: {exact: ''}", X with { Value = new(StringMatchKind.Exact, "") });
        AssertMatcher("name: x-a, string_match: {prefix: v}", X with { Value = new(StringMatchKind.Prefix, "v") });
        AssertMatcher("name: x-a, string_match: {suffix: v}", X with { Value = new(StringMatchKind.Suffix, "v") });
        AssertMatcher("name: x-a, string_match: {contains: v}", X with { Value = new(StringMatchKind.Contains, "v") });
        AssertMatcher("name: x-a, exact_match: v, invert_match: true", X with { Value = new(StringMatchKind.Exact, "v"), Invert = true });
        AssertMatcher("name: x-a, treat_missing_header_as_empty: true", X with { TreatMissingAsEmpty = true });
        AssertMatcher("name: ':method', exact_match: GET", X with { Name = ":method", Value = new(StringMatchKind.Exact, "GET") });
    }

    [Theory]
    [InlineData("exact_match: v", $"E {At}.name: required, and must not be empty")]
    [InlineData("name: a, prefix_match: ''", $"E {At}.prefix_match: required, and must not be empty")]
    [InlineData("name: a, suffix_match: ''", $"E {At}.suffix_match: required, and must not be empty")]
    [InlineData("name: a, contains_match: ''", $"E {At}.contains_match: required, and must not be empty")]
    [InlineData("name: a, string_match: {}", $"E {At}.string_match: a pattern is required")]
    [InlineData("name: a, string_match: {prefix: ''}", $"E {At}.string_match.prefix: required, and must not be empty")]
    [InlineData("name: a, string_match: {safe_regex: {regex: '['}}", $"E {At}.string_match.safe_regex.regex: '[' is no regular expression of RE2")]
    [InlineData("name: a, string_match: {custom: {}}", $"E {At}.string_match.custom: not supported")]
    [InlineData("name: a, safe_regex_match: {regex: '*'}", $"E {At}.safe_regex_match.regex: '*' is no regular expression of RE2")]
    [InlineData("name: a, range_match: {}", $"E {At}.range_match: [0, 0) is empty; end must be more than start")]
    [InlineData("name: a, range_match: {start: 2, end: 1}", $"E {At}.range_match: [2, 1) is empty")]
    public void OthersAreErrors(string matcher, params string[] findings) => Assert.Empty(Read(matcher).AssertFindings(findings).Set.RouteConfigurations);

    private static void AssertMatcher(string matcher, HeaderMatcherResource expected) =>
        Assert.Equal(expected, Assert.Single(Read(matcher).AssertFindings().Set.RouteConfigurations["r"].VirtualHosts[0].Routes[0].Match.Headers));

    private static Decoded Read(string matcher) => Decoded.Resource(
        Xds.RoutesType,
        $$"""name: r, virtual_hosts: [{name: v, domains: [a], routes: [{match: {prefix: /, headers: [{ {{matcher}} }]}, route: {cluster: c} }]}]""");
}
