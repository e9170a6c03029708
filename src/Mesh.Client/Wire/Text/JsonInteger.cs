namespace Mesh.Wire.Text;

/// <summary>
/// Exact whole numbers from JSON's number grammar: <c>1</c>, <c>-7</c>, <c>1.0</c> and <c>1e3</c> are whole,
/// <c>1.5</c> and <c>1e-3</c> are not, and no digit is lost on the way.
/// </summary>
internal static class JsonInteger
{
    // Below this no exponent makes a difference any more; it keeps the sum from overflowing.
    private const int MaxExponent = 1_000_000;

    /// <summary>False when the text is no number, not whole, or does not fit into 64 bits.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out bool negative, out ulong magnitude)
    {
        magnitude = 0;
        negative = text is [(byte)'-', ..];
        ReadOnlySpan<byte> rest = negative ? text[1..] : text;

        int digits = CountDigits(rest);
        if (digits == 0 || (digits > 1 && rest[0] == '0'))
            return false;
        ReadOnlySpan<byte> whole = rest[..digits];
        rest = rest[digits..];
        if (rest.IsEmpty)
            return TryAppend(whole, ref magnitude);

        ReadOnlySpan<byte> fraction = default;
        if (rest[0] == '.')
        {
            fraction = rest.Slice(1, CountDigits(rest[1..]));
            if (fraction.IsEmpty)
                return false;
            rest = rest[(fraction.Length + 1)..];
        }

        return TryParseExponent(rest, out int exponent) && TryScale(whole, fraction, exponent, ref magnitude);
    }

    private static bool TryParseExponent(ReadOnlySpan<byte> text, out int exponent)
    {
        exponent = 0;
        if (text.IsEmpty)
            return true;
        if (text[0] is not ((byte)'e' or (byte)'E'))
            return false;

        text = text[1..];
        bool negative = text is [(byte)'-', ..];
        if (text is [(byte)'-' or (byte)'+', ..])
            text = text[1..];
        if (text.IsEmpty || CountDigits(text) != text.Length)
            return false;

        foreach (byte digit in text)
            exponent = Math.Min(exponent * 10 + (digit - '0'), MaxExponent);
        if (negative)
            exponent = -exponent;
        return true;
    }

    /// <summary>whole.fraction x 10^exponent, when that is a whole number.</summary>
    private static bool TryScale(ReadOnlySpan<byte> whole, ReadOnlySpan<byte> fraction, int exponent, ref ulong magnitude)
    {
        whole = whole.TrimStart((byte)'0');
        fraction = fraction.TrimEnd((byte)'0');
        if (fraction.IsEmpty)
        {
            ReadOnlySpan<byte> significant = whole.TrimEnd((byte)'0');
            exponent += whole.Length - significant.Length;
            whole = significant;
        }

        if (whole.IsEmpty && fraction.IsEmpty)
            return true;
        exponent -= fraction.Length;
        if (exponent < 0 || !TryAppend(whole, ref magnitude) || !TryAppend(fraction, ref magnitude))
            return false;
        for (; exponent > 0; exponent--)
        {
            if (!TryAppend("0"u8, ref magnitude))
                return false;
        }

        return true;
    }

    private static bool TryAppend(ReadOnlySpan<byte> digits, ref ulong magnitude)
    {
        foreach (byte digit in digits)
        {
            uint value = (uint)(digit - '0');
            if (magnitude > (ulong.MaxValue - value) / 10)
                return false;
            magnitude = magnitude * 10 + value;
        }

        return true;
    }

    private static int CountDigits(ReadOnlySpan<byte> text)
    {
        int end = text.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        return end < 0 ? text.Length : end;
    }
}
