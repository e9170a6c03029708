namespace Mesh.Primitives.Regexes;

/// <summary>
/// Reads RE2's default syntax (<see href="https://github.com/google/re2/wiki/Syntax"/>). It reads from left to right and keeps open
/// groups on a stack of its own, so that depth costs no recursion; errors are in RE2's words, with RE2's choice of culprit.
/// </summary>
internal sealed partial class Parser(string pattern)
{
    /// <summary>As in RE2.</summary>
    public const int MaxRepeat = 1000;

    /// <summary>What a pattern beyond the bounds is told.</summary>
    public const string TooLarge = "pattern too large - compile failed";

    /// <summary>The deepest tree; Go's RE2 has the same bound, the C++ one has none.</summary>
    public const int MaxHeight = 1000;

    /// <summary>The most ranges that the sets of one pattern may be made of; <c>\pL</c> has some 650.</summary>
    private const int MaxRanges = 1_000_000;

    private readonly List<Node> _operands = [];
    private readonly Stack<OpenGroup> _groups = new();
    private OpenGroup _group;
    private bool _foldCase;
    private bool _multiLine;
    private bool _dotMatchesNewline;
    private bool _swapGreed;
    private int _position;
    private int _ranges;

    /// <summary>How many capturing groups were opened.</summary>
    public int GroupCount { get; private set; }

    /// <summary>Why <see cref="Parse"/> returned null.</summary>
    public string Error { get; private set; } = "";

    private bool AtEnd => _position == pattern.Length;

    public Node? Parse()
    {
        int repeatStart = -1;
        while (!AtEnd)
        {
            int start = _position;
            char c = pattern[start];
            bool isRepeat = c is '*' or '+' or '?';
            int min = 0, max = 0;
            if (isRepeat)
            {
                _position++;
                (min, max) = c switch { '*' => (0, RepeatNode.Unbounded), '+' => (1, RepeatNode.Unbounded), _ => (0, 1) };
            }
            else if (c == '{')
            {
                isRepeat = TryReadCounts(out min, out max);
            }

            if (!(isRepeat ? Repeat(start, repeatStart, min, max) : Operand(c)))
                return null;
            repeatStart = isRepeat ? start : -1;
        }

        if (_groups.Count > 0)
        {
            Fail("missing )", pattern);
            return null;
        }

        Node root = CloseAlternation();
        return CheckHeight(root) ? root : null;
    }

    private bool Operand(char c)
    {
        switch (c)
        {
            case '(':
                return BeginGroup();
            case ')':
                return EndGroup();
            case '|':
                _position++;
                CloseBranch();
                return true;
            case '[':
                return CharacterClass();
            case '\\':
                return Escape();
            case '.':
                _position++;
                _operands.Add(_dotMatchesNewline ? SetNode.Any : SetNode.AnyButNewline);
                return true;
            case '^':
                _position++;
                _operands.Add(new AssertionNode(_multiLine ? Assertion.BeginLine : Assertion.BeginText));
                return true;
            case '$':
                _position++;
                _operands.Add(new AssertionNode(_multiLine ? Assertion.EndLine : Assertion.EndText));
                return true;
            default:
                return Literal(Utf16.Next(pattern, ref _position));
        }
    }

    private bool Literal(int rune)
    {
        if (!_foldCase || !CaseFolding.HasCase(rune))
        {
            _operands.Add(RuneNode.Of(rune));
            return true;
        }

        var builder = new CharSetBuilder();
        builder.Add(rune, rune, foldCase: true);
        return Set(builder, negated: false);
    }

    private bool Set(CharSetBuilder builder, bool negated)
    {
        _ranges += builder.Count;
        _operands.Add(new SetNode(builder.Build(negated)));
        return _ranges <= MaxRanges || Fail(TooLarge, "");
    }

    /// <summary>Reads <c>{n}</c>, <c>{n,}</c> or <c>{n,m}</c>; any other brace is a literal, and so is a count of ten digits.</summary>
    private bool TryReadCounts(out int min, out int max)
    {
        int start = _position++;
        max = 0;
        if (TryReadCount(out min))
        {
            max = min;
            if (!AtEnd && pattern[_position] == ',')
            {
                _position++;
                max = RepeatNode.Unbounded;
                if (!AtEnd && pattern[_position] != '}' && !TryReadCount(out max))
                {
                    _position = start;
                    return false;
                }
            }

            if (!AtEnd && pattern[_position] == '}')
            {
                _position++;
                return true;
            }
        }

        _position = start;
        return false;
    }

    private bool TryReadCount(out int count)
    {
        int start = _position;
        count = 0;
        while (!AtEnd && char.IsAsciiDigit(pattern[_position]))
        {
            if (count >= 100_000_000)
                return false;
            count = count * 10 + (pattern[_position++] - '0');
        }

        return _position > start && (_position == start + 1 || pattern[start] != '0');
    }

    /// <param name="start">Where the operator begins.</param>
    /// <param name="previous">Where a repetition right before it began, or -1: they do not stack.</param>
    /// <param name="min">The fewest copies.</param>
    /// <param name="max">The most copies.</param>
    private bool Repeat(int start, int previous, int min, int max)
    {
        bool lazy = !AtEnd && pattern[_position] == '?';
        if (lazy)
            _position++;
        if (previous >= 0)
            return Fail("bad repetition operator", pattern[previous.._position]);
        string text = pattern[start.._position];
        if (min > MaxRepeat || max > MaxRepeat || (max != RepeatNode.Unbounded && max < min))
            return Fail("invalid repetition size", text);
        if (_operands.Count == _group.FirstOperand)
            return Fail("no argument for repetition operator", text);
        var repeat = new RepeatNode(_operands[^1], min, max, lazy == _swapGreed);
        if (repeat.MaxRepeat > MaxRepeat)
            return Fail("invalid repetition size", text);
        _operands[^1] = repeat;
        return true;
    }

    private bool CheckHeight(Node node) => node.Height <= MaxHeight || Fail("expression nests too deeply", "");

    /// <returns>Always false.</returns>
    private bool Fail(string message, string argument)
    {
        Error = argument.Length == 0 ? message : $"{message}: {argument}";
        return false;
    }
}
