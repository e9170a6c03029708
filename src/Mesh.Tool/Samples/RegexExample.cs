using System.Text;
using Mesh.Primitives.Regexes;

namespace Mesh.Tool.Samples;

/// <summary>A text that a regular expression matches: the first branch, as few repetitions as do, and readable characters.</summary>
internal static class RegexExample
{
    private const string Preferred = "a1A/-_.";

    /// <summary>A text; null when none was found, as for expressions with word boundaries in odd places.</summary>
    public static string? Of(string pattern)
    {
        var text = new StringBuilder();
        return new Parser(pattern).Parse() is { } root && Append(root, text) && Re2.Parse(pattern, out _) is { } regex && regex.IsFullMatch(text.ToString())
            ? text.ToString()
            : null;
    }

    /// <summary>False when nothing matches the node.</summary>
    private static bool Append(Node node, StringBuilder text) => node switch
    {
        RuneNode rune => Append(rune.Rune, text),
        SetNode set => Pick(set.Set) is { } rune && Append(rune, text),
        CaptureNode capture => Append(capture.Body, text),
        ConcatNode concat => Array.TrueForAll(concat.Parts, part => Append(part, text)),
        AlternateNode alternate => AppendFirst(alternate.Branches, text),
        RepeatNode repeat => Append(repeat, text),
        _ => true,
    };

    private static bool Append(int rune, StringBuilder text)
    {
        bool isCharacter = Rune.IsValid(rune);
        if (isCharacter)
            text.Append(new Rune(rune).ToString());
        return isCharacter;
    }

    // What may be there any number of times is there once, as in most requests.
    private static bool Append(RepeatNode repeat, StringBuilder text)
    {
        int times = repeat is { Min: 0, Max: RepeatNode.Unbounded } ? 1 : repeat.Min;
        for (int i = 0; i < times; i++)
        {
            if (!Append(repeat.Body, text))
                return false;
        }

        return true;
    }

    private static bool AppendFirst(Node[] branches, StringBuilder text)
    {
        int length = text.Length;
        foreach (Node branch in branches)
        {
            if (Append(branch, text))
                return true;
            text.Length = length;
        }

        return false;
    }

    private static int? Pick(CharSet set)
    {
        foreach (char c in Preferred)
        {
            if (set.Contains(c))
                return c;
        }

        for (int c = '!'; c <= '~'; c++)
        {
            if (set.Contains(c))
                return c;
        }

        return set.Ranges.IsEmpty ? null : set.Ranges[0];
    }
}
