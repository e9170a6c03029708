using System.Globalization;
using System.Runtime.InteropServices;

namespace Mesh.Primitives.Regexes;

/// <summary>Groups, their flags and alternation.</summary>
internal sealed partial class Parser
{
    private bool BeginGroup()
    {
        if (_position + 1 < pattern.Length && pattern[_position + 1] == '?')
            return PerlGroup();
        _position++;
        Push(++GroupCount);
        return true;
    }

    private void Push(int capture)
    {
        _groups.Push(_group);
        _group = new OpenGroup(_operands.Count, capture, _foldCase, _multiLine, _dotMatchesNewline, _swapGreed);
    }

    private bool EndGroup()
    {
        if (_groups.Count == 0)
            return Fail("unexpected )", pattern);
        _position++;
        Node body = CloseAlternation();
        (_foldCase, _multiLine) = (_group.FoldCase, _group.MultiLine);
        (_dotMatchesNewline, _swapGreed) = (_group.DotMatchesNewline, _group.SwapGreed);
        if (_group.Capture > 0)
            body = new CaptureNode(body, _group.Capture);
        _group = _groups.Pop();
        _operands.Add(body);
        return CheckHeight(body);
    }

    /// <summary>Ends a branch at a bar.</summary>
    private void CloseBranch() => (_group.Branches ??= []).Add(TakeConcatenation());

    private Node CloseAlternation()
    {
        Node last = TakeConcatenation();
        if (_group.Branches is not { } branches)
            return last;
        branches.Add(last);
        return new AlternateNode([.. branches]);
    }

    private Node TakeConcatenation()
    {
        int first = _group.FirstOperand, count = _operands.Count - first;
        if (count == 0)
            return EmptyNode.Instance;
        Node node = count == 1 ? _operands[first] : new ConcatNode([.. CollectionsMarshal.AsSpan(_operands)[first..]]);
        _operands.RemoveRange(first, count);
        return node;
    }

    /// <summary>What begins with <c>(?</c>: a named group, a group without a number, or flags.</summary>
    private bool PerlGroup()
    {
        int start = _position;
        ReadOnlySpan<char> rest = pattern.AsSpan(start);
        // Lookbehind looks like a named group; RE2 takes care to call it what it is.
        if (rest.StartsWith("(?<=") || rest.StartsWith("(?<!"))
            return Fail("invalid perl operator", pattern[start..(start + 4)]);
        if ((rest.StartsWith("(?P<") && rest.Length > 4) || (rest.StartsWith("(?<") && rest.Length > 3))
            return NamedGroup(start, start + (rest[2] == 'P' ? 4 : 3));

        _position += 2;
        bool foldCase = _foldCase, multiLine = _multiLine, dotMatchesNewline = _dotMatchesNewline, swapGreed = _swapGreed;
        bool negated = false, any = false;
        while (!AtEnd)
        {
            int flag = Utf16.Next(pattern, ref _position);
            switch (flag)
            {
                case 'i':
                    foldCase = !negated;
                    break;
                case 'm':
                    multiLine = !negated;
                    break;
                case 's':
                    dotMatchesNewline = !negated;
                    break;
                case 'U':
                    swapGreed = !negated;
                    break;
                case '-' when !negated:
                    negated = true;
                    any = false;
                    continue;
                case ':' or ')' when !negated || any:
                    if (flag == ':')
                        Push(capture: 0);
                    (_foldCase, _multiLine, _dotMatchesNewline, _swapGreed) = (foldCase, multiLine, dotMatchesNewline, swapGreed);
                    return true;
                default:
                    return Fail("invalid perl operator", pattern[start.._position]);
            }

            any = true;
        }

        return Fail("invalid perl operator", pattern[start..]);
    }

    private bool NamedGroup(int start, int nameStart)
    {
        int end = pattern.IndexOf('>', nameStart);
        if (end < 0)
            return Fail("invalid named capture group", pattern[start..]);
        if (!IsName(pattern.AsSpan(nameStart, end - nameStart)))
            return Fail("invalid named capture group", pattern[start..(end + 1)]);
        _position = end + 1;
        Push(++GroupCount);
        return true;
    }

    private static bool IsName(ReadOnlySpan<char> name)
    {
        for (int i = 0; i < name.Length;)
        {
            if (CharUnicodeInfo.GetUnicodeCategory(Utf16.Next(name, ref i)) is not (
                <= UnicodeCategory.SpacingCombiningMark or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber
                or UnicodeCategory.ConnectorPunctuation))
            {
                return false;
            }
        }

        return name.Length > 0;
    }

    /// <summary>A group that is not closed yet, with the flags that hold again behind it.</summary>
    private struct OpenGroup(int firstOperand, int capture, bool foldCase, bool multiLine, bool dotMatchesNewline, bool swapGreed)
    {
        public readonly int FirstOperand = firstOperand;
        public readonly int Capture = capture;
        public readonly bool FoldCase = foldCase;
        public readonly bool MultiLine = multiLine;
        public readonly bool DotMatchesNewline = dotMatchesNewline;
        public readonly bool SwapGreed = swapGreed;
        public List<Node>? Branches;
    }
}
