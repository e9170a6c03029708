using Mesh.Primitives.Regexes;
using Xunit;

namespace Mesh.Client.Tests.Primitives.Regexes;

/// <summary>What is accepted and what is refused, in the words of RE2; the messages were compared with RE2 2022-06-01 itself.</summary>
public sealed class Re2SyntaxTests
{
    [Theory]
    [InlineData("*", "no argument for repetition operator: *")]
    [InlineData("a|*", "no argument for repetition operator: *")]
    [InlineData("(+invalid)", "no argument for repetition operator: +")]
    [InlineData("(?i)*", "no argument for repetition operator: *")]
    [InlineData("\\Q\\E*", "no argument for repetition operator: *")]
    [InlineData("{1}", "no argument for repetition operator: {1}")]
    [InlineData("a**", "bad repetition operator: **")]
    [InlineData("a*+", "bad repetition operator: *+")]
    [InlineData("a++?", "bad repetition operator: ++?")]
    [InlineData("a{2}{3}", "bad repetition operator: {2}{3}")]
    [InlineData("a{1001}", "invalid repetition size: {1001}")]
    [InlineData("a{1001,}", "invalid repetition size: {1001,}")]
    [InlineData("a{2,1}", "invalid repetition size: {2,1}")]
    [InlineData("a{2,1}?", "invalid repetition size: {2,1}?")]
    [InlineData("((a{100}){100})", "invalid repetition size: {100}")]
    [InlineData("(((a{10}){10}){11})", "invalid repetition size: {11}")]
    [InlineData("(", "missing ): (")]
    [InlineData("(a|b", "missing ): (a|b")]
    [InlineData("(?P<n>", "missing ): (?P<n>")]
    [InlineData("a)", "unexpected ): a)")]
    [InlineData("[a", "missing ]: [a")]
    [InlineData("x[^", "missing ]: [^")]
    [InlineData("[]", "missing ]: []")]
    [InlineData("[[:alpha:", "missing ]: [[:alpha:")]
    [InlineData("[z-a]", "invalid character class range: z-a")]
    [InlineData("[[:foo:]]", "invalid character class range: [:foo:]")]
    [InlineData("\\p{Klingon}", "invalid character class range: \\p{Klingon}")]
    [InlineData("\\pX", "invalid character class range: \\pX")]
    [InlineData("\\p{Greek", "invalid character class range: \\p{Greek")]
    [InlineData("\\p{Cn}", "invalid character class range: \\p{Cn}")]
    [InlineData("\\", "trailing \\")]
    [InlineData("[\\", "trailing \\")]
    [InlineData("(a)\\1", "invalid escape sequence: \\1")]
    [InlineData("\\8", "invalid escape sequence: \\8")]
    [InlineData("a\\Z", "invalid escape sequence: \\Z")]
    [InlineData("\\Ga", "invalid escape sequence: \\G")]
    [InlineData("\\X", "invalid escape sequence: \\X")]
    [InlineData("\\R", "invalid escape sequence: \\R")]
    [InlineData("\\é", "invalid escape sequence: \\é")]
    [InlineData("\\C", "invalid escape sequence: \\C")]
    [InlineData("[a-\\d]", "invalid escape sequence: \\d")]
    [InlineData("[\\b]", "invalid escape sequence: \\b")]
    [InlineData("\\x", "invalid escape sequence: \\x")]
    [InlineData("\\xg", "invalid escape sequence: \\xg")]
    [InlineData("\\x{}", "invalid escape sequence: \\x{}")]
    [InlineData("\\x{61", "invalid escape sequence: \\x{61")]
    [InlineData("\\x{110000}", "invalid escape sequence: \\x{110000")]
    [InlineData("(?=a)", "invalid perl operator: (?=")]
    [InlineData("(?!a)", "invalid perl operator: (?!")]
    [InlineData("(?<=a)", "invalid perl operator: (?<=")]
    [InlineData("(?<!a)", "invalid perl operator: (?<!")]
    [InlineData("(?<", "invalid perl operator: (?<")]
    [InlineData("(?>a)", "invalid perl operator: (?>")]
    [InlineData("(?#a)", "invalid perl operator: (?#")]
    [InlineData("(?P=n)", "invalid perl operator: (?P")]
    [InlineData("(?x)a", "invalid perl operator: (?x")]
    [InlineData("(?i", "invalid perl operator: (?i")]
    [InlineData("(?i-)", "invalid perl operator: (?i-)")]
    [InlineData("(?--i)", "invalid perl operator: (?--")]
    [InlineData("(?P<n", "invalid named capture group: (?P<n")]
    [InlineData("(?P<a b>x)", "invalid named capture group: (?P<a b>")]
    [InlineData("(?<>x)", "invalid named capture group: (?<>")]
    [InlineData("(?:.{1000}){1}.{1000}(?:(?:abcdefghij){100}){10}(?:(?:abcdefghij){100}){10}(?:(?:abcdefghij){100}){10}"
        + "(?:(?:abcdefghij0123456789){100}){10}(?:(?:abcdefghij0123456789){100}){10}(?:(?:abcdefghij0123456789){100}){10}"
        + "(?:(?:abcdefghij0123456789){100}){10}", "pattern too large - compile failed")]
    public void RefusedInRe2sWords(string pattern, string expected)
    {
        Assert.Null(Re2.Parse(pattern, out string error));
        Assert.Equal(expected, error);
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("|", 0)]
    [InlineData("()", 1)]
    [InlineData("(a)(?:b)(?P<c>d)(?<é1>f)", 3)]
    [InlineData("(?P<n>a)(?P<n>b)", 2)]
    [InlineData("(a){0}", 1)]
    [InlineData("a{1000}", 0)]
    [InlineData("(((a{10}){10}){10})", 3)]
    [InlineData("(?:a{0}){1000}", 0)]
    [InlineData("a\\Q\\E*", 0)]
    [InlineData("a*\\Q\\E*", 0)]
    [InlineData("^*$*\\b*", 0)]
    [InlineData("(?i)(?-i)(?s)(?m)(?U)(?ims-U)", 0)]
    [InlineData("(?:(?i-s:a))", 0)]
    [InlineData("[]a]", 0)]
    [InlineData("[a-b-c][+--][-a][--a]", 0)]
    [InlineData("[[:word:][:^alpha:]\\d\\S\\pL\\P{^Greek}]", 0)]
    [InlineData("\\p{Any}\\pN\\p{Lu}\\p{Han}\\p{Old_Italic}", 0)]
    [InlineData("\\_\\-\\/\\\"", 0)]
    public void Accepted(string pattern, int groups)
    {
        Re2? regex = Re2.Parse(pattern, out string error);
        Assert.NotNull(regex);
        Assert.Equal("", error);
        Assert.Equal(groups, regex.GroupCount);
        Assert.Equal(pattern, regex.Pattern);
    }

