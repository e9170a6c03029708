using FsCheck;
using FsCheck.Fluent;
using Mesh.Endpoints;
using Mesh.LoadBalancing;
using Mesh.Primitives;
using Mesh.Resources;
using Xunit;
using static Mesh.Client.Tests.LoadBalancing.TestEndpoints;

namespace Mesh.Client.Tests.LoadBalancing;

/// <summary>Which endpoints a route's <c>metadata_match</c> leads to (<c>subset.v3.Subset</c>).</summary>
public sealed class SubsetPickerTests
{
    /// <summary>The endpoints of the example in Envoy's documentation ("Load Balancer Subsets").</summary>
    private static readonly Endpoint[] Example =
    [
        With(1, """{"stage":"prod","version":"1.0","type":"std","xlarge":true}"""),
        With(2, """{"stage":"prod","version":"1.0","type":"std"}"""),
        With(3, """{"stage":"prod","version":"1.1","type":"std"}"""),
        With(4, """{"stage":"prod","version":"1.1","type":"std"}"""),
        With(5, """{"stage":"prod","version":"1.0","type":"bigmem"}"""),
        With(6, """{"stage":"prod","version":"1.1","type":"bigmem"}"""),
        With(7, """{"stage":"dev","version":"1.2-pre","type":"std"}"""),
    ];

    private static readonly SubsetResource ExampleSubsets = new(RoundRobinResource.Default, [Selector("stage", "type"), Selector("stage", "version"), Selector("version"), Selector("version", "xlarge")])
    {
        Fallback = SubsetFallback.DefaultSubset,
        DefaultSubset = """{"stage":"prod","type":"std","version":"1.0"}""",
    };

    [Theory]
    [InlineData("""{"stage":"prod","type":"std"}""", "1 2 3 4")]
    [InlineData("""{"type":"bigmem","stage":"prod"}""", "5 6")]
    [InlineData("""{"stage":"dev","type":"std"}""", "7")]
    [InlineData("""{"stage":"prod","version":"1.0"}""", "1 2 5")]
    [InlineData("""{"version":"1.1"}""", "3 4 6")]
    [InlineData("""{"version":"1.2-pre"}""", "7")]
    [InlineData("""{"xlarge":true,"version":"1.0"}""", "1")]

    // The default subset: nothing asked, keys of no selector, and a value that none has; a text is no bool.
    [InlineData("", "1 2")]
    [InlineData("""{"stage":"prod"}""", "1 2")]
    [InlineData("""{"version":"9"}""", "1 2")]
    [InlineData("""{"xlarge":"true","version":"1.0"}""", "1 2")]
    public void EnvoysExample(string asked, string picked) => Assert.Equal(picked, Picked(ExampleSubsets, Example, asked));

    [Theory]
    [InlineData((byte)SubsetFallback.None, "")]
    [InlineData((byte)SubsetFallback.AnyEndpoint, "1 2 3 4 5 6 7")]
    [InlineData((byte)SubsetFallback.DefaultSubset, "7")]
    [InlineData((byte)SubsetFallback.KeysSubset, "5 6")]
    [InlineData((byte)SubsetFallback.NotDefined, "1 2 3 4 5 6 7")]
    public void ASelectorMayFallBackElsewhereThanTheCluster(byte fallback, string picked)
    {
        SubsetSelectorResource selector = Selector("type", "version") with { Fallback = (SubsetFallback)fallback, FallbackKeys = fallback == (byte)SubsetFallback.KeysSubset ? ["type"] : [] };
        var subsets = new SubsetResource(RoundRobinResource.Default, [selector, Selector("type")]) { Fallback = SubsetFallback.AnyEndpoint, DefaultSubset = """{"stage":"dev"}""" };
        Assert.Equal(picked, Picked(subsets, Example, """{"type":"bigmem","version":"7"}"""));
    }

    [Fact]
    public void WithoutAFallbackTheCallFailsAndSaysWhy()
    {
        Picker picker = Create(Cluster(ExampleSubsets with { Fallback = SubsetFallback.None }), Example);
        Assert.Equal(
            "cluster 'c' has no subset for the call: no endpoint has version=\"9\", and there is no fallback (fallback_policy NO_FALLBACK)", picker.Pick(Asking("""{"version":"9"}""")).Reason);
        Assert.Equal("none: no selector has the keys of stage=\"prod\"", picker.SubsetOf(MetadataCriteria.Of("""{"stage":"prod"}""")));
        Assert.Equal("none: the route asks for no subset", picker.SubsetOf(null));
        Assert.Equal("version=\"1.1\" (3 of 7 endpoints)", picker.SubsetOf(MetadataCriteria.Of("""{"version":"1.1"}""")));
    }

