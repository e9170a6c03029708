using Mesh.Primitives.Regexes;
using Xunit;

namespace Mesh.Client.Tests.Primitives.Regexes;

/// <summary>Full matches, each also by the automaton and by the simulation, whatever matcher the expression chose.</summary>
public sealed class Re2FullMatchTests
{
    [Theory]
    [InlineData("", "", true)]
    [InlineData("", "a", false)]
    [InlineData("/a", "/a", true)]
    [InlineData("/a", "/a/", false)]
    [InlineData("a|ab", "ab", true)]
    [InlineData("(a|ab)(c|bcd)", "abcd", true)]
    [InlineData("a+?", "aaa", true)]
    [InlineData("a{2,3}", "a", false)]
    [InlineData("a{2,3}", "aaa", true)]
    [InlineData("a{2,3}", "aaaa", false)]
    [InlineData("a{0}", "", true)]
    [InlineData("a{2,}b", "aaaab", true)]
    [InlineData("(|a)*b", "aab", true)]
    [InlineData("(a*)*b", "aaab", true)]
    [InlineData("(a*)+", "", true)]
    [InlineData("^a$", "a", true)]
    [InlineData("^a$", "a\n", false)]
    [InlineData("a^b", "ab", false)]
    [InlineData("a\\z", "a", true)]
    [InlineData("a$\\n", "a\n", false)]
    [InlineData("(?m)a$\\n^b", "a\nb", true)]
    [InlineData("(?m)^$", "", true)]
    [InlineData("(?m)a\\n$", "a\n", true)]
    [InlineData("(?m)\\Aa\\n\\Ab", "a\nb", false)]
    [InlineData("a.b", "a\nb", false)]
    [InlineData("(?s)a.b", "a\nb", true)]
    [InlineData("(?s:a.)b.", "a\nb\n", false)]
    [InlineData("[^a]", "\n", true)]
    [InlineData("a\\b.*", "a b", true)]
    [InlineData("a\\bb", "ab", false)]
    [InlineData("a\\Bb", "ab", true)]
    [InlineData("\\bé", "é", false)]
    [InlineData("\\d\\w\\s", "1_\t", true)]
    [InlineData("\\d", "\u0661", false)]
    [InlineData("\\w", "é", false)]
    [InlineData("\\s", "\v", false)]
    [InlineData("[[:space:]]", "\v", true)]
    [InlineData("[^[:alpha:]]", "é", true)]
    [InlineData("\\D\\W\\S", "é\U0001F600x", true)]
    [InlineData("[\\D]", "1", false)]
    [InlineData(".", "\U0001F600", true)]
    [InlineData("..", "\U0001F600", false)]
    [InlineData("[^/]{2}", "\U0001F600é", true)]
    [InlineData("[^/]{3}", "\U0001F600é", false)]
    [InlineData("[\U0001F600-\U0001F64F]+", "\U0001F600\U0001F601", true)]
    [InlineData("\\x{D83D}\\x{DE00}", "\U0001F600", false)]
    [InlineData("\\x{10FFFF}", "\U0010FFFF", true)]
    [InlineData("[^\\x00-\\x{10FFFF}]", "a", false)]
    [InlineData("[^\\x00-\\x{10FFFF}]*", "", true)]
    [InlineData("(?i)abc", "aBC", true)]
    [InlineData("(?i)k", "\u212A", true)]
    [InlineData("(?i)S", "\u017F", true)]
    [InlineData("(?i)[^k]", "\u212A", false)]
    [InlineData("(?i)É", "é", true)]
    [InlineData("(?i)σ", "ς", true)]
    [InlineData("(?i)ß", "\u1E9E", true)]
    [InlineData("(?i)i", "\u0130", false)]
    [InlineData("(?i)i", "\u0131", false)]
    [InlineData("(?i)\U00010400", "\U00010428", true)]
    [InlineData("(?i)[a-c]+", "aBc", true)]
    [InlineData("a(?i)b|c", "aB", true)]
    [InlineData("a(?i)b|c", "C", true)]
    [InlineData("a(?i)b|c", "AB", false)]
    [InlineData("(?i:a)b", "AB", false)]
    [InlineData("(a(?i)b)c", "aBC", false)]
    [InlineData("(?i)a(?-i)b", "Ab", true)]
    [InlineData("(?i)a(?-i)b", "AB", false)]
    [InlineData("(?i)\\p{Lu}", "a", true)]
    [InlineData("(?i)\\P{Lu}", "a", false)]
    [InlineData("(?i)[[:upper:]]", "\u017F", true)]
    [InlineData("\\p{Greek}\\p{Latin}\\p{Cyrillic}\\p{Han}", "λêЖ漢", true)]
    [InlineData("\\p{Arabic}\\p{Hebrew}\\p{Hiragana}\\p{Katakana}\\p{Thai}", "شאひカก", true)]
    [InlineData("\\p{Greek}", "a", false)]
    [InlineData("\\P{Greek}\\p{^Greek}\\P{^Greek}", "ààλ", true)]
    [InlineData("\\pL\\p{Lu}\\p{Nd}\\pN\\p{Sc}\\pZ\\p{Any}", "éÉ\u0661\u2167€\u00A0\n", true)]
    [InlineData("[\\p{Lu}\\d]+", "AÉ1", true)]
    [InlineData("\\p{L}{2}", "\U00020000a", true)]
    [InlineData("\\pC", "\u0378", false)]
    public void TheWholeTextDecides(string pattern, string text, bool expected)
    {
        Assert.Equal(expected, Re2.Parse(pattern, out _)!.IsFullMatch(text));
        Program program = Compiler.Compile(new Parser(pattern).Parse()!);
        Assert.Equal(expected, new LazyDfa(program).IsFullMatch(text));
        Assert.Equal(expected, BackwardSweep.IsFullMatch(program, text));
    }

