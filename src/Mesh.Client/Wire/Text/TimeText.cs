using System.Buffers.Text;

namespace Mesh.Wire.Text;

/// <summary>The JSON forms of <c>google.protobuf.Duration</c> ("1.5s") and <c>Timestamp</c> (RFC 3339).</summary>
internal static class TimeText
{
    private const long MaxDurationSeconds = 315_576_000_000;
    private const int NanosDigits = 9;

    public static bool TryParseDuration(ReadOnlySpan<byte> text, out long seconds, out int nanos)
    {
        seconds = 0;
        nanos = 0;
        bool negative = text is [(byte)'-', ..];
        if (negative)
            text = text[1..];
        if (text is not [.., (byte)'s'])
            return false;

        text = text[..^1];
        int point = text.IndexOf((byte)'.');
        ReadOnlySpan<byte> whole = point < 0 ? text : text[..point];
        if (!TryParseDigits(whole, 1, 12, out seconds) || (point >= 0 && !TryParseNanos(text[(point + 1)..], out nanos)))
            return false;
        if (seconds > MaxDurationSeconds || (seconds == MaxDurationSeconds && nanos > 0))
            return false;

        if (negative)
            (seconds, nanos) = (-seconds, -nanos);
        return true;
    }

    public static bool TryParseTimestamp(ReadOnlySpan<byte> text, out long seconds, out int nanos)
    {
        seconds = 0;
        nanos = 0;
        const int DateAndTime = 19; // yyyy-MM-ddTHH:mm:ss
        if (text.Length <= DateAndTime || text[4] != '-' || text[7] != '-' || text[10] is not ((byte)'T' or (byte)'t')
            || text[13] != ':' || text[16] != ':'
            || !TryParseDigits(text[..4], 4, 4, out long year) || !TryParseDigits(text[5..7], 2, 2, out long month)
            || !TryParseDigits(text[8..10], 2, 2, out long day) || !TryParseDigits(text[11..13], 2, 2, out long hour)
            || !TryParseDigits(text[14..16], 2, 2, out long minute) || !TryParseDigits(text[17..19], 2, 2, out long second))
        {
            return false;
        }

        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth((int)year, (int)month)
            || hour > 23 || minute > 59 || second > 59)
        {
            return false;
        }

        text = text[DateAndTime..];
        if (text[0] == '.')
        {
            int end = text[1..].IndexOfAnyExceptInRange((byte)'0', (byte)'9');
            if (end < 0 || !TryParseNanos(text.Slice(1, end), out nanos))
                return false;
            text = text[(end + 1)..];
        }

        if (!TryParseOffset(text, out int offsetMinutes))
            return false;
        var written = new DateTime((int)year, (int)month, (int)day, (int)hour, (int)minute, (int)second, DateTimeKind.Utc);
        seconds = (written - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerSecond - offsetMinutes * 60L;
        return seconds >= DateTimeOffset.MinValue.ToUnixTimeSeconds() && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds();
    }

    private static bool TryParseOffset(ReadOnlySpan<byte> text, out int minutes)
    {
        minutes = 0;
        if (text is [(byte)'Z' or (byte)'z'])
            return true;
        if (text is not [(byte)'+' or (byte)'-', _, _, (byte)':', _, _]
            || !TryParseDigits(text[1..3], 2, 2, out long hour) || !TryParseDigits(text[4..6], 2, 2, out long minute)
            || hour > 23 || minute > 59)
        {
            return false;
        }

        minutes = (int)(hour * 60 + minute) * (text[0] == '-' ? -1 : 1);
        return true;
    }

    private static bool TryParseNanos(ReadOnlySpan<byte> digits, out int nanos)
    {
        nanos = 0;
        if (!TryParseDigits(digits, 1, NanosDigits, out long value))
            return false;
        for (int i = digits.Length; i < NanosDigits; i++)
            value *= 10;
        nanos = (int)value;
        return true;
    }

    private static bool TryParseDigits(ReadOnlySpan<byte> text, int min, int max, out long value)
    {
        value = 0;
        return text.Length >= min && text.Length <= max && !text.ContainsAnyExceptInRange((byte)'0', (byte)'9')
            && Utf8Parser.TryParse(text, out value, out int used) && used == text.Length;
    }
}
