using System.Net;
using Mesh.Resources;
using Xunit;

namespace Mesh.Client.Tests.Wire.Decode;

/// <summary><c>VirtualHost.matcher</c>: every kind of tree and predicate, and what is refused.</summary>
public sealed class MatcherDecoderTests
{
    private const string At = "virtual_hosts[0].matcher";
    private const string Single = $"{{single_predicate: {{input: {OneRoute.Header}, value_match: {{exact: v}}}}}}";
    private const string Route = "'@type': type.googleapis.com/envoy.config.route.v3.Route";
    private const string To = $"{{action: {{name: r, typed_config: {{{Route}, match: {{prefix: /}}, route: {{cluster: c}}}}}}}}";
    private static readonly MatchInputResource Input = new(MatchInputKind.Header, "x");
    private static readonly PredicateResource X = new PredicateResource.Single(Input, new StringMatcherResource(StringMatchKind.Exact, "v"));

    [Theory]
    [InlineData("{exact: v}", StringMatchKind.Exact, "v", false)]
    [InlineData("{exact: ''}", StringMatchKind.Exact, "", false)]
    [InlineData("{prefix: v, ignore_case: true}", StringMatchKind.Prefix, "v", true)]
    [InlineData("{suffix: v}", StringMatchKind.Suffix, "v", false)]
    [InlineData("{contains: v}", StringMatchKind.Contains, "v", false)]
    [InlineData("{safe_regex: {google_re2: {}, regex: 'v.'}}", StringMatchKind.Regex, "v.", false)]
    public void ATextIsMatched(string match, object kind, string value, bool ignoreCase) => Assert.Equal(
        new PredicateResource.Single(Input, new StringMatcherResource((StringMatchKind)kind, value, ignoreCase)),
        Predicate($"{{single_predicate: {{input: {OneRoute.Header}, value_match: {match}}}}}"));

    [Fact]
    public void PredicatesAreNested()
    {
        Assert.Equal(new PredicateResource.Or([X, X]), Predicate($"{{or_matcher: {{predicate: [{Single}, {Single}]}}}}"));
        Assert.Equal(new PredicateResource.And([X, new PredicateResource.Not(X)]), Predicate($"{{and_matcher: {{predicate: [{Single}, {{not_matcher: {Single}}}]}}}}"));
    }

    [Fact]
    public void AListKeepsItsOrderAndItsRest()
    {
        VirtualHostResource host = Read($"{{matcher_list: {{matchers: [{{predicate: {Single}, on_match: {Named("one")}}}, {{predicate: {Single}, on_match: {Named("two", ", keep_matching: true")}}}]}}, on_no_match: {Named("rest")}}}")
            .AssertFindings().Host();
        Assert.Equal(
            new MatcherResource.List([new(X, new(null, 0, false)), new(X, new(null, 1, true))]) { OnNoMatch = new(null, 2, false) },
            host.Matcher);
        Assert.Equal(["one", "two", "rest"], host.AllRoutes.Select(route => route.Name));
    }

    [Fact]
    public void AnActionMayBeSeveralRoutes()
    {
        const string List = "{action: {name: l, typed_config: {'@type': type.googleapis.com/envoy.config.route.v3.RouteList, routes: [{name: one, match: {prefix: /1}, redirect: {}}, {name: two, match: {prefix: /}, redirect: {}}]}}}";
        VirtualHostResource host = Read($"{{on_no_match: {List}}}").AssertFindings().Host();
        Assert.Equal(new MatcherResource.List([]) { OnNoMatch = new(null, 0, false) }, host.Matcher);
        Assert.Equal(["one", "two"], host.MatcherRoutes[0].Span.ToArray().Select(route => route.Name));
    }

    [Fact]
    public void MapsAreSortedByKey()
    {
        Assert.Equal(
            new MatcherResource.Map(Input, false, [KeyValuePair.Create("a", new OnMatchResource(null, 0, false)), KeyValuePair.Create("b", new OnMatchResource(null, 1, false))]),
            Tree($"exact_match_map: {{map: {{b: {To}, a: {To}}}}}"));
        Assert.Equal(
            new MatcherResource.Map(Input, true, [KeyValuePair.Create("", new OnMatchResource(new MatcherResource.List([]) { OnNoMatch = new(null, 0, false) }, -1, false))]),
            Tree($"prefix_match_map: {{map: {{'': {{matcher: {{on_no_match: {To}}}}}}}}}"));
    }

