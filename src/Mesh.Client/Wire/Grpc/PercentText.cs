using System.Text;

namespace Mesh.Wire.Grpc;

/// <summary>The percent-encoding of <c>grpc-message</c>: UTF-8 whose bytes outside printable ASCII are written %XX.</summary>
internal static class PercentText
{
    /// <summary>Decodes a text; an escape that is none stays as it is, and bytes that are no UTF-8 become U+FFFD.</summary>
    public static string Decode(string text)
    {
        if (Ascii.IsValid(text) && !text.Contains('%', StringComparison.Ordinal))
            return text;
        // The runtime reads header bytes above ASCII as Latin-1, one character each; they go back as the bytes they were.
        byte[] bytes = new byte[text.Length];
        int length = 0;
        for (int i = 0; i < text.Length; i++)
        {
            bool escape = text[i] == '%' && i + 2 < text.Length && char.IsAsciiHexDigit(text[i + 1]) && char.IsAsciiHexDigit(text[i + 2]);
            bytes[length++] = escape ? Convert.FromHexString(text.AsSpan(i + 1, 2))[0] : (byte)text[i];
            if (escape)
                i += 2;
        }

        return Encoding.UTF8.GetString(bytes, 0, length);
    }
}
