namespace Mesh.Primitives.Regexes;

/// <summary>A part of a <see cref="SequenceMatcher"/>.</summary>
internal abstract class Piece
{
    /// <summary>What it may begin with.</summary>
    public abstract UnitSet First { get; }

    public abstract bool IsNullable { get; }

    /// <summary>The length of its match at the beginning of <paramref name="text"/>, or -1.</summary>
    public abstract int MatchStart(ReadOnlySpan<char> text);

    /// <summary>The length of its match at the end of <paramref name="text"/>, or -1.</summary>
    public abstract int MatchEnd(ReadOnlySpan<char> text);
}

/// <summary>A literal.</summary>
internal sealed class TextPiece(string literal) : Piece
{
    public override UnitSet First => UnitSet.Around(literal[0]);

    public override bool IsNullable => false;

    public override int MatchStart(ReadOnlySpan<char> text) => text.StartsWith(literal) ? literal.Length : -1;

    public override int MatchEnd(ReadOnlySpan<char> text) => text.EndsWith(literal) ? literal.Length : -1;

    public bool IsIn(ReadOnlySpan<char> text) => text.IndexOf(literal) >= 0;

    public bool IsMadeOf(UnitSet set) => set.RunLength(literal) == literal.Length;
}

/// <summary>One of some literals.</summary>
internal sealed class ChoicePiece(string[] literals) : Piece
{
    public override UnitSet First
    {
        get
        {
            UnitSet first = default;
            foreach (string literal in literals)
            {
                if (literal.Length > 0)
                    first = first.Union(UnitSet.Around(literal[0]));
            }

            return first;
        }
    }

    public override bool IsNullable => Array.IndexOf(literals, "") >= 0;

    /// <summary>Whether one of the literals at most can match at the beginning.</summary>
    public bool IsPrefixFree => !AnyPair((a, b) => a.StartsWith(b, StringComparison.Ordinal));

    /// <summary>Whether one of the literals at most can match at the end.</summary>
    public bool IsSuffixFree => !AnyPair((a, b) => a.EndsWith(b, StringComparison.Ordinal));

    public bool IsMatch(ReadOnlySpan<char> text)
    {
        foreach (string literal in literals)
        {
            if (text.SequenceEqual(literal))
                return true;
        }

        return false;
    }

    public override int MatchStart(ReadOnlySpan<char> text)
    {
        foreach (string literal in literals)
        {
            if (text.StartsWith(literal))
                return literal.Length;
        }

        return -1;
    }

    public override int MatchEnd(ReadOnlySpan<char> text)
    {
        foreach (string literal in literals)
        {
            if (text.EndsWith(literal))
                return literal.Length;
        }

        return -1;
    }

    private bool AnyPair(Func<string, string, bool> predicate)
    {
        for (int i = 0; i < literals.Length; i++)
        {
            for (int j = 0; j < literals.Length; j++)
            {
                if (i != j && predicate(literals[i], literals[j]))
                    return true;
            }
        }

        return false;
    }
}

/// <summary>So many characters of a set, as many as there are.</summary>
internal sealed class RunPiece(UnitSet set, int min, int max) : Piece
{
    // A unit is a code point unless it belongs to a surrogate pair.
    private readonly bool _countsPairs = set.BeyondAscii && (min > 1 || max != RepeatNode.Unbounded);

    public UnitSet Set => set;

    public override UnitSet First => set;

    public override bool IsNullable => min == 0;

    public bool IsFixed => min == max;

    /// <summary>Whether <see cref="MatchAll"/> can tell by the length in units.</summary>
    public bool CountsUnits => !_countsPairs;

    public bool MatchesAnything => min == 0 && max == RepeatNode.Unbounded;

    public override int MatchStart(ReadOnlySpan<char> text)
    {
        if (_countsPairs)
            return MatchRunes(text);
        int length = set.RunLength(max == RepeatNode.Unbounded || max >= text.Length ? text : text[..max]);
        return length < min ? -1 : length;
    }

    public override int MatchEnd(ReadOnlySpan<char> text) => -1;

    public bool MatchAll(ReadOnlySpan<char> text) =>
        text.Length >= min && (max == RepeatNode.Unbounded || text.Length <= max) && set.RunLength(text) == text.Length;

    private int MatchRunes(ReadOnlySpan<char> text)
    {
        int length = 0;
        for (int count = 0; count != max; count++)
        {
            if (length == text.Length || !set.Has(text[length]))
                return count < min ? -1 : length;
            Utf16.Next(text, ref length);
        }

        return length;
    }
}
