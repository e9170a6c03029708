namespace Mesh.Primitives.Regexes;

/// <summary>Code points of UTF-16 text; a surrogate without its partner is a code point of its own.</summary>
internal static class Utf16
{
    /// <summary>The code point that begins at <paramref name="index"/>, which is moved behind it.</summary>
    public static int Next(ReadOnlySpan<char> text, ref int index)
    {
        char first = text[index++];
        if (char.IsHighSurrogate(first) && index < text.Length && char.IsLowSurrogate(text[index]))
            return char.ConvertToUtf32(first, text[index++]);
        return first;
    }

    /// <summary>The code point that ends at <paramref name="index"/>, which is moved before it.</summary>
    public static int Previous(ReadOnlySpan<char> text, ref int index)
    {
        char last = text[--index];
        if (char.IsLowSurrogate(last) && index > 0 && char.IsHighSurrogate(text[index - 1]))
            return char.ConvertToUtf32(text[--index], last);
        return last;
    }
}
