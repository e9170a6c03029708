using Mesh.Matching;
using Mesh.Resources;
using Xunit;
using static Mesh.Client.Tests.Matching.Trees;

namespace Mesh.Client.Tests.Matching;

/// <summary>Matcher trees: which of several is taken, and that a branch with nothing counts as not matched.</summary>
public sealed class MatchTreeTests
{
    [Fact]
    public void OfAListTheFirstThatHoldsIsTaken()
    {
        MatcherResource list = List((Is("y", "1"), Action(1)), (X("v"), Action(2)), (X("v"), Action(3)));
        Assert.Equal(2, Find(list, "x=v"));
        Assert.Equal(1, Find(list, "x=v", "y=1"));
        Assert.Equal(MatchTree.None, Find(list, "x=w"));
    }

    [Fact]
    public void PredicatesAreCombined()
    {
        PredicateResource x = X("1"), y = Is("y", "1");
        Assert.Equal([false, true, true, true], Table(new PredicateResource.Or([x, y])));
        Assert.Equal([false, false, false, true], Table(new PredicateResource.And([x, y])));
        Assert.Equal([true, true, false, false], Table(new PredicateResource.Not(x)));
        Assert.Equal([true, true, true, false], Table(new PredicateResource.Not(new PredicateResource.And([x, y]))));

        // In the order 00, 01, 10, 11 of x and y.
        static IEnumerable<bool> Table(PredicateResource predicate) => ((string, string)[])[("0", "0"), ("0", "1"), ("1", "0"), ("1", "1")] is var rows
            ? rows.Select(row => Find(List((predicate, Action(0))), $"x={row.Item1}", $"y={row.Item2}") == 0)
            : [];
    }

    [Theory]
    [InlineData(StringMatchKind.Exact, "")]
    [InlineData(StringMatchKind.Prefix, "")]
    [InlineData(StringMatchKind.Regex, ".*")]
    public void AnAbsentInputHoldsForNothing(object kind, string value)
    {
        var any = new PredicateResource.Single(Input("x"), new StringMatcherResource((StringMatchKind)kind, value));
        Assert.Equal(MatchTree.None, Find(List((any, Action(1)))));
        Assert.Equal(1, Find(List((any, Action(1))), "x="));
        Assert.Equal(1, Find(List((new PredicateResource.Not(any), Action(1)))));
    }

    [Fact]
    public void AnAbsentInputIsNoKeyEither()
    {
        Assert.Equal(MatchTree.None, Find(Exact(("", Action(1)))));
        Assert.Equal(MatchTree.None, Find(Prefixes(("", Action(1)))));
        Assert.Equal(MatchTree.None, Find(Names(("*", Action(1)))));
        Assert.Equal(MatchTree.None, Find(Addresses(("0.0.0.0/0", Action(1), false))));
    }

    [Fact]
    public void KeepMatchingGoesOnAsIfNothingHadMatched()
    {
        Assert.Equal(2, Find(List((X("v"), Action(1, keep: true)), (X("v"), Action(2))), "x=v"));
        Assert.Equal(MatchTree.None, Find(List((X("v"), Action(1, keep: true))), "x=v"));
        Assert.Equal(3, Find(Exact(("v", Action(1, keep: true))) with { OnNoMatch = Action(3) }, "x=v"));
        Assert.Equal(2, Find(Prefixes(("val", Action(1, keep: true)), ("v", Action(2))), "x=value"));
        Assert.Equal(2, Find(List((X("v"), Tree(Exact(("v", Action(1))), keep: true)), (X("v"), Action(2))), "x=v"));
        Assert.Equal(MatchTree.None, Find(List() with { OnNoMatch = Action(3, keep: true) }, "x=v"));
    }

    [Fact]
    public void ATreeWithNothingCountsAsNotMatched()
    {
        OnMatchResource nothing = Tree(Exact(("other", Action(9))));
        Assert.Equal(2, Find(List((X("v"), nothing), (X("v"), Action(2))), "x=v"));
        Assert.Equal(2, Find(Exact(("v", nothing)) with { OnNoMatch = Action(2) }, "x=v"));
        Assert.Equal(MatchTree.None, Find(List((X("v"), nothing)), "x=v"));
    }

    [Fact]
    public void OnNoMatchIsTakenWhenNothingElseIs()
    {
        MatcherResource tree = List((X("v"), Action(1))) with { OnNoMatch = Action(2) };
        Assert.Equal((1, 2, 2), (Find(tree, "x=v"), Find(tree, "x=w"), Find(tree)));
        Assert.Equal(3, Find(List() with { OnNoMatch = Tree(Exact(("v", Action(3)))) }, "x=v"));
    }

    /// <summary>The inner tree's own comes before the outer's.</summary>
    [Fact]
    public void OnNoMatchBelongsToItsTree()
    {
        MatcherResource inner = Exact(("w", Action(1))) with { OnNoMatch = Action(2) };
        Assert.Equal(2, Find(List((X("v"), Tree(inner))) with { OnNoMatch = Action(3) }, "x=v"));
    }

    [Fact]
    public void KeysAreExactTexts()
    {
        MatcherResource map = Exact(("v", Action(1)), ("va", Action(2)), ("", Action(3)));
        Assert.Equal((1, 2, 3), (Find(map, "x=v"), Find(map, "x=va"), Find(map, "x=")));
        Assert.Equal((MatchTree.None, MatchTree.None), (Find(map, "x=V"), Find(map, "x=val")));
    }

    [Fact]
    public void TheLongestPrefixIsTakenAndShorterOnesAfterIt()
    {
        OnMatchResource nothing = Tree(Exact(("other", Action(9))));
        MatcherResource map = Prefixes(("/a", Action(1)), ("/a/b", Action(2)), ("/a/b/c", nothing), ("", Action(4)));
        Assert.Equal((1, 2, 4), (Find(map, "x=/ax"), Find(map, "x=/a/bx"), Find(map, "x=/")));
        Assert.Equal(2, Find(map, "x=/a/b/c/d"));
        Assert.Equal(4, Find(map, "x=/A"));
    }

    [Fact]
    public void InputsAreHeadersDecodedParametersAndState()
    {
        Assert.Equal(1, Find(new MatcherResource.Map(new(MatchInputKind.QueryParameter, "q"), false, [KeyValuePair.Create("a b", Action(1))])));
        Assert.Equal(1, Find(new MatcherResource.Map(new(MatchInputKind.QueryParameter, "e"), false, [KeyValuePair.Create("", Action(1))])));
        Assert.Equal(MatchTree.None, Find(new MatcherResource.Map(new(MatchInputKind.QueryParameter, "none"), true, [KeyValuePair.Create("", Action(1))])));
        Assert.Equal(MatchTree.None, Find(new MatcherResource.Map(new(MatchInputKind.FilterState, "x"), true, [KeyValuePair.Create("", Action(1))]), "x=v"));
        Assert.Equal(1, Find(new MatcherResource.Map(Input(":path"), false, [KeyValuePair.Create("/p?q=a%20b&e", Action(1))])));
        Assert.Equal(1, Find(new MatcherResource.Map(Input("x"), false, [KeyValuePair.Create("a, b", Action(1))]), "x=a", "x=b"));
    }
}