    [Fact]
    public void AddressesAndNamesAreTreesToo()
    {
        Assert.Equal(
            new MatcherResource.Addresses(Input, [new AddressRangesResource([new(IPNetwork.Parse("10.0.0.0/8")), new(IPNetwork.Parse("fd00::/8"))], new(null, 0, false), true)]),
            Tree(Custom("IPMatcher", $"range_matchers: [{{ranges: [{{address_prefix: 10.1.2.3, prefix_len: 8}}, {{address_prefix: 'fd00::', prefix_len: 8}}], exclusive: true, on_match: {To}}}]")));
        Assert.Equal(
            new MatcherResource.ServerNames(Input, [KeyValuePair.Create("*", new OnMatchResource(null, 0, false)), KeyValuePair.Create("*.b", new OnMatchResource(null, 1, false)), KeyValuePair.Create("a", new OnMatchResource(null, 0, false))]),
            Tree(Custom("ServerNameMatcher", $"domain_matchers: [{{domains: [a, '*'], on_match: {To}}}, {{domains: ['*.b'], on_match: {To}}}]")));
    }

    [Theory]
    [InlineData("HttpRequestHeaderMatchInput, header_name: ''", $"E {At}.matcher_tree.input.typed_config.header_name: required")]
    [InlineData("HttpRequestHeaderMatchInput, header_name: 'a b'", $"E {At}.matcher_tree.input.typed_config.header_name: 'a b' is not a valid header name")]
    [InlineData("HttpRequestQueryParamMatchInput, query_param: q", $"E {At}.matcher_tree.input.typed_config: 'type.googleapis.com/envoy.type.matcher.v3.HttpRequestQueryParamMatchInput' is not supported here; allowed are")]
    public void AnInputIsAHeaderOrAState(string type, string finding) =>
        Read($"{{matcher_tree: {{input: {{name: i, typed_config: {{'@type': type.googleapis.com/envoy.type.matcher.v3.{type}}}}}, exact_match_map: {{map: {{a: {To}}}}}}}}}").AssertRefused(finding);

    [Theory]
    [InlineData("{matcher_list: {matchers: [{}]}}", $"E {At}.matcher_list.matchers[0].predicate: required", $"E {At}.matcher_list.matchers[0].on_match: required")]
    [InlineData($"{{matcher_list: {{matchers: [{{predicate: {{}}, on_match: {To}}}]}}}}", $"E {At}.matcher_list.matchers[0].predicate: required: single_predicate,")]
    [InlineData($"{{matcher_list: {{matchers: [{{predicate: {{single_predicate: {{}}}}, on_match: {To}}}]}}}}",
        $"E {At}.matcher_list.matchers[0].predicate.single_predicate.input: required", $"E {At}.matcher_list.matchers[0].predicate.single_predicate: required: value_match")]
    [InlineData($"{{matcher_list: {{matchers: [{{predicate: {{single_predicate: {{input: {OneRoute.Header}, value_match: {{prefix: ''}}}}}}, on_match: {To}}}]}}}}",
        $"E {At}.matcher_list.matchers[0].predicate.single_predicate.value_match.prefix: required")]
    [InlineData($"{{matcher_list: {{matchers: [{{predicate: {{or_matcher: {{predicate: [{Single}]}}}}, on_match: {To}}}]}}}}",
        $"E {At}.matcher_list.matchers[0].predicate.or_matcher.predicate: at least two are required")]
    [InlineData($"{{matcher_list: {{matchers: [{{predicate: {{and_matcher: {{predicate: [{Single}, {{not_matcher: {{}}}}]}}}}, on_match: {To}}}]}}}}",
        $"E {At}.matcher_list.matchers[0].predicate.and_matcher.predicate[1].not_matcher: required: single_predicate,")]
    [InlineData("{on_no_match: {}}", $"E {At}.on_no_match: required: matcher or action")]
    [InlineData("{on_no_match: {action: {name: a}}}", $"E {At}.on_no_match.action.typed_config: required")]
    [InlineData("{on_no_match: {action: {name: a, typed_config: {'@type': type.googleapis.com/google.protobuf.Empty}}}}",
        $"E {At}.on_no_match.action.typed_config: 'type.googleapis.com/google.protobuf.Empty' is not supported here; allowed are")]
    [InlineData($"{{on_no_match: {{action: {{name: a, typed_config: {{{Route}, match: {{prefix: /}}, route: {{}}}}}}}}}}",
        $"E {At}.on_no_match.action.typed_config.route: a cluster specifier is required")]
    [InlineData("{matcher_tree: {}}", $"E {At}.matcher_tree.input: required", $"E {At}.matcher_tree: required: exact_match_map, prefix_match_map or custom_match")]
    public void WhatIsIncompleteIsRefused(string matcher, params string[] findings) => Read(matcher).AssertRefused(findings);

