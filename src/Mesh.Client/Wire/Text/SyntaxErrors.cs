using System.Text;
using System.Text.Json;
using Mesh.Resources;

namespace Mesh.Wire.Text;

/// <summary>Findings about a text as such, which have a position and no path.</summary>
internal static class SyntaxErrors
{
    public static ResourceError At(TextPosition position, string message) =>
        new(Severity.Error, "", "", message) { Position = position };

    /// <summary>What the reader threw on malformed JSON.</summary>
    public static ResourceError From(ReadOnlySpan<byte> json, JsonException exception)
    {
        int line = 0;
        int offset = 0;
        for (; line < exception.LineNumber; line++)
            offset += json[offset..].IndexOf((byte)'\n') + 1;
        offset += (int)(exception.BytePositionInLine ?? 0);

        // The message ends with the reader's own position, counted from zero and in bytes.
        string message = exception.Message;
        int own = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return At(PositionOf(json, Math.Min(offset, json.Length)), own < 0 ? message : message[..own]);
    }

    /// <summary>Line and column of a byte, the column in UTF-16 units as editors count.</summary>
    public static TextPosition PositionOf(ReadOnlySpan<byte> text, int offset)
    {
        ReadOnlySpan<byte> before = text[..offset];
        int lineStart = before.LastIndexOf((byte)'\n') + 1;
        return new TextPosition(before.Count((byte)'\n') + 1, Encoding.UTF8.GetCharCount(before[lineStart..]) + 1);
    }
}
