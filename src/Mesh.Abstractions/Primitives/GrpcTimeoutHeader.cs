using System.Globalization;

namespace Mesh.Primitives;

/// <summary>The text of a <c>grpc-timeout</c> header.</summary>
internal static class GrpcTimeoutHeader
{
    /// <summary>Reads one: up to 8 digits and a unit (gRPC over HTTP/2, Requests). Null when malformed.</summary>
    public static TimeSpan? Parse(ReadOnlySpan<char> value)
    {
        if (value.Length is < 2 or > 9 || !long.TryParse(value[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out long number))
            return null;
        return value[^1] switch
        {
            'H' => TimeSpan.FromHours(number),
            'M' => TimeSpan.FromMinutes(number),
            'S' => TimeSpan.FromSeconds(number),
            'm' => TimeSpan.FromMilliseconds(number),
            'u' => TimeSpan.FromMicroseconds(number),
            'n' => TimeSpan.FromTicks(number / 100),
            _ => null,
        };
    }

    /// <summary>Writes one, rounded up, in the finest unit that 8 digits hold.</summary>
    public static string Format(TimeSpan value)
    {
        long ticks = Math.Max(value.Ticks, 0);
        ReadOnlySpan<(long Ticks, char Unit)> units =
        [
            (TimeSpan.TicksPerMicrosecond, 'u'), (TimeSpan.TicksPerMillisecond, 'm'), (TimeSpan.TicksPerSecond, 'S'), (TimeSpan.TicksPerMinute, 'M'), (TimeSpan.TicksPerHour, 'H'),
        ];
        foreach (var (unitTicks, unit) in units)
        {
            long count = (ticks / unitTicks) + (ticks % unitTicks > 0 ? 1 : 0);
            if (count <= 99_999_999)
                return string.Create(CultureInfo.InvariantCulture, $"{count}{unit}");
        }

        return "99999999H";
    }
}
