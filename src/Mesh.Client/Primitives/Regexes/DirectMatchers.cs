using System.Text;

namespace Mesh.Primitives.Regexes;

/// <summary>
/// Looks for a matcher that needs no automaton. Groups and greed do not matter to a full match, so they are looked through.
/// </summary>
internal sealed class DirectMatchers
{
    // Beyond this an automaton, which reads each character once, is faster than trying one after the other.
    private const int MaxBranches = 16;

    private readonly List<Piece> _pieces = [];
    private readonly StringBuilder _text = new();
    private bool _ended;

    private DirectMatchers()
    {
    }

    /// <summary>Null when the expression is none of the simple ones.</summary>
    public static FullMatcher? Find(Node root)
    {
        Node node = Strip(root);
        if (node is AlternateNode alternate && !TryLiterals(alternate, out _))
        {
            if (alternate.Branches.Length > MaxBranches)
                return null;
            var matchers = new FullMatcher[alternate.Branches.Length];
            for (int i = 0; i < matchers.Length; i++)
            {
                if (Find(alternate.Branches[i]) is not { } matcher)
                    return null;
                matchers[i] = matcher;
            }

            return new AnyMatcher(matchers);
        }

        var sequence = new DirectMatchers();
        return sequence.Add(node) ? sequence.Build() : null;
    }

    /// <summary>Takes off groups, and the anchors that hold at both ends of every full match.</summary>
    private static Node Strip(Node node)
    {
        while (true)
        {
            switch (node)
            {
                case CaptureNode capture:
                    node = capture.Body;
                    continue;
                case ConcatNode { Parts: [AssertionNode { Assertion: Assertion.BeginText }, var only] }:
                    node = only;
                    continue;
                case ConcatNode { Parts: [var only, AssertionNode { Assertion: Assertion.EndText }] }:
                    node = only;
                    continue;
                case ConcatNode
                {
                    Parts: [AssertionNode { Assertion: Assertion.BeginText }, var only, AssertionNode { Assertion: Assertion.EndText }],
                }:
                    node = only;
                    continue;
                default:
                    return node;
            }
        }
    }

    private bool Add(Node node)
    {
        switch (node)
        {
            case EmptyNode:
                return true;
            case AssertionNode { Assertion: Assertion.BeginText }:
                return _pieces.Count == 0 && _text.Length == 0;
            case AssertionNode { Assertion: Assertion.EndText }:
                return _ended = true;
            case AssertionNode:
                return false;
            case CaptureNode capture:
                return Add(capture.Body);
            case ConcatNode concat:
                return Array.TrueForAll(concat.Parts, Add);
        }

        // Nothing is read behind the end.
        if (_ended)
            return false;
        switch (node)
        {
            case RuneNode { Rune: var rune }:
                return TryAppend(_text, rune);
            case SetNode { Set: { Ranges: [var first, var last] } } when first == last:
                return TryAppend(_text, first);
            case RepeatNode repeat when AsSet(repeat.Body) is { } set:
                return AddRun(set, repeat.Min, repeat.Max);
            case RepeatNode { Min: 0, Max: 1 } repeat when TryLiteral(repeat.Body, out string? text):
                AddPiece(new ChoicePiece([text, ""]));
                return true;
            case AlternateNode alternate when TryLiterals(alternate, out string[]? texts):
                AddPiece(new ChoicePiece(texts));
                return true;
            default:
                return AsSet(node) is { } one && AddRun(one, 1, 1);
        }
    }

    private bool AddRun(CharSet set, int min, int max)
    {
        if (!UnitSet.TryCreate(set, out UnitSet units))
            return false;
        AddPiece(new RunPiece(units, min, max));
        return true;
    }

    private void AddPiece(Piece piece)
    {
        FlushText();
        _pieces.Add(piece);
    }

    private void FlushText()
    {
        if (_text.Length == 0)
            return;
        _pieces.Add(new TextPiece(_text.ToString()));
        _text.Clear();
    }

    private FullMatcher? Build()
    {
        FlushText();
        if (_pieces is [RunPiece { MatchesAnything: true } before, TextPiece text, RunPiece { MatchesAnything: true } after]
            && text.IsMadeOf(before.Set) && before.Set.Equals(after.Set))
        {
            return new ContainsMatcher(before.Set, text);
        }

        int openRun = -1;
        UnitSet follow = default;
        for (int i = _pieces.Count - 1; i >= 0; i--)
        {
            Piece piece = _pieces[i];
            if (piece is RunPiece { IsFixed: false } run && run.Set.Overlaps(follow))
            {
                if (openRun >= 0 || !run.CountsUnits || !IsFixedToEnd(i + 1))
                    return null;
                openRun = i;
            }

            follow = piece.IsNullable ? follow.Union(piece.First) : piece.First;
        }

        int heads = openRun < 0 ? _pieces.Count - 1 : openRun;
        for (int i = 0; i < heads; i++)
        {
            if (_pieces[i] is ChoicePiece { IsPrefixFree: false })
                return null;
        }

        return new SequenceMatcher([.. _pieces], openRun);
    }

    private bool IsFixedToEnd(int index)
    {
        for (int i = index; i < _pieces.Count; i++)
        {
            if (_pieces[i] is not (TextPiece or ChoicePiece { IsSuffixFree: true }))
                return false;
        }

        return true;
    }

    /// <summary>The set of one character, if the node always reads one.</summary>
    private static CharSet? AsSet(Node node)
    {
        switch (node)
        {
            case RuneNode { Rune: var rune }:
                return new CharSet(rune, rune);
            case SetNode set:
                return set.Set;
            case CaptureNode capture:
                return AsSet(capture.Body);
            case AlternateNode alternate:
                var builder = new CharSetBuilder();
                foreach (Node branch in alternate.Branches)
                {
                    if (AsSet(branch) is not { } set)
                        return null;
                    builder.Add(set);
                }

                return builder.Build(negated: false);
            default:
                return null;
        }
    }

    private static bool TryLiterals(AlternateNode alternate, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out string[]? texts)
    {
        texts = null;
        if (alternate.Branches.Length > MaxBranches)
            return false;
        string[] found = new string[alternate.Branches.Length];
        for (int i = 0; i < found.Length; i++)
        {
            if (!TryLiteral(alternate.Branches[i], out found[i]!))
                return false;
        }

        texts = found;
        return true;
    }

    private static bool TryLiteral(Node node, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out string? text)
    {
        var builder = new StringBuilder();
        text = TryLiteral(node, builder) ? builder.ToString() : null;
        return text is not null;
    }

    private static bool TryLiteral(Node node, StringBuilder builder) => node switch
    {
        EmptyNode => true,
        RuneNode rune => TryAppend(builder, rune.Rune),
        CaptureNode capture => TryLiteral(capture.Body, builder),
        ConcatNode concat => Array.TrueForAll(concat.Parts, part => TryLiteral(part, builder)),
        _ => false,
    };

    /// <summary>False for half a surrogate pair: as a unit it would match within a pair.</summary>
    private static bool TryAppend(StringBuilder text, int rune)
    {
        if (!Rune.IsValid(rune))
            return false;
        Span<char> units = stackalloc char[2];
        text.Append(units[..new Rune(rune).EncodeToUtf16(units)]);
        return true;
    }
}
