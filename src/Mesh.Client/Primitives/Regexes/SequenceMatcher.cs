namespace Mesh.Primitives.Regexes;

/// <summary>
/// Matches paths as most routes write them, without an automaton: literals and runs of a set in a row, each of which can end in one
/// place only. One run may be open where it ends, if what follows is fixed to the end of the text.
/// </summary>
internal sealed class SequenceMatcher(Piece[] pieces, int openRun) : FullMatcher
{
    public override bool IsFullMatch(ReadOnlySpan<char> input)
    {
        ReadOnlySpan<char> rest = input;
        int heads = openRun < 0 ? pieces.Length : openRun;
        for (int i = 0; i < heads; i++)
        {
            Piece piece = pieces[i];
            // The last has to take all the rest, so none of its literals may take less.
            if (i == pieces.Length - 1 && piece is ChoicePiece choice)
                return choice.IsMatch(rest);
            int length = piece.MatchStart(rest);
            if (length < 0)
                return false;
            rest = rest[length..];
        }

        if (openRun < 0)
            return rest.IsEmpty;
        for (int i = pieces.Length - 1; i > openRun; i--)
        {
            int length = pieces[i].MatchEnd(rest);
            if (length < 0)
                return false;
            rest = rest[..^length];
        }

        return ((RunPiece)pieces[openRun]).MatchAll(rest);
    }
}

/// <summary><c>.*text.*</c>: all is of the set, and the text is in it.</summary>
internal sealed class ContainsMatcher(UnitSet set, TextPiece text) : FullMatcher
{
    public override bool IsFullMatch(ReadOnlySpan<char> input) => text.IsIn(input) && set.RunLength(input) == input.Length;
}

/// <summary>Several of which one has to match.</summary>
internal sealed class AnyMatcher(FullMatcher[] matchers) : FullMatcher
{
    public override bool IsFullMatch(ReadOnlySpan<char> input)
    {
        foreach (FullMatcher matcher in matchers)
        {
            if (matcher.IsFullMatch(input))
                return true;
        }

        return false;
    }
}
