using Mesh.Primitives.Regexes;
using Xunit;

namespace Mesh.Client.Tests.Primitives.Regexes;

/// <summary>
/// Patterns that take a backtracking engine longer than the universe will last, on long texts: that these tests end is what they show.
/// </summary>
public sealed class Re2HostileTests
{
    [Theory]
    [InlineData("(a*)*b", false)]
    [InlineData("(a|a)*", true)]
    [InlineData("(a|aa)+", true)]
    [InlineData("((a{0,100}){0,10})", false)]
    [InlineData("(?:(?:(?:a{0,10}){0,10}){0,10})*", true)]
    [InlineData("(a+a+)+y", false)]
    [InlineData("(.*)(.*)(.*)(.*)(.*)[^a]", false)]
    [InlineData("(?:a?){100}a{100}", false)]
    [InlineData("(\\w+\\s?)*$", true)]
    [InlineData("(?:.*a){20}", true)]
    public void TimeIsLinear(string pattern, bool expected)
    {
        string text = new('a', 100_000);
        Re2 regex = Re2.Parse(pattern, out _)!;
        Assert.Equal(expected, regex.IsFullMatch(text));
        // The simulation costs instructions times characters, so it gets fewer of them.
        string shorter = text[..1_000];
        Assert.Equal(regex.IsFullMatch(shorter), BackwardSweep.IsFullMatch(Compiler.Compile(new Parser(pattern).Parse()!), shorter));
        regex.Replace(shorter, "-");
    }

    /// <summary>Each match looks far ahead in vain; engines that search anew behind each match take quadratic time, RE2 too.</summary>
    [Fact]
    public void SoIsFindingAllMatches()
    {
        string text = new('a', 100_000);
        Assert.Equal(new string('-', 100_000), Re2.Parse("a(?:.*b)?", out _)!.Replace(text, "-"));
        Assert.Equal(text, Re2.Parse("a+b", out _)!.Replace(text, "-"));
    }

    [Fact]
    public void LongPatternsAreReadAndRun()
    {
        string text = new('a', 300), other = Repeat("é\U0001F600", 150);
        string[] patterns =
        [
            new('a', 65_536),
            new('(', 65_536),
            Repeat("a?", 16_000),
            Repeat("(a|b)*", 8_000),
            Repeat("[[:", 20_000),
            Repeat("\\pL*", 16_000),
            Repeat("(?i)[\\x{100}-\\x{10ffff}]", 2_600),
            Repeat("[^é]*", 12_000),
            string.Join('|', Enumerable.Range(0, 8_000).Select(i => $"w{i}")),
            string.Concat(Enumerable.Range(0, 12_000).Select(i => $"[^{(char)(0x4E00 + i)}]?")),
        ];
        foreach (string pattern in patterns)
        {
            Re2? regex = Re2.Parse(pattern, out _);
            regex?.IsFullMatch(text);
            regex?.IsFullMatch(other);
        }
    }

    private static string Repeat(string text, int times) => string.Concat(Enumerable.Repeat(text, times));
}