    /// <summary>Only the cluster's own fallback is replaced, and only where it has one.</summary>
    [Fact]
    public void AnEmptyDefaultSubsetMayPanic()
    {
        SubsetResource none = ExampleSubsets with { DefaultSubset = """{"stage":"gone"}""" };
        Assert.Equal("", Picked(none, Example, ""));
        Assert.Equal("1 2 3 4 5 6 7", Picked(none with { PanicModeAny = true }, Example, ""));
        Assert.Equal("", Picked(none with { PanicModeAny = true, Fallback = SubsetFallback.None }, Example, ""));
        SubsetResource own = none with { PanicModeAny = true, Selectors = [Selector("version") with { Fallback = SubsetFallback.DefaultSubset }] };
        Assert.Equal("", Picked(own, Example, """{"version":"9"}"""));
    }

    [Fact]
    public void AListStandsForItsItemsWhereThatIsAsked()
    {
        Endpoint[] endpoints = [With(1, """{"a":["x","y"],"b":[1,2]}"""), With(2, """{"a":"y","b":2}"""), With(3, """{"a":[],"b":1}""")];
        var subsets = new SubsetResource(RoundRobinResource.Default, [Selector("a"), Selector("a", "b"), Selector("b")]) { ListAsAny = true };
        Assert.Equal("1 2", Picked(subsets, endpoints, """{"a":"y"}"""));
        Assert.Equal("1", Picked(subsets, endpoints, """{"a":"x","b":2}"""));
        Assert.Equal("1 3", Picked(subsets, endpoints, """{"b":1}"""));
        Assert.Equal("", Picked(subsets, endpoints, """{"a":["x","y"]}"""));
        Assert.Equal("1", Picked(subsets with { ListAsAny = false }, endpoints, """{"a":["x","y"]}"""));
        Assert.Equal("2", Picked(subsets with { ListAsAny = false }, endpoints, """{"a":"y"}"""));
    }

    [Fact]
    public void ValuesAreComparedAsValues()
    {
        Endpoint[] endpoints = [With(1, """{"k":{"x":1,"y":{"p":"a","q":[true,null]}}}"""), With(2, """{"k":"1"}"""), With(3, """{"k":1}"""), With(4, """{"k":1.5,"hash_key":"ignored"}"""), With(5, "", hashKey: "h")];
        var subsets = new SubsetResource(RoundRobinResource.Default, [Selector("k"), Selector("hash_key")]);
        Assert.Equal("1", Picked(subsets, endpoints, """{"k":{"y":{"q":[true,null],"p":"a"},"x":1}}"""));
        Assert.Equal("2", Picked(subsets, endpoints, """{"k":"1"}"""));
        Assert.Equal("3", Picked(subsets, endpoints, """{"k":1}"""));
        Assert.Equal("4", Picked(subsets, endpoints, """{"k":1.5}"""));
        Assert.Equal("5", Picked(subsets, endpoints, """{"hash_key":"h"}"""));
    }

    [Theory]
    [InlineData("""{"stage":"prod","fallback_list":[{"version":"9"},{"version":"1.1"}]}""", "3 4 6")]
    [InlineData("""{"version":"1.1","fallback_list":[]}""", "3 4 6")]
    [InlineData("""{"version":"1.0","stage":"prod","fallback_list":[{"stage":"dev"},7]}""", "1 2 5")]
    public void ARouteMayListWhatItAsksForInstead(string asked, string picked) =>
        Assert.Equal(picked, Picked(ExampleSubsets with { FallbackList = true, Fallback = SubsetFallback.None }, Example, asked));

    [Fact]
    public void RedundantKeysAreLeftOutWhereThatIsAllowed()
    {
        const string Asked = """{"version":"1.1","other":"x"}""";
        Assert.Equal("1 2", Picked(ExampleSubsets, Example, Asked));
        Assert.Equal("3 4 6", Picked(ExampleSubsets with { AllowRedundantKeys = true }, Example, Asked));
        Assert.Equal("1 2", Picked(ExampleSubsets with { AllowRedundantKeys = true }, Example, """{"other":"x"}"""));
    }

    [Fact]
    public void ASingleHostServesInWhateverStateItIs()
    {
        Endpoint[] endpoints = [With(1, """{"k":1}""", priority: 1), With(2, """{"k":1}""", EndpointHealth.Unhealthy), With(3, """{"k":1}""")];
        var subsets = new SubsetResource(RoundRobinResource.Default, [Selector("k") with { SingleHost = true }]);
        Assert.Equal("2", Picked(subsets, endpoints, """{"k":1}"""));
    }

