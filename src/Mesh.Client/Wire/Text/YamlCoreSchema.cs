using System.Globalization;

namespace Mesh.Wire.Text;

/// <summary>
/// What a plain scalar means: the core schema of YAML 1.2, where <c>yes</c> and <c>on</c> are texts and <c>012</c> is twelve.
/// </summary>
internal static class YamlCoreSchema
{
    /// <summary>The scalar as a JSON literal; null when it is a text.</summary>
    /// <exception cref="FormatException">A number that JSON cannot hold.</exception>
    public static string? Resolve(string plain)
    {
        switch (plain)
        {
            case "" or "~" or "null" or "Null" or "NULL":
                return "null";
            case "true" or "True" or "TRUE":
                return "true";
            case "false" or "False" or "FALSE":
                return "false";
        }

        return plain[0] is '+' or '-' or '.' or (>= '0' and <= '9') ? ResolveNumber(plain) : null;
    }

    private static string? ResolveNumber(string plain)
    {
        if (plain.StartsWith("0x", StringComparison.Ordinal) && IsAll(plain.AsSpan(2), char.IsAsciiHexDigit))
            return FromBase(plain, 16);
        if (plain.StartsWith("0o", StringComparison.Ordinal) && IsAll(plain.AsSpan(2), c => c is >= '0' and <= '7'))
            return FromBase(plain, 8);

        bool negative = plain[0] == '-';
        ReadOnlySpan<char> rest = plain.AsSpan(plain[0] is '+' or '-' ? 1 : 0);
        if (rest is ".inf" or ".Inf" or ".INF" || plain is ".nan" or ".NaN" or ".NAN")
            throw new FormatException($"{plain} has no place here: numbers are finite");

        int digits = CountDigits(rest);
        ReadOnlySpan<char> whole = rest[..digits].TrimStart('0');
        rest = rest[digits..];
        ReadOnlySpan<char> fraction = default;
        if (rest is ['.', ..])
        {
            fraction = rest.Slice(1, CountDigits(rest[1..]));
            rest = rest[(fraction.Length + 1)..];
        }

        if (digits + fraction.Length == 0 || !IsExponent(rest))
            return null;

        // JSON wants a digit on both sides of the point, no plus and no leading zeros.
        return string.Concat(
            negative ? "-" : "",
            string.Concat(whole.IsEmpty ? "0" : whole, fraction.IsEmpty ? "" : ".", fraction),
            rest);
    }

    private static string FromBase(string plain, int radix)
    {
        UInt128 value = 0;
        foreach (char c in plain.AsSpan(2).TrimStart('0'))
        {
            value = value * (uint)radix + (uint)Convert.ToInt32(c.ToString(), 16);
            if (value > ulong.MaxValue)
                throw new FormatException($"{plain} is above {ulong.MaxValue}");
        }

        return value.ToString(CultureInfo.InvariantCulture);
    }

    private static bool IsExponent(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty)
            return true;
        if (text[0] is not ('e' or 'E'))
            return false;
        text = text[1..];
        return IsAll(text is ['+' or '-', ..] ? text[1..] : text, char.IsAsciiDigit);
    }

    private static bool IsAll(ReadOnlySpan<char> text, Func<char, bool> isAllowed)
    {
        foreach (char c in text)
        {
            if (!isAllowed(c))
                return false;
        }

        return !text.IsEmpty;
    }

    private static int CountDigits(ReadOnlySpan<char> text)
    {
        int end = text.IndexOfAnyExceptInRange('0', '9');
        return end < 0 ? text.Length : end;
    }
}
