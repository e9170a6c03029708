using System.Globalization;

namespace Mesh.Primitives;

/// <summary>Whole numbers in headers, read as Envoy reads them: spaces around them and a plus sign do no harm, anything else is no number.</summary>
internal static class WholeNumber
{
    /// <summary>Reads a number of at most 64 bits; false for what is none, negative or too great.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out ulong number)
    {
        ReadOnlySpan<char> digits = text.Trim();
        if (digits is ['+', .. var rest])
            digits = rest;
        return ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
