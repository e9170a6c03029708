using System.Globalization;

namespace Mesh.Client.Tests.Primitives.Regexes;

/// <summary>
/// A plain backtracking matcher for a small syntax (literals, dot, sets of letters, groups, alternation, all repetitions, anchors and
/// word boundaries), which shares nothing with the product: what it finds first is the leftmost-first match by definition.
/// </summary>
internal sealed class ReferenceMatcher
{
    private readonly string _pattern;
    private readonly Step _match;
    private int _at;
    private int _groups;

    public ReferenceMatcher(string pattern)
    {
        _pattern = pattern;
        (_match, _) = Alternation();
    }

    /// <summary>Tries all ways from a place in the order of preference, until <paramref name="next"/> takes one.</summary>
    private delegate bool Step(string text, int at, int[] slots, Func<int, bool> next);

    /// <summary>Whether a loop's body may be empty: engines differ in which empty round of it they prefer.</summary>
    public bool HasEmptyRounds { get; private set; }

    public bool IsFullMatch(string text) => _match(text, 0, NewSlots(), end => end == text.Length);

    /// <summary>Begin and end of the first match and of its groups, or null.</summary>
    public int[]? Find(string text, int from)
    {
        for (int start = from; start <= text.Length; start++)
        {
            int[] slots = NewSlots();
            int end = -1;
            if (_match(text, start, slots, found => (end = found) >= 0))
            {
                (slots[0], slots[1]) = (start, end);
                return slots;
            }
        }

        return null;
    }

    /// <summary>Every match rewritten as its groups in turn, by the rules of RE2::GlobalReplace.</summary>
    public string ReplaceByGroups(string text)
    {
        var result = new System.Text.StringBuilder();
        int at = 0, lastEnd = -1;
        while (at <= text.Length && Find(text, at) is { } slots)
        {
            result.Append(text, at, slots[0] - at);
            at = slots[1];
            if (slots[0] == lastEnd && at == lastEnd)
            {
                if (at < text.Length)
                    result.Append(text[at]);
                at++;
                continue;
            }

            for (int group = 0; group < slots.Length / 2; group++)
                result.Append('<').Append(slots[2 * group] < 0 ? "" : text[slots[2 * group]..slots[2 * group + 1]]).Append('>');
            lastEnd = at;
        }

        return at < text.Length ? result.Append(text, at, text.Length - at).ToString() : result.ToString();
    }

    private static bool IsWord(string text, int at) =>
        at >= 0 && at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] == '_');

    private static Step Read(Func<char, bool> matches) =>
        (text, at, _, next) => at < text.Length && matches(text[at]) && next(at + 1);

    private static Step Check(Func<string, int, bool> holds) => (text, at, _, next) => holds(text, at) && next(at);

    private static Step Loop(Step body, int min, int max, bool lazy)
    {
        return (text, at, slots, next) => Round(text, at, slots, next, 0);

        bool Round(string text, int at, int[] slots, Func<int, bool> next, int count)
        {
            if (count < min)
                return More();
            return lazy ? next(at) || (count < max && More()) : (count < max && More()) || next(at);

            // Beyond the least number an empty round leads out of the loop.
            bool More() => body(text, at, slots, end => end == at && count >= min ? next(end) : Round(text, end, slots, next, count + 1));
        }
    }

    private int[] NewSlots()
    {
        int[] slots = new int[2 * (_groups + 1)];
        Array.Fill(slots, -1);
        return slots;
    }

    private (Step Match, bool Nullable) Alternation()
    {
        (Step match, bool nullable) = Sequence();
        while (_at < _pattern.Length && _pattern[_at] == '|')
        {
            _at++;
            Step first = match;
            (Step second, bool secondNullable) = Sequence();
            match = (text, at, slots, next) => first(text, at, slots, next) || second(text, at, slots, next);
            nullable |= secondNullable;
        }

        return (match, nullable);
    }

    private (Step Match, bool Nullable) Sequence()
    {
        Step match = (_, at, _, next) => next(at);
        bool nullable = true;
        while (_at < _pattern.Length && _pattern[_at] is not ('|' or ')'))
        {
            Step first = match;
            (Step second, bool secondNullable) = Repetition();
            match = (text, at, slots, next) => first(text, at, slots, middle => second(text, middle, slots, next));
            nullable &= secondNullable;
        }

        return (match, nullable);
    }

    private (Step Match, bool Nullable) Repetition()
    {
        (Step body, bool nullable) = Atom();
        if (_at == _pattern.Length || _pattern[_at] is not ('*' or '+' or '?' or '{'))
            return (body, nullable);
        (int min, int max) = _pattern[_at++] switch { '*' => (0, int.MaxValue), '+' => (1, int.MaxValue), '?' => (0, 1), _ => Counts() };
        bool lazy = _at < _pattern.Length && _pattern[_at] == '?';
        if (lazy)
            _at++;
        HasEmptyRounds |= nullable;
        return (Loop(body, min, max, lazy), nullable || min == 0);
    }

    private (int Min, int Max) Counts()
    {
        int close = _pattern.IndexOf('}', _at);
        string[] counts = _pattern[_at..close].Split(',');
        _at = close + 1;
        int min = int.Parse(counts[0], CultureInfo.InvariantCulture);
        if (counts.Length == 1)
            return (min, min);
        return (min, counts[1].Length == 0 ? int.MaxValue : int.Parse(counts[1], CultureInfo.InvariantCulture));
    }

    private (Step Match, bool Nullable) Atom()
    {
        char c = _pattern[_at++];
        switch (c)
        {
            case '(':
                bool captures = _pattern[_at] != '?';
                int group = captures ? ++_groups : 0;
                _at += captures ? 0 : 2;
                (Step body, bool nullable) = Alternation();
                _at++;
                return (captures ? Capture(body, group) : body, nullable);
            case '[':
                bool negated = _pattern[_at] == '^';
                int close = _pattern.IndexOf(']', _at);
                string members = _pattern[(_at + (negated ? 1 : 0))..close];
                _at = close + 1;
                return (Read(read => members.Contains(read, StringComparison.Ordinal) != negated), false);
            case '.':
                return (Read(read => read != '\n'), false);
            case '^':
                return (Check((_, at) => at == 0), true);
            case '$':
                return (Check((text, at) => at == text.Length), true);
            case '\\':
                bool boundary = _pattern[_at++] == 'b';
                return (Check((text, at) => IsWord(text, at - 1) != IsWord(text, at) == boundary), true);
            default:
                return (Read(read => read == c), false);
        }
    }

    private static Step Capture(Step body, int group) => (text, at, slots, next) =>
    {
        (int begin, int end) = (slots[2 * group], slots[2 * group + 1]);
        if (body(text, at, slots, found =>
        {
            (int innerBegin, int innerEnd) = (slots[2 * group], slots[2 * group + 1]);
            (slots[2 * group], slots[2 * group + 1]) = (at, found);
            if (next(found))
                return true;
            (slots[2 * group], slots[2 * group + 1]) = (innerBegin, innerEnd);
            return false;
        }))
        {
            return true;
        }

        (slots[2 * group], slots[2 * group + 1]) = (begin, end);
        return false;
    };
}
