namespace Mesh.Primitives.Regexes;

/// <summary>What holds between two characters.</summary>
[Flags]
internal enum Assertion
{
    None = 0,
    BeginText = 1,
    EndText = 2,
    BeginLine = 4,
    EndLine = 8,
    WordBoundary = 16,
    NoWordBoundary = 32,
}

/// <summary>Which assertions hold at a place.</summary>
internal static class Place
{
    /// <summary>The neighbour of the first and the last character.</summary>
    public const int None = -1;

    /// <param name="before">The code point before, or <see cref="None"/> at the beginning of the text.</param>
    /// <param name="after">The code point after, or <see cref="None"/> at the end.</param>
    public static Assertion Between(int before, int after)
    {
        Assertion holds = IsWord(before) == IsWord(after) ? Assertion.NoWordBoundary : Assertion.WordBoundary;
        if (before is None)
            holds |= Assertion.BeginText;
        if (before is None or '\n')
            holds |= Assertion.BeginLine;
        if (after is None)
            holds |= Assertion.EndText;
        if (after is None or '\n')
            holds |= Assertion.EndLine;
        return holds;
    }

    private static bool IsWord(int rune) => rune >= 0 && CharSet.Word.Contains(rune);
}
