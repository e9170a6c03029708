using Mesh.Primitives.Regexes;
using Xunit;

namespace Mesh.Client.Tests.Primitives.Regexes;

/// <summary>The automaton's memory, its threads and its limits.</summary>
public sealed class LazyDfaTests
{
    [Fact]
    public void AWarmMatchAllocatesNothing()
    {
        string[] patterns = ["/(?:[a-z]+/)*x[0-9]{2,4}(?:a|bc)*/tail", "^/api/v[0-9]+/(.*)/?$", ".*\\.(jpg|png)$", "/a.*"];
        Re2[] regexes = Array.ConvertAll(patterns, Parse);
        string[] texts = ["/abc/def/x123abca/tail", "/api/v1/é\U0001F600/", "/x.png", "/b"];
        Run();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
            Run();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Run()
        {
            foreach (Re2 regex in regexes)
            {
                foreach (string text in texts)
                    regex.IsFullMatch(text);
            }
        }
    }

    /// <summary>
    /// Which of the last 40 characters were an a: 2^40 states. Beyond the memory each text is simulated, and the answer stays right.
    /// </summary>
    [Fact]
    public void TooManyStatesAreSimulated()
    {
        var automaton = new LazyDfa(Compile("(?:a|b)*a(?:a|b){40}"));
        var random = new Random(1);
        for (int i = 0; i < 200; i++)
        {
            string text = string.Create(200, random, (span, from) =>
            {
                for (int j = 0; j < span.Length; j++)
                    span[j] = from.Next(2) == 0 ? 'a' : 'b';
            });
            Assert.Equal(text[^41] == 'a', automaton.IsFullMatch(text));
        }

        Assert.InRange(automaton.Simulations, 1, 200);
        string odd = string.Concat(Enumerable.Repeat("aabbbaababb", 10));
        automaton.IsFullMatch(odd);
        int simulations = automaton.Simulations;
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
            automaton.IsFullMatch(odd);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(100, automaton.Simulations - simulations);
    }

    /// <summary>The states start afresh after some thousand simulations: a flood of odd texts does not slow the others for ever.</summary>
    [Fact]
    public void TheMemoryIsGivenAnotherChance()
    {
        var automaton = new LazyDfa(Compile("(?:a|b)*a(?:a|b){40}|/c[0-9]+d+"));
        var random = new Random(2);
        while (automaton.Simulations < 4096)
        {
            automaton.IsFullMatch(string.Create(60, random, (span, from) =>
            {
                for (int j = 0; j < span.Length; j++)
                    span[j] = from.Next(2) == 0 ? 'a' : 'b';
            }));
        }

        int simulations = automaton.Simulations;
        for (int i = 0; i < 100; i++)
            Assert.True(automaton.IsFullMatch("/c123ddd"));
        Assert.InRange(automaton.Simulations - simulations, 0, 1);
    }

    [Fact]
    public void ThreadsMayBuildTogether()
    {
        string[] patterns = ["(?:[a-c]+/)*x[0-9]{2,4}(?:a|bc)*", "(?:a|b)*a(?:a|b){7}", "(?i)(?:[a-z]+\\b.?)*", "(?:a|b)*a(?:a|b){30}"];
        foreach (string pattern in patterns)
        {
            var random = new RandomPatterns(11);
            string[] texts = new string[400];
            for (int i = 0; i < texts.Length; i++)
                texts[i] = string.Concat(Enumerable.Range(0, 12).Select(_ => random.NextText()));
            Program program = Compile(pattern);
            bool[] expected = Array.ConvertAll(texts, text => BackwardSweep.IsFullMatch(program, text));
            for (int round = 0; round < 20; round++)
            {
                var automaton = new LazyDfa(program);
                Parallel.For(0, 8, thread =>
                {
                    for (int i = 0; i < texts.Length; i++)
                    {
                        int index = (i + thread * 50) % texts.Length;
                        Assert.Equal(expected[index], automaton.IsFullMatch(texts[index]));
                    }
                });
            }
        }
    }

    [Fact]
    public void LettersAreFew()
    {
        Assert.Equal(2, new Alphabet(Compile("\\pL+")).Count);
        Assert.Equal(5, new Alphabet(Compile("/[a-z]+/[0-9]+/.*")).Count);
        var many = new Alphabet(Compile(string.Concat(Enumerable.Range(0, 200).Select(i => (char)(0x4E00 + i))) + "[a-z]"));
        Assert.Equal(202, many.Count);
        Assert.Equal(many.ClassOf('a'), many.ClassOf('z'));
        Assert.NotEqual(many.ClassOf(0x4E00), many.ClassOf(0x4E01));
        Assert.Equal(many.ClassOf('A'), many.ClassOf(CharSet.MaxRune));
    }

    private static Re2 Parse(string pattern) => Re2.Parse(pattern, out _)!;

    private static Program Compile(string pattern) => Compiler.Compile(new Parser(pattern).Parse()!);
}