    [Theory]
    [InlineData("a{,2}", "a{,2}")]
    [InlineData("a{", "a{")]
    [InlineData("a{1", "a{1")]
    [InlineData("a{1,", "a{1,")]
    [InlineData("a{01}", "a{01}")]
    [InlineData("a{x}", "a{x}")]
    [InlineData("}", "}")]
    [InlineData("a{1000000000}", "a{1000000000}")]
    [InlineData("[:alpha:]", "p")]
    [InlineData("\\Qa.b*", "a.b*")]
    [InlineData("\\Q\\", "\\")]
    [InlineData("\\Qa\\E\\+\\Q+\\E", "a++")]
    [InlineData("\\12", "\n")]
    [InlineData("\\08", "\08")]
    [InlineData("\\777", "\u01ff")]
    [InlineData("\\a\\f\\n\\r\\t\\v", "\a\f\n\r\t\v")]
    [InlineData("\\x41\\x{1F600}", "A\U0001F600")]
    public void LooksSpecialAndIsLiteral(string pattern, string text) => Assert.True(Re2.Parse(pattern, out _)!.IsFullMatch(text));

    [Fact]
    public void NestingIsBounded()
    {
        Assert.NotNull(Re2.Parse(new string('(', 900) + "a" + new string(')', 900), out _));
        Assert.Null(Re2.Parse(new string('(', 1001) + "a" + new string(')', 1001), out string error));
        Assert.Equal("expression nests too deeply", error);
        // Groups that leave nothing in the tree cost nothing.
        Assert.NotNull(Re2.Parse(string.Concat(Enumerable.Repeat("(?:", 20_000)) + "a" + new string(')', 20_000), out _));
    }

    [Fact]
    public void TheSamePatternIsTheSameExpression()
    {
        Re2 first = Re2.Parse("/same/[a-z]+", out _)!;
        Assert.Same(first, Re2.Parse(new string("/same/[a-z]+".AsSpan()), out _));
        GC.KeepAlive(first);
    }
}