    [Fact]
    public void HealthIsJudgedWithinASubset()
    {
        Endpoint[] endpoints = [With(1, """{"k":1}""", EndpointHealth.Unhealthy), With(2, """{"k":1}""", EndpointHealth.Unhealthy), With(3, """{"k":2}"""), With(4, """{"k":2}""", EndpointHealth.Unhealthy), With(5, """{"k":2}""", priority: 1)];
        var subsets = new SubsetResource(RoundRobinResource.Default, [Selector("k")]) { Fallback = SubsetFallback.AnyEndpoint };
        ClusterResource calm = Cluster(subsets) with { CommonLb = new CommonLbResource { HealthyPanicThreshold = 0 } };

        // A subset of sick endpoints is one all the same: nothing falls back.
        Assert.Equal(PickKind.Fail, Create(calm, endpoints).Pick(Asking("""{"k":1}""")).Kind);
        Assert.Equal("1 2", Picked(subsets, endpoints, """{"k":1}"""));
        Assert.Equal("3 5", Picked(subsets, endpoints, """{"k":2}"""));
    }

    [Fact]
    public void LocalitiesHaveTheirWeightsWithinASubsetWhereThatIsAsked()
    {
        Endpoint[] endpoints = [With(1, """{"k":1}""", locality: "a"), With(2, """{"k":1}""", locality: "b"), With(3, """{"k":2}""", locality: "b"), With(4, """{"k":2}""", locality: "b")];
        var subsets = new SubsetResource(new RoundRobinResource { Locality = new LocalityLbResource(ZoneAware: null) }, [Selector("k")]);
        Assert.Equal(0.5, ShareOf(subsets), 0.02);
        Assert.Equal(0.75, ShareOf(subsets with { LocalityWeightAware = true }), 0.02);

        // A third of what b has is in the subset: of its weight 100 there are 33 left.
        Assert.Equal(300.0 / 333, ShareOf(subsets with { LocalityWeightAware = true, ScaleLocalityWeight = true }), 0.02);
        foreach (LoadBalancingPolicyResource child in new LoadBalancingPolicyResource[] { new RingHashResource { LocalityWeighted = true }, new WrrLocalityResource(RoundRobinResource.Default) })
            Assert.Equal("1 2", Picked(subsets with { Child = child }, endpoints, """{"k":1}"""));

        double ShareOf(SubsetResource resource)
        {
            Picker picker = Create(Cluster(resource), endpoints, Localities(("a", 300), ("b", 100)));
            return Enumerable.Range(0, 10_000).Count(_ => picker.Pick(Asking("""{"k":1}""")).Endpoint!.State.Address == "1") / 10_000.0;
        }
    }

    [Fact]
    public void WhatASubsetKeepsToOutlivesAnUpdate()
    {
        Endpoint[] endpoints = [.. Enumerable.Range(1, 40).Select(i => With(i, """{"k":1}"""))];
        var state = new PickerState(new Random(1));
        var subsets = new SubsetResource(new RandomSubsettingResource(3, RoundRobinResource.Default), [Selector("k")]);
        string first = Picked(Next(endpoints), """{"k":1}""");
        Assert.Equal(first, Picked(Next(endpoints), """{"k":1}"""));
        Assert.Equal(first, Picked(Next([.. endpoints, With(41, """{"k":2}""")]), """{"k":1}"""));

        Picker Next(Endpoint[] now) => PickerFactory.Create(Cluster(subsets), new EndpointsResource("c", []), now, new ClusterState("c"), state, new Random(1));
    }

    [Fact]
    public void APickOfAKnownSubsetAllocatesNothing()
    {
        Picker picker = Create(Cluster(ExampleSubsets), Example);
        PickContext one = Asking("""{"version":"1.1"}"""), same = Asking("""{"version":"1.1"}""");
        picker.Pick(one);
        picker.Pick(default);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            picker.Pick(one);
            picker.Pick(same);
            picker.Pick(default);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    /// <summary>Metadata that nobody asks for is not even read: what is no JSON does no harm.</summary>
    [Fact]
    public void NothingIsReadBeforeItIsAskedFor() =>
        Assert.Equal("1", Picked(new SubsetResource(RoundRobinResource.Default, [Selector("k")]) { Fallback = SubsetFallback.AnyEndpoint }, [With(1, "no JSON")], ""));

    [Fact]
    public void APickIsAMemberOfWhatTheRulesLeadTo() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(400), Prop.ForAll(Cases().ToArbitrary(), each =>
        {
            string json = Json(each.Asked);
            string[] expected = [.. Model(each, each.Asked).Order()];
            Picker picker = Create(Cluster(each.Subsets), [.. each.Endpoints.Select((held, i) => With(i + 1, Json(held)))]);
            string[] picked = [.. Enumerable.Range(0, 60).Select(_ => picker.Pick(Asking(json))).Where(pick => pick.Kind == PickKind.Complete).Select(pick => pick.Endpoint!.State.Address).Distinct().Order()];
            return picked.SequenceEqual(expected);
        }));

