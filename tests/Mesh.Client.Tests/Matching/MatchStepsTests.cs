using Mesh.Resources;
using Xunit;
using static Mesh.Client.Tests.Matching.Trees;

namespace Mesh.Client.Tests.Matching;

/// <summary>What <c>mesh explain</c> says of a tree: every decision, in the order they were made.</summary>
public sealed class MatchStepsTests
{
    [Fact]
    public void OfAList() => Assert.Equal(
        [
            "(header x exact 'a' and header y exact '1') does not hold",
            "(header x exact 'a' or header x exact 'v') holds",
            "keep_matching",
            "not header y exact '1' holds",
        ],
        Steps(
            List(
                (new PredicateResource.And([X("a"), Is("y", "1")]), Action(1)),
                (new PredicateResource.Or([X("a"), X("v")]), Action(2, keep: true)),
                (new PredicateResource.Not(Is("y", "1")), Action(3)),
                (X("v"), Action(4))),
            "x=v"));

    [Fact]
    public void OfMaps()
    {
        Assert.Equal(["header x 'v' is a key of exact_match_map"], Steps(Exact(("v", Action(1))), "x=v"));
        Assert.Equal(["header x 'w' is no key of exact_match_map", "on_no_match"], Steps(Exact(("v", Action(1))) with { OnNoMatch = Action(2) }, "x=w"));
        Assert.Equal(["header x, which is absent, is no key of exact_match_map"], Steps(Exact(("v", Action(1)))));
        Assert.Equal(
            ["header x 'val' begins with 'va' of prefix_match_map", "header x 'val' is no key of exact_match_map", "header x 'val' begins with 'v' of prefix_match_map"],
            Steps(Prefixes(("v", Action(1)), ("va", Tree(Exact(("w", Action(2)))))), "x=val"));
        Assert.Equal(["header x 'w' has no other prefix in prefix_match_map"], Steps(Prefixes(("v", Action(1))), "x=w"));
    }

    [Fact]
    public void OfAddressesAndNames()
    {
        Assert.Equal(["header ip '10.0.0.1' lies in 10.0.0.0/8"], Steps(Addresses(("10.0.0.0/8", Action(1), false)), "ip=10.0.0.1"));
        Assert.Equal(["header ip '11.0.0.1' lies in no other range"], Steps(Addresses(("10.0.0.0/8", Action(1), false)), "ip=11.0.0.1"));
        Assert.Equal(["header x 'a.example' is '*.example'"], Steps(Names(("*.example", Action(1)), ("*", Action(2))), "x=a.example"));
        Assert.Equal(["header x 'a' is no other of its names"], Steps(Names(("b", Action(1))), "x=a"));
    }

    [Fact]
    public void OfInputsThatAreNoHeaders()
    {
        Assert.Equal(
            ["query parameter q 'a b' is a key of exact_match_map"],
            Steps(new MatcherResource.Map(new(MatchInputKind.QueryParameter, "q"), false, [KeyValuePair.Create("a b", Action(1))])));
        Assert.Equal(
            ["filter state s, which is absent, has no other prefix in prefix_match_map"],
            Steps(new MatcherResource.Map(new(MatchInputKind.FilterState, "s"), true, [KeyValuePair.Create("", Action(1))])));
    }
}
