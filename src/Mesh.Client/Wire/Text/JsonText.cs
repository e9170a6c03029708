using System.Buffers;
using System.Text;

namespace Mesh.Wire.Text;

/// <summary>Writes single JSON tokens in UTF-8.</summary>
internal static class JsonText
{
    // RFC 8259, 7: these alone must be escaped.
    private static readonly SearchValues<char> Escaped =
        SearchValues.Create([.. Enumerable.Range(0, ' ').Select(c => (char)c), '"', '\\']);

    public static void Write(WireBuffer output, string text)
    {
        output.Write("\""u8);
        ReadOnlySpan<char> rest = text;
        for (int next = rest.IndexOfAny(Escaped); next >= 0; next = rest.IndexOfAny(Escaped))
        {
            WriteLiteral(output, rest[..next]);
            WriteLiteral(output, rest[next] is '"' or '\\' ? $"\\{rest[next]}" : $"\\u{(int)rest[next]:x4}");
            rest = rest[(next + 1)..];
        }

        WriteLiteral(output, rest);
        output.Write("\""u8);
    }

    public static void WriteLiteral(WireBuffer output, ReadOnlySpan<char> literal) =>
        output.Advance(Encoding.UTF8.GetBytes(literal, output.Reserve(Encoding.UTF8.GetByteCount(literal))));
}