    /// <summary>Half a surrogate pair is a code point of its own, and the halves of a pair are none.</summary>
    [Fact]
    public void LoneSurrogatesAreCodePoints()
    {
        foreach (string pattern in new[] { ".", "\\x{D83D}", "\uD83D", "[\uD83D]", "[^a]", "\\p{Cs}" })
            TheWholeTextDecides(pattern, "\uD83D", expected: true);
        TheWholeTextDecides("\uD83D\\x{DE00}", "\uD83D\uDE00", expected: false);
        TheWholeTextDecides("..", "\uDE00\uD83D", expected: true);
    }

    [Theory]
    [InlineData("^/api/v[0-9]+/users/([a-z0-9-]+)/orders/?$", "/api/v12/users/a-1/orders", "/api/v12/users/a-1/orders/", null)]
    [InlineData("^/api/v[0-9]+/users/([a-z0-9-]+)/orders/?$", null, "/api/v/users/a/orders", "/api/v1/users/a/orders//")]
    [InlineData(".*\\.(jpg|png|gif)$", "/a.b/c.png", ".gif", "/a.jpg.gif")]
    [InlineData(".*\\.(jpg|png|gif)$", null, "/a.jpeg", "/a\n.png")]
    [InlineData("/users/.*", "/users/", "/users/1/2", null)]
    [InlineData("/users/.*", null, "/users", "/users/\n")]
    [InlineData("/users/(?s:.*)", "/users/\n", "/users/é\U0001F600", null)]
    [InlineData("/a|/b|/ab", "/a", "/ab", null)]
    [InlineData("/a|/b|/ab", null, "/", "/abc")]
    [InlineData("(?:/a|/b)/[^/]+/.*", "/a/x/", "/b/é/y/z", null)]
    [InlineData("/[^/]+/details(?:\\.json)?", "/x/details", "/x/details.json", null)]
    [InlineData("/[^/]+/details(?:\\.json)?", null, "/x/details.", "/x/y/details")]
    [InlineData("/a/.*/b/(?:c|d)", "/a//b/c", "/a/x/y/b/d", null)]
    [InlineData("/a/.*/b/(?:c|d)", null, "/a/b/c", "/a/x/b/cd")]
    [InlineData(".*needle.*", "needle", "a needle needle b", null)]
    [InlineData(".*needle.*", null, "needl", "needle\n")]
    [InlineData("/x/[0-9]{2,3}[a-z]?", "/x/12", "/x/123z", null)]
    [InlineData("/x/[0-9]{2,3}[a-z]?", null, "/x/1234", "/x/1a")]
    [InlineData("(?:[^/]|/){3}", "a/\U0001F600", "///", null)]
    [InlineData("[.][a]", ".a", null, null)]
    public void SimpleShapesNeedNoAutomaton(string pattern, string? match, string? other, string? third)
    {
        Re2 regex = Re2.Parse(pattern, out _)!;
        Assert.IsNotType<LazyDfa>(regex.Matcher);
        var automaton = new LazyDfa(Compiler.Compile(new Parser(pattern).Parse()!));
        foreach (string? text in new[] { match, other, third })
        {
            if (text is null)
                continue;
            Assert.Equal(match is not null, regex.IsFullMatch(text));
            Assert.Equal(match is not null, automaton.IsFullMatch(text));
        }
    }

    [Theory]
    [InlineData("/(?:[a-z]+/)*x[0-9]{2,4}(?:a|bc)*/tail")]
    [InlineData("[a-z]+a.*z[0-9]")]
    [InlineData("a\\b")]
    [InlineData("(?i)k")]
    [InlineData("[é]+")]
    public void OthersGetOne(string pattern) => Assert.IsType<LazyDfa>(Re2.Parse(pattern, out _)!.Matcher);
}
