using System.Buffers.Text;
using System.Text.Unicode;

namespace Mesh.Wire.Text;

/// <summary>What the reader leaves unchecked in the strings it hands out.</summary>
internal static class JsonStrings
{
    /// <summary>
    /// Whether the string is valid UTF-8 with no half of a surrogate pair among its escapes. Only then can it be copied
    /// without an exception.
    /// </summary>
    public static bool IsValid(ReadOnlySpan<byte> raw, bool escaped) => Utf8.IsValid(raw) && !(escaped && HasLoneSurrogate(raw));

    private static bool HasLoneSurrogate(ReadOnlySpan<byte> raw)
    {
        bool afterHigh = false;
        while (true)
        {
            int next = raw.IndexOf((byte)'\\');
            if (afterHigh && next != 0)
                return true;
            if (next < 0)
                return false;

            raw = raw[next..];
            int unit = raw is [_, (byte)'u', ..] && Utf8Parser.TryParse(raw.Slice(2, 4), out ushort hex, out _, 'x') ? hex : 0;
            if (char.IsLowSurrogate((char)unit) != afterHigh)
                return true;
            afterHigh = char.IsHighSurrogate((char)unit);
            raw = raw[(raw[1] == 'u' ? 6 : 2)..];
        }
    }
}