    /// <summary>The rules once more, without an index: the endpoints that may be picked.</summary>
    private static IEnumerable<string> Model(Case each, Dictionary<string, string> asked)
    {
        SubsetSelectorResource? selector = each.Subsets.Selectors.FirstOrDefault(candidate => candidate.Keys.Count == asked.Count && asked.Count > 0 && candidate.Keys.All(asked.ContainsKey));
        string[] members = selector is null ? [] : Holding(asked);
        if (members.Length > 0)
            return members;
        SubsetFallback fallback = selector is null or { Fallback: SubsetFallback.NotDefined } ? each.Subsets.Fallback : selector.Fallback;
        return fallback switch
        {
            SubsetFallback.None => [],
            SubsetFallback.AnyEndpoint => Holding([]),
            SubsetFallback.DefaultSubset => Holding(new Dictionary<string, string> { ["a"] = "1" }),
            _ => Model(each, asked.Where(entry => selector!.FallbackKeys.Contains(entry.Key)).ToDictionary()),
        };

        string[] Holding(Dictionary<string, string> wanted) =>
            [.. each.Endpoints.Select((held, i) => (held, i)).Where(entry => wanted.All(entry.held.Contains)).Select(entry => $"{entry.i + 1}")];
    }

    private static Gen<Case> Cases()
    {
        Gen<Dictionary<string, string>> held =
            from a in Gen.Elements("", "1", "2")
            from b in Gen.Elements("", "1", "2")
            from c in Gen.Elements("", "", "1")
            select new Dictionary<string, string> { ["a"] = a, ["b"] = b, ["c"] = c }.Where(entry => entry.Value.Length > 0).ToDictionary();
        Gen<SubsetSelectorResource> selector =
            from keys in Gen.Elements("a", "b", "a b", "a c", "a b c")
            from fallback in Gen.Elements(Enum.GetValues<SubsetFallback>())
            let all = keys.Split(' ')
            select Selector(all) with
            {
                Fallback = fallback == SubsetFallback.KeysSubset && all.Length == 1 ? SubsetFallback.NotDefined : fallback,
                FallbackKeys = fallback == SubsetFallback.KeysSubset && all.Length > 1 ? all[..^1].ToValueList() : [],
            };
        return
            from count in Gen.Choose(1, 5)
            from endpoints in held.ArrayOf(count)
            from selectors in Gen.Choose(1, 4).SelectMany(n => selector.ArrayOf(n))
            from fallback in Gen.Elements(SubsetFallback.None, SubsetFallback.AnyEndpoint, SubsetFallback.DefaultSubset)
            from asked in held
            select new Case(endpoints, new SubsetResource(RoundRobinResource.Default, selectors.ToValueList()) { Fallback = fallback, DefaultSubset = """{"a":"1"}""" }, asked);
    }

    private static string Json(Dictionary<string, string> entries) => entries.Count == 0 ? "" : $"{{{string.Join(',', entries.Select(entry => $"\"{entry.Key}\":\"{entry.Value}\""))}}}";

    private static SubsetSelectorResource Selector(params string[] keys) => new(keys.Order(StringComparer.Ordinal).ToValueList());

    private static Endpoint With(int number, string metadata, EndpointHealth health = EndpointHealth.Unknown, uint priority = 0, string locality = "", string hashKey = "") =>
        new(new EndpointResource("h", number, health) { Metadata = metadata, HashKey = hashKey }, priority, locality, new EndpointState($"{number}"));

    private static PickContext Asking(string json) => new(Criteria: MetadataCriteria.Of(json));

    private static string Picked(SubsetResource subsets, Endpoint[] endpoints, string asked) => Picked(Create(Cluster(subsets), endpoints), asked);

    private static string Picked(Picker picker, string asked) =>
        string.Join(' ', Enumerable.Range(0, 200).Select(_ => picker.Pick(Asking(asked)).Endpoint?.State.Address).OfType<string>().Distinct().Order());

    private sealed record Case(Dictionary<string, string>[] Endpoints, SubsetResource Subsets, Dictionary<string, string> Asked);
}
