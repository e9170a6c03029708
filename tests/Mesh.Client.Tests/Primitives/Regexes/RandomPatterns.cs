using System.Text;

namespace Mesh.Client.Tests.Primitives.Regexes;

/// <summary>Patterns and texts over a small alphabet, where most things meet; the seed is the test.</summary>
internal sealed class RandomPatterns(int seed)
{
    private static readonly string[] Letters = ["a", "b", "c", "a", "b", "/", ".", "[ab]", "[^a]", "[^/]", "a", "b"];
    private static readonly string[] Places = ["^", "$", "\\b", "\\B"];
    private static readonly string[] Repeats = ["*", "+", "?", "*?", "+?", "??", "{2}", "{1,2}", "{0,2}?", "{2,}", "{0}", "{0,}"];

    private readonly Random _random = new(seed);

    public string NextPattern()
    {
        var pattern = new StringBuilder();
        Alternation(pattern, _random.Next(1, 5));
        return pattern.ToString();
    }

    public string NextText()
    {
        var text = new StringBuilder();
        for (int length = _random.Next(9); length > 0; length--)
            text.Append("aabbc/\n "[_random.Next(8)]);
        return text.ToString();
    }

    private void Alternation(StringBuilder pattern, int depth)
    {
        for (int branches = _random.Next(3) == 0 ? _random.Next(2, 4) : 1; branches > 0; branches--)
        {
            for (int parts = _random.Next(branches == 1 && _random.Next(8) == 0 ? 0 : 1, 4); parts > 0; parts--)
                Part(pattern, depth - 1);
            if (branches > 1)
                pattern.Append('|');
        }
    }

    private void Part(StringBuilder pattern, int depth)
    {
        if (_random.Next(12) == 0)
        {
            pattern.Append(Places[_random.Next(Places.Length)]);
            return;
        }

        if (depth <= 0 || _random.Next(2) == 0)
        {
            pattern.Append(Letters[_random.Next(Letters.Length)]);
        }
        else
        {
            pattern.Append(_random.Next(2) == 0 ? "(" : "(?:");
            Alternation(pattern, depth);
            pattern.Append(')');
        }

        if (_random.Next(3) == 0)
            pattern.Append(Repeats[_random.Next(Repeats.Length)]);
    }
}
