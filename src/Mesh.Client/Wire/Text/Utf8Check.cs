using System.Buffers;
using System.Text;
using System.Text.Unicode;
using Mesh.Resources;

namespace Mesh.Wire.Text;

/// <summary>Whether a text is UTF-8 at all; asked before anything else is read from it.</summary>
internal static class Utf8Check
{
    /// <summary>The text without a byte order mark.</summary>
    public static ReadOnlySpan<byte> WithoutByteOrderMark(ReadOnlySpan<byte> text) =>
        text.StartsWith("\uFEFF"u8) ? text[3..] : text;

    /// <summary>An error at the first byte that is not UTF-8; null when all is well.</summary>
    public static ResourceError? Find(ReadOnlySpan<byte> text)
    {
        if (Utf8.IsValid(text))
            return null;

        int offset = 0;
        while (Rune.DecodeFromUtf8(text[offset..], out _, out int consumed) == OperationStatus.Done)
            offset += consumed;
        return SyntaxErrors.At(SyntaxErrors.PositionOf(text, offset), $"the text is not UTF-8: byte 0x{text[offset]:X2}");
    }
}
