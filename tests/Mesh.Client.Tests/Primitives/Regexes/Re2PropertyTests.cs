using System.Text.RegularExpressions;
using Mesh.Primitives.Regexes;
using Xunit;

namespace Mesh.Client.Tests.Primitives.Regexes;

/// <summary>Random patterns against a backtracking matcher written for the test, and against the runtime's where the two agree.</summary>
public sealed class Re2PropertyTests
{
    private const int Patterns = 1500;
    private const int Texts = 12;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void FullMatchesAreThoseOfBacktracking(int seed)
    {
        var random = new RandomPatterns(seed);
        int direct = 0, matches = 0;
        for (int i = 0; i < Patterns; i++)
        {
            string pattern = random.NextPattern();
            Re2 regex = Parse(pattern);
            Program program = Compiler.Compile(new Parser(pattern).Parse()!);
            var automaton = new LazyDfa(program);
            var reference = new ReferenceMatcher(pattern);
            var runtime = new Regex($"\\A(?:{Portable(pattern)})\\z", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(10));
            direct += regex.Matcher is LazyDfa ? 0 : 1;
            for (int j = 0; j < Texts; j++)
            {
                string text = random.NextText();
                bool expected = reference.IsFullMatch(text);
                matches += expected ? 1 : 0;
                string context = $"{pattern} on '{text}'";
                Assert.True(expected == regex.IsFullMatch(text), context);
                Assert.True(expected == automaton.IsFullMatch(text), context);
                Assert.True(expected == BackwardSweep.IsFullMatch(program, text), context);
                // Where the body of a lazy loop may be empty the runtime errs, and in loops of loops it takes for ever.
                Assert.True(reference.HasEmptyRounds || expected == runtime.IsMatch(text), context);
            }
        }

        // The generator is worth something only while it reaches both sides of both questions.
        Assert.InRange(direct, Patterns / 10, Patterns * 9 / 10);
        Assert.InRange(matches, Patterns * Texts / 50, Patterns * Texts / 2);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void MatchesAndGroupsAreThoseOfBacktracking(int seed)
    {
        var random = new RandomPatterns(seed);
        int compared = 0, withRuntime = 0;
        for (int i = 0; i < Patterns; i++)
        {
            string pattern = random.NextPattern();
            var reference = new ReferenceMatcher(pattern);
            Re2 regex = Parse(pattern);
            if (reference.HasEmptyRounds || regex.GroupCount > 9)
                continue;
            Program program = Compiler.Compile(new Parser(pattern).Parse()!);
            var runtime = new Regex(Portable(pattern), RegexOptions.CultureInvariant, TimeSpan.FromSeconds(10));
            string rewrite = string.Concat(Enumerable.Range(0, regex.GroupCount + 1).Select(group => $"<\\{group}>"));
            for (int j = 0; j < Texts; j++)
            {
                string text = random.NextText();
                string expected = reference.ReplaceByGroups(text), context = $"{pattern} on '{text}'";
                Assert.True(expected == regex.Replace(text, rewrite), context);
                Assert.True(expected == Substitution.ReplaceAll(program, text, rewrite, maxWords: 0), context);
                compared++;
                // The runtime allows an empty match right behind another one.
                if (reference.Find("", 0) is null && !pattern.AsSpan().ContainsAny("?*\\^$"))
                {
                    Assert.True(expected == runtime.Replace(text, Groups), context);
                    withRuntime++;
                }
            }
        }

        Assert.True(compared > Patterns * Texts / 3, $"{compared}");
        Assert.True(withRuntime > Patterns * Texts / 20, $"{withRuntime}");
    }

    /// <summary>Any text at all is read without an exception, and what is accepted works.</summary>
    [Fact]
    public void NoPatternMakesTheParserStumble()
    {
        string[] tokens =
        [
            "a", "é", "\U0001F600", "\uD800", "\n", "0", "1", "{", "}", ",", "-", "]", "[", "^", "$", "(", ")", "|", "*", "+", "?", ".",
            "\\", "(?:", "(?i)", "(?P<", "<", ">", "(?", "(?-", "s", ":", "\\b", "\\p", "\\pL", "\\p{", "Greek", "[:", ":]", "alpha", "\\Q",
            "\\E", "\\x", "{2}", "{1,",
        ];
        var random = new Random(7);
        int accepted = 0;
        for (int i = 0; i < 20_000; i++)
        {
            string pattern = string.Concat(Enumerable.Range(0, random.Next(1, 10)).Select(_ => tokens[random.Next(tokens.Length)]));
            if (Re2.Parse(pattern, out string error) is { } regex)
            {
                accepted++;
                regex.IsFullMatch("aé\U0001F600\uDC00");
                regex.Replace("aé\U0001F600\uDC00", "\\0");
            }
            else
            {
                Assert.NotEqual("", error);
            }
        }

        Assert.InRange(accepted, 2000, 18_000);
    }

    private static Re2 Parse(string pattern)
    {
        Re2? regex = Re2.Parse(pattern, out string error);
        Assert.True(regex is not null, $"{pattern}: {error}");
        return regex;
    }

    // The runtime's dollar sign holds before a last newline, too.
    private static string Portable(string pattern) => pattern.Replace("$", "\\z", StringComparison.Ordinal);

    private static string Groups(Match match) => string.Concat(match.Groups.Cast<Group>().Select(group => $"<{group.Value}>"));
}
