namespace Mesh.Primitives.Regexes;

/// <summary>What stands in brackets, and <c>\p{...}</c>.</summary>
internal sealed partial class Parser
{
    private bool CharacterClass()
    {
        int start = _position++;
        bool negated = !AtEnd && pattern[_position] == '^';
        if (negated)
            _position++;
        var builder = new CharSetBuilder();
        // A bracket that comes first is a member, not the end.
        for (bool first = true; !AtEnd && (first || pattern[_position] != ']'); first = false)
        {
            if (!ClassMember(builder, start))
                return false;
        }

        if (AtEnd)
            return Fail("missing ]", pattern[start..]);
        _position++;
        return Set(builder, negated);
    }

    private bool ClassMember(CharSetBuilder builder, int classStart)
    {
        ReadOnlySpan<char> rest = pattern.AsSpan(_position);
        if (rest.StartsWith("[:") && rest[2..].IndexOf(":]") is >= 0 and int length)
            return PosixClass(builder, length + 4);
        if (rest.Length > 2 && rest[0] == '\\' && rest[1] is 'p' or 'P')
            return UnicodeClass(builder);
        if (rest.Length > 1 && rest[0] == '\\' && PerlClass(rest[1]) is { } set)
        {
            _position += 2;
            builder.Add(set, negated: char.IsAsciiLetterUpper(rest[1]), _foldCase);
            return true;
        }

        int start = _position;
        if (!ClassRune(classStart, out int first))
            return false;
        int last = first;
        // The minus of [a-] is a member.
        if (_position + 1 < pattern.Length && pattern[_position] == '-' && pattern[_position + 1] != ']')
        {
            _position++;
            if (!ClassRune(classStart, out last))
                return false;
            if (last < first)
                return Fail("invalid character class range", pattern[start.._position]);
        }

        builder.Add(first, last, _foldCase);
        return true;
    }

    private bool ClassRune(int classStart, out int rune)
    {
        rune = 0;
        if (AtEnd)
            return Fail("missing ]", pattern[classStart..]);
        if (pattern[_position] == '\\')
            return EscapedRune(out rune);
        rune = Utf16.Next(pattern, ref _position);
        return true;
    }

    private bool PosixClass(CharSetBuilder builder, int length)
    {
        string text = pattern.Substring(_position, length);
        bool negated = text[2] == '^';
        CharSet? set = text[(negated ? 3 : 2)..^2] switch
        {
            "alnum" => new CharSet('0', '9', 'A', 'Z', 'a', 'z'),
            "alpha" => new CharSet('A', 'Z', 'a', 'z'),
            "ascii" => new CharSet(0, 127),
            "blank" => new CharSet('\t', '\t', ' ', ' '),
            "cntrl" => new CharSet(0, 31, 127, 127),
            "digit" => new CharSet('0', '9'),
            "graph" => new CharSet('!', '~'),
            "lower" => new CharSet('a', 'z'),
            "print" => new CharSet(' ', '~'),
            "punct" => new CharSet('!', '/', ':', '@', '[', '`', '{', '~'),
            "space" => new CharSet('\t', '\r', ' ', ' '),
            "upper" => new CharSet('A', 'Z'),
            "word" => CharSet.Word,
            "xdigit" => new CharSet('0', '9', 'A', 'F', 'a', 'f'),
            _ => null,
        };
        if (set is null)
            return Fail("invalid character class range", text);
        _position += length;
        builder.Add(set, negated, _foldCase);
        return true;
    }

    /// <summary>The set of <c>\d</c>, <c>\s</c> and <c>\w</c>, or of the capitals that mean the opposite; else null.</summary>
    private static CharSet? PerlClass(char letter) => letter switch
    {
        'd' or 'D' => new CharSet('0', '9'),
        's' or 'S' => new CharSet('\t', '\n', '\f', '\r', ' ', ' '),
        'w' or 'W' => CharSet.Word,
        _ => null,
    };

    /// <summary>Reads <c>\pL</c>, <c>\p{Greek}</c>, <c>\P{Greek}</c> or <c>\p{^Greek}</c>.</summary>
    private bool UnicodeClass(CharSetBuilder builder)
    {
        int start = _position;
        bool negated = pattern[start + 1] == 'P';
        _position += 2;
        string name = "";
        if (!AtEnd && pattern[_position] == '{')
        {
            int end = pattern.IndexOf('}', _position);
            if (end < 0)
                return Fail("invalid character class range", pattern[start..]);
            name = pattern[(_position + 1)..end];
            _position = end + 1;
        }
        else if (!AtEnd)
        {
            int nameStart = _position;
            Utf16.Next(pattern, ref _position);
            name = pattern[nameStart.._position];
        }

        if (name.StartsWith('^'))
        {
            negated = !negated;
            name = name[1..];
        }

        if (UnicodeClasses.Find(name) is not { } set)
            return Fail("invalid character class range", pattern[start.._position]);
        builder.Add(set, negated, _foldCase);
        return true;
    }
}
