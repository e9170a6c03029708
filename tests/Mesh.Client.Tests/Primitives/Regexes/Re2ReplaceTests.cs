using Mesh.Primitives.Regexes;
using Xunit;

namespace Mesh.Client.Tests.Primitives.Regexes;

/// <summary>Global replacement: leftmost-first, empty matches as in RE2.</summary>
public sealed class Re2ReplaceTests
{
    [Theory]
    [InlineData("(qu|[b-df-hj-np-tv-z]*)([a-z]+)", "\\2\\1ay", "the quick brown fox", "ethay ickquay ownbray oxfay")]
    [InlineData("\\w+", "\\0-NOSPAM", "abcd.efghi@google.com", "abcd-NOSPAM.efghi-NOSPAM@google-NOSPAM.com-NOSPAM")]
    [InlineData("^", "(START)", "foo", "(START)foo")]
    [InlineData("^", "(START)", "", "(START)")]
    [InlineData("$", "(END)", "", "(END)")]
    [InlineData("b", "bb", "ababababab", "abbabbabbabbabb")]
    [InlineData("b+", "bb", "bbbbbb", "bb")]
    [InlineData("b*", "bb", "bbbbbb", "bb")]
    [InlineData("b*", "bb", "aaaaa", "bbabbabbabbabbabb")]
    [InlineData("b*", "x", "abc", "xaxcx")]
    [InlineData("a.*a", "(\\0)", "aba\naba", "(aba)\n(aba)")]
    [InlineData("", "-", "a\U0001F600b", "-a-\U0001F600-b-")]
    [InlineData("(a+)(b+)", "\\2\\1\\\\", "aabbab", "bbaa\\ba\\")]
    [InlineData("(a)|(b)", "[\\1\\2]", "abc", "[a][b]c")]
    [InlineData("(foo|foobar)(bar)?", "<\\1,\\2>", "foobar", "<foo,bar>")]
    [InlineData("a+?", "x", "aaa", "xxx")]
    [InlineData("(?U)a+", "x", "aaa", "xxx")]
    [InlineData("(?U)a+?", "x", "aaa", "x")]
    [InlineData("(a*)(a*)", "\\1|\\2", "aa", "aa|")]
    [InlineData("(a*?)(a*)", "\\1|\\2", "aa", "|aa")]
    [InlineData("(|a)*", "x", "aa", "xaxax")]
    [InlineData("(a|b)*", "\\1", "abz", "bz")]
    [InlineData("(?:(a)|b)*", "<\\1>", "ab", "<a>")]
    [InlineData("\\b", "|", "ab cd", "|ab| |cd|")]
    [InlineData("(?m)^", "> ", "a\nb", "> a\n> b")]
    [InlineData("(?m)$", ";", "a\nb", "a;\nb;")]
    [InlineData("^/api/v[0-9]+/(.*)$", "/\\1", "/api/v2/users/7", "/users/7")]
    [InlineData("^/api/v[0-9]+/(.*)$", "/\\1", "/apx", "/apx")]
    [InlineData("/(\\w+)/(\\w+)", "/\\2/\\1", "/a/b/c/d", "/b/a/d/c")]
    [InlineData("(1)(2)(3)(4)(5)(6)(7)(8)(9)(0)", "\\9\\8\\7\\6\\5\\4\\3\\2\\1", "1234567890", "987654321")]
    [InlineData("é", "e", "é\U0001F600é", "e\U0001F600e")]
    public void EveryMatchIsRewritten(string pattern, string rewrite, string text, string expected)
    {
        Assert.Equal(expected, Re2.Parse(pattern, out _)!.Replace(text, rewrite));
        // Long texts keep some rows only; so does this short one when it is told to.
        Program program = Compiler.Compile(new Parser(pattern).Parse()!);
        Assert.Equal(expected, Substitution.ReplaceAll(program, text, rewrite, maxWords: 0));
    }

    [Theory]
    [InlineData("\\0\\1\\\\", 1, "")]
    [InlineData("", 0, "")]
    [InlineData("a\\", 0, "Rewrite schema error: '\\' not allowed at end.")]
    [InlineData("\\x", 0, "Rewrite schema error: '\\' must be followed by a digit or '\\'.")]
    [InlineData("\\2", 1, "Rewrite schema requests 2 matches, but the regexp only has 1 parenthesized subexpressions.")]
    public void RewritesAreChecked(string rewrite, int groups, string expected)
    {
        Assert.Equal(expected.Length == 0, Re2.IsValidRewrite(rewrite, groups, out string error));
        Assert.Equal(expected, error);
    }

    [Fact]
    public void WhatIsNotValidChangesNothing() => Assert.Equal("aaa", Re2.Parse("a", out _)!.Replace("aaa", "\\1"));

    [Fact]
    public void WithoutAMatchItIsTheSameString()
    {
        string text = "bbb";
        Assert.Same(text, Re2.Parse("a", out _)!.Replace(text, "c"));
    }

    [Fact]
    public void LongTextsAreWalkedInBlocks()
    {
        string text = string.Concat(Enumerable.Repeat("ab\U0001F600,", 10_000));
        Assert.Equal(
            string.Concat(Enumerable.Repeat("<\U0001F600ab>", 10_000)), Re2.Parse("(\\w+)(\\W),", out _)!.Replace(text, "<\\2\\1>"));
    }
}
