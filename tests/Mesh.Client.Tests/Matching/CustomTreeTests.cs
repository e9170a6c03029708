using Mesh.Matching;
using Mesh.Resources;
using Xunit;
using static Mesh.Client.Tests.Matching.Trees;

namespace Mesh.Client.Tests.Matching;

/// <summary><c>IPMatcher</c> and <c>ServerNameMatcher</c>: the most specific first, and the next where that has nothing.</summary>
public sealed class CustomTreeTests
{
    private static readonly OnMatchResource Nothing = Tree(Exact(("other", Action(9))));

    [Theory]
    [InlineData("10.1.2.3", 3)]
    [InlineData("10.1.9.9", 2)]
    [InlineData("10.9.9.9", 1)]
    [InlineData("fd00::1", 4)]
    [InlineData("11.0.0.1", MatchTree.None)]
    [InlineData("fe80::1", MatchTree.None)]
    [InlineData("no address", MatchTree.None)]
    [InlineData("10.1", MatchTree.None)]
    [InlineData("010.1.2.3", MatchTree.None)]
    [InlineData("0xa.1.2.3", MatchTree.None)]
    [InlineData("[fd00::1]", MatchTree.None)]
    [InlineData("::ffff:10.1.2.3", MatchTree.None)]
    [InlineData("", MatchTree.None)]
    public void TheNarrowestRangeIsTaken(string address, int expected) => Assert.Equal(
        expected,
        Find(Addresses(("10.0.0.0/8", Action(1), false), ("10.1.0.0/16", Action(2), false), ("10.1.2.0/24", Action(3), false), ("fd00::/8", Action(4), false)), $"ip={address}"));

    [Fact]
    public void AMatcherMayHaveSeveralRanges()
    {
        MatcherResource tree = Addresses(("10.0.0.0/8 192.168.0.0/24", Action(1), false), ("192.168.0.0/16", Action(2), false));
        Assert.Equal((1, 1, 2), (Find(tree, "ip=10.0.0.1"), Find(tree, "ip=192.168.0.1"), Find(tree, "ip=192.168.1.1")));
    }

    [Fact]
    public void OfEqualRangesTheFirstIsTaken() =>
        Assert.Equal(1, Find(Addresses(("10.0.0.0/8", Action(1), false), ("10.0.0.0/8", Action(2), false)), "ip=10.0.0.1"));

    [Fact]
    public void AfterARangeWithNothingTheWiderOneIsTriedUnlessItIsExclusive()
    {
        Assert.Equal(1, Find(Addresses(("10.0.0.0/8", Action(1), false), ("10.1.0.0/16", Nothing, false)), "ip=10.1.0.1"));
        Assert.Equal(MatchTree.None, Find(Addresses(("10.0.0.0/8", Action(1), true), ("10.1.0.0/16", Nothing, false)), "ip=10.1.0.1"));
        Assert.Equal(2, Find(Addresses(("10.0.0.0/8", Action(1), true), ("0.0.0.0/0", Action(2), false), ("10.1.0.0/16", Nothing, false)), "ip=10.1.0.1"));
        Assert.Equal(1, Find(Addresses(("10.0.0.0/8", Action(1), true)), "ip=10.1.0.1"));
    }

    [Theory]
    [InlineData("a.b.example", 1)]
    [InlineData("A.B.Example", 1)]
    [InlineData("c.b.example", 2)]
    [InlineData("d.c.b.example", 2)]
    [InlineData("b.example", 3)]
    [InlineData("x.example", 3)]
    [InlineData("example", 4)]
    [InlineData("other", 4)]
    [InlineData("", MatchTree.None)]
    public void TheNameThenTheLongestSuffixThenTheStar(string name, int expected) => Assert.Equal(
        expected, Find(Names(("*", Action(4)), ("*.example", Action(3)), ("*.b.example", Action(2)), ("a.b.example", Action(1))), $"x={name}"));

    [Fact]
    public void ANameOfManyDotsIsLookedUpByTheLengthsThereAre()
    {
        MatcherResource tree = Names(("*", Nothing), ("*.example", Action(3)), ("*.other.example", Nothing));
        string[] steps = Steps(tree, $"x={new string('.', 200_000)}other.example");
        Assert.Equal(2, steps.Count(step => step.EndsWith("example'", StringComparison.Ordinal) && step.Contains(" is '*", StringComparison.Ordinal)));
    }

    [Fact]
    public void AfterANameWithNothingTheNextIsTried()
    {
        Assert.Equal(3, Find(Names(("a.b.example", Nothing), ("*.b.example", Nothing), ("*.example", Action(3))), "x=a.b.example"));
        Assert.Equal(4, Find(Names(("a.example", Nothing), ("*", Action(4))), "x=a.example"));
        Assert.Equal(5, Find(Names(("a.example", Nothing)) with { OnNoMatch = Action(5) }, "x=a.example"));
    }

    [Fact]
    public void KeepMatchingGoesOnBehind()
    {
        Assert.Equal(3, Find(Names(("a.example", Action(1, keep: true)), ("*.example", Action(3))), "x=a.example"));
        Assert.Equal(1, Find(Addresses(("10.0.0.0/8", Action(1), false), ("10.1.0.0/16", Action(2, keep: true), false)), "ip=10.1.0.1"));
    }
}
