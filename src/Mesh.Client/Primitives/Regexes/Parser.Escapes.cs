namespace Mesh.Primitives.Regexes;

/// <summary>What begins with a backslash.</summary>
internal sealed partial class Parser
{
    private bool Escape()
    {
        char letter = _position + 1 < pattern.Length ? pattern[_position + 1] : '\0';
        switch (letter)
        {
            case 'A':
                return Assert(Assertion.BeginText);
            case 'z':
                return Assert(Assertion.EndText);
            case 'b':
                return Assert(Assertion.WordBoundary);
            case 'B':
                return Assert(Assertion.NoWordBoundary);
            case 'Q':
                return Quotation();
            case 'p' or 'P':
                var builder = new CharSetBuilder();
                return UnicodeClass(builder) && Set(builder, negated: false);
            case 'd' or 'D' or 's' or 'S' or 'w' or 'W':
                _position += 2;
                var perl = new CharSetBuilder();
                perl.Add(PerlClass(letter)!, negated: char.IsAsciiLetterUpper(letter), _foldCase);
                return Set(perl, negated: false);
        }

        return EscapedRune(out int rune) && Literal(rune);
    }

    private bool Assert(Assertion assertion)
    {
        _position += 2;
        _operands.Add(new AssertionNode(assertion));
        return true;
    }

    /// <summary>Everything up to <c>\E</c>, or to the end, is literal.</summary>
    private bool Quotation()
    {
        int end = pattern.IndexOf("\\E", _position + 2, StringComparison.Ordinal);
        int stop = end < 0 ? pattern.Length : end;
        for (_position += 2; _position < stop;)
        {
            if (!Literal(Utf16.Next(pattern, ref _position)))
                return false;
        }

        _position = end < 0 ? stop : end + 2;
        return true;
    }

    /// <summary>
    /// An escape that stands for one code point. Letters and digits without a meaning are refused: so are backreferences, <c>\Z</c> and
    /// <c>\G</c>, and also <c>\C</c> (one byte of UTF-8), which RE2 knows and matching by code point cannot honour.
    /// </summary>
    private bool EscapedRune(out int rune)
    {
        int start = _position++;
        rune = 0;
        if (AtEnd)
            return Fail("trailing \\", "");
        int c = Utf16.Next(pattern, ref _position);
        switch (c)
        {
            case '0':
            case >= '1' and <= '7' when !AtEnd && char.IsBetween(pattern[_position], '0', '7'):
                rune = c - '0';
                for (int i = 0; i < 2 && !AtEnd && char.IsBetween(pattern[_position], '0', '7'); i++)
                    rune = rune * 8 + (pattern[_position++] - '0');
                return true;
            case 'x':
                return HexRune(start, out rune);
            case 'a':
                rune = '\a';
                return true;
            case 'f':
                rune = '\f';
                return true;
            case 'n':
                rune = '\n';
                return true;
            case 'r':
                rune = '\r';
                return true;
            case 't':
                rune = '\t';
                return true;
            case 'v':
                rune = '\v';
                return true;
            default:
                rune = c;
                return (c < 128 && !char.IsAsciiLetterOrDigit((char)c)) || BadEscape(start);
        }
    }

    /// <summary>Two digits, or any number of them in braces.</summary>
    private bool HexRune(int start, out int rune)
    {
        rune = 0;
        if (AtEnd)
            return BadEscape(start);
        bool braces = pattern[_position] == '{';
        if (braces)
            _position++;
        int digits = 0;
        while (!AtEnd && (braces || digits < 2))
        {
            int c = Utf16.Next(pattern, ref _position);
            if (c == '}' && braces && digits > 0)
                return true;
            if (c > 127 || !char.IsAsciiHexDigit((char)c))
                return BadEscape(start);
            rune = rune * 16 + (char.IsAsciiDigit((char)c) ? c - '0' : (c | 0x20) - 'a' + 10);
            digits++;
            if (rune > CharSet.MaxRune)
                return BadEscape(start);
        }

        return (!braces && digits == 2) || BadEscape(start);
    }

    private bool BadEscape(int start) => Fail("invalid escape sequence", pattern[start.._position]);
}
