using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Mesh.Sources.Xds.Names;

/// <summary>RFC 3986, 2.1, over UTF-8.</summary>
internal static class PercentEncoding
{
    public static string Encode(string text, SearchValues<byte> plain)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        if (!utf8.AsSpan().ContainsAnyExcept(plain))
            return text;
        var encoded = new StringBuilder(utf8.Length + 16);
        foreach (byte b in utf8)
        {
            if (plain.Contains(b))
                encoded.Append((char)b);
            else
                encoded.Append(CultureInfo.InvariantCulture, $"%{b:X2}");
        }

        return encoded.ToString();
    }

    /// <summary>The text that was encoded; false when an escape is none, or what results is no text.</summary>
    public static bool TryDecode(string encoded, out string text)
    {
        text = encoded;
        if (!encoded.Contains('%', StringComparison.Ordinal))
            return true;
        byte[] utf8 = Encoding.UTF8.GetBytes(encoded);
        int length = 0;
        for (int i = 0; i < utf8.Length; i++, length++)
        {
            if (utf8[i] != '%')
            {
                utf8[length] = utf8[i];
                continue;
            }

            if (i + 2 >= utf8.Length || !char.IsAsciiHexDigit((char)utf8[i + 1]) || !char.IsAsciiHexDigit((char)utf8[i + 2]))
                return false;
            utf8[length] = byte.Parse(utf8.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            i += 2;
        }

        if (!Utf8.IsValid(utf8.AsSpan(0, length)))
            return false;
        text = Encoding.UTF8.GetString(utf8, 0, length);
        return true;
    }
}
