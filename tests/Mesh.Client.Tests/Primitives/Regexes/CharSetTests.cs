using System.Globalization;
using Mesh.Primitives.Regexes;
using Xunit;

namespace Mesh.Client.Tests.Primitives.Regexes;

/// <summary>Sets, case folding, Unicode's categories and scripts, and the interner.</summary>
public sealed class CharSetTests
{
    [Fact]
    public void RangesAreSortedAndJoined()
    {
        var builder = new CharSetBuilder();
        builder.Add('x', 'z');
        builder.Add('a', 'c');
        builder.Add('d', 'd');
        builder.Add('b', 'e');
        Assert.Equal(['a', 'e', 'x', 'z'], builder.Build(negated: false).Ranges.ToArray());
        Assert.Equal([0, '`', 'f', 'w', '{', CharSet.MaxRune], builder.Build(negated: true).Ranges.ToArray());
        Assert.Equal(CharSet.Any, new CharSetBuilder().Build(negated: true));
    }

    [Theory]
    [InlineData('k', "Kk\u212A")]
    [InlineData(0x212A, "Kk\u212A")]
    [InlineData('S', "Ss\u017F")]
    [InlineData(0x3C3, "Σςσ")]
    [InlineData(0x1C5, "\u01C4\u01C5\u01C6")]
    [InlineData(0x398, "\u0398\u03B8\u03D1\u03F4")]
    [InlineData(0xE5, "\u00C5\u00E5\u212B")]
    [InlineData(0xDF, "\u00DF\u1E9E")]
    [InlineData(0x131, "\u0131")]
    [InlineData('1', "1")]
    public void OrbitsAreThoseOfSimpleCaseFolding(int rune, string orbit)
    {
        var builder = new CharSetBuilder();
        builder.Add(rune, rune, foldCase: true);
        CharSet set = builder.Build(negated: false);
        int count = 0;
        for (int i = 0; i < set.Ranges.Length; i += 2)
            count += set.Ranges[i + 1] - set.Ranges[i] + 1;
        Assert.Equal(orbit.Length, count);
        Assert.All(orbit, member => Assert.True(set.Contains(member)));
        Assert.Equal(orbit.Length > 1, CaseFolding.HasCase(rune));
    }

    [Fact]
    public void CategoriesCoverWhatIsAssigned()
    {
        string[] letters = ["L", "M", "N", "Z", "C", "P", "S"];
        CharSet[] sets = Array.ConvertAll(letters, name => UnicodeClasses.Find(name)!);
        for (int rune = 0; rune <= CharSet.MaxRune; rune += rune < 0x3000 ? 1 : 97)
        {
            bool assigned = CharUnicodeInfo.GetUnicodeCategory(rune) != UnicodeCategory.OtherNotAssigned;
            Assert.Equal(assigned ? 1 : 0, sets.Count(set => set.Contains(rune)));
        }

        Assert.Null(UnicodeClasses.Find("Cn"));
        Assert.Null(UnicodeClasses.Find("l"));
        Assert.Null(UnicodeClasses.Find(""));
    }

    [Theory]
    [InlineData("Greek", 518)]
    [InlineData("Adlam", 88)]
    [InlineData("Zanabazar_Square", 72)]
    public void ScriptsAreUnicode14s(string name, int expected)
    {
        ReadOnlySpan<int> ranges = UnicodeClasses.Find(name)!.Ranges;
        int count = 0;
        for (int i = 0; i < ranges.Length; i += 2)
            count += ranges[i + 1] - ranges[i] + 1;
        Assert.Equal(expected, count);
    }

    [Theory]
    [InlineData("greek")]
    [InlineData("Gree")]
    [InlineData("Greek 370-373")]
    [InlineData("370-373")]
    public void OtherNamesAreNoScripts(string name) => Assert.Null(UnicodeScripts.Find(name));

    [Fact]
    public void TheInternerForgetsTheDead()
    {
        var interner = new Interner<object>();
        object kept = interner.Add("kept", new object());
        for (int i = 0; i < 20_000; i++)
        {
            if (i % 5000 == 4999)
                GC.Collect();
            interner.Add($"{i}", new object());
        }

        GC.Collect();
        Assert.Same(kept, interner.Find("kept"));
        Assert.Same(kept, interner.Add("kept", new object()));
        Assert.InRange(interner.Count, 1, 19_000);
    }

    [Fact]
    public void OneExpressionForAllThreads()
    {
        var results = new Re2[64];
        Parallel.For(0, results.Length, i => results[i] = Re2.Parse("/one/(?:[a-z]+/)*for/all", out _)!);
        Assert.All(results, result => Assert.Same(results[0], result));
    }
}