    [Theory]
    [InlineData("exact_match_map: {}", $"E {At}.matcher_tree.exact_match_map.map: at least one entry is required")]
    [InlineData("prefix_match_map: {map: {'a.b': {}}}", $"E {At}.matcher_tree.prefix_match_map.map[\"a.b\"]: required: matcher or action")]
    [InlineData("custom_match: {name: c}", $"E {At}.matcher_tree.custom_match.typed_config: required")]
    [InlineData("custom_match: {name: c, typed_config: {'@type': type.googleapis.com/google.protobuf.Empty}}", $"E {At}.matcher_tree.custom_match.typed_config: 'type.googleapis.com/google.protobuf.Empty' is not supported here")]
    public void AMapOrCustomTreeIsChecked(string tree, params string[] findings) => Read($"{{matcher_tree: {{input: {OneRoute.Header}, {tree}}}}}").AssertRefused(findings);

    [Theory]
    [InlineData("IPMatcher", "range_matchers: [{}]", "range_matchers[0].ranges: at least one is required", "range_matchers[0].on_match: required")]
    [InlineData("IPMatcher", $"range_matchers: [{{ranges: [{{address_prefix: ten}}, {{address_prefix: 10.0.0.0, prefix_len: 33}}], on_match: {To}}}]",
        "range_matchers[0].ranges[0].address_prefix: 'ten' is no IP address", "range_matchers[0].ranges[1].prefix_len: 33 is more than the address has bits")]
    [InlineData("ServerNameMatcher", "domain_matchers: [{}]", "domain_matchers[0].domains: at least one is required", "domain_matchers[0].on_match: required")]
    [InlineData("ServerNameMatcher", $"domain_matchers: [{{domains: ['a*', '*.', '', '*.a.*'], on_match: {To}}}]",
        "domain_matchers[0].domains[0]: 'a*' is no domain", "domain_matchers[0].domains[1]: '*.' is no domain", "domain_matchers[0].domains[2]: '' is no domain", "domain_matchers[0].domains[3]: '*.a.*' is no domain")]
    [InlineData("ServerNameMatcher", $"domain_matchers: [{{domains: [a], on_match: {To}}}, {{domains: [b, A], on_match: {To}}}]", "domain_matchers[1].domains[1]: 'A' stands here already")]
    public void ACustomTreesEntriesAreChecked(string type, string body, params string[] findings) =>
        Read($"{{matcher_tree: {{input: {OneRoute.Header}, {Custom(type, body)}}}}}").AssertRefused([.. findings.Select(finding => $"E {At}.matcher_tree.custom_match.typed_config.{finding}")]);

    [Theory]
    [InlineData(15, true)]
    [InlineData(16, false)]
    public void TreesAreNestedSixteenDeepAtMost(int inner, bool accepted)
    {
        string tree = $"{{on_no_match: {To}}}";
        for (int i = 0; i < inner; i++)
            tree = $"{{on_no_match: {{matcher: {tree}}}}}";
        AssertDepth(Read(tree), accepted, $"E {At}{string.Concat(Enumerable.Repeat(".on_no_match.matcher", 16))}: nested deeper than 16");
    }

    [Theory]
    [InlineData(15, true)]
    [InlineData(16, false)]
    public void PredicatesToo(int inner, bool accepted)
    {
        string predicate = Single;
        for (int i = 0; i < inner; i++)
            predicate = $"{{not_matcher: {predicate}}}";
        AssertDepth(
            Read($"{{matcher_list: {{matchers: [{{predicate: {predicate}, on_match: {To}}}]}}}}"),
            accepted,
            $"E {At}.matcher_list.matchers[0].predicate{string.Concat(Enumerable.Repeat(".not_matcher", 16))}: nested deeper than 16");
    }

    private static void AssertDepth(Decoded decoded, bool accepted, string finding)
    {
        if (accepted)
            decoded.AssertFindings();
        else
            decoded.AssertRefused(finding);
    }

    private static PredicateResource Predicate(string predicate) =>
        Assert.IsType<MatcherResource.List>(Read($"{{matcher_list: {{matchers: [{{predicate: {predicate}, on_match: {To}}}]}}}}").AssertFindings().Host().Matcher).Matchers[0].Predicate;

    private static MatcherResource? Tree(string tree) => Read($"{{matcher_tree: {{input: {OneRoute.Header}, {tree}}}}}").AssertFindings().Host().Matcher;

    private static string Custom(string type, string body) => $"custom_match: {{name: c, typed_config: {{'@type': type.googleapis.com/xds.type.matcher.v3.{type}, {body}}}}}";

    private static string Named(string name, string more = "") => $"{{action: {{name: r, typed_config: {{{Route}, name: {name}, match: {{prefix: /}}, route: {{cluster: c}}}}}}{more}}}";

    private static Decoded Read(string matcher) => OneRoute.Host($"matcher: {matcher}");
}
