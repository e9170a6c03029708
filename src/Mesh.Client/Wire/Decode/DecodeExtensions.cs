using System.Diagnostics.CodeAnalysis;
using Google.Protobuf.WellKnownTypes;
using Mesh.Resources;

namespace Mesh.Wire.Decode;

/// <summary>The small readings that every decoder shares; each reports through the collector and goes on.</summary>
internal static class DecodeExtensions
{
    /// <summary>Reads a duration that must not be negative; null when unset or refused.</summary>
    public static TimeSpan? Read(this Duration? duration, string field, ErrorCollector errors, bool positive = false)
    {
        if (duration is null)
            return null;

        const long MaxSeconds = 315_576_000_000;
        long seconds = duration.Seconds;
        int nanos = duration.Nanos;
        if (seconds is < -MaxSeconds or > MaxSeconds || nanos is <= -1_000_000_000 or >= 1_000_000_000 || (seconds < 0 && nanos > 0) || (seconds > 0 && nanos < 0))
        {
            errors.Error(field, $"{seconds}s {nanos}ns is no duration of google.protobuf.Duration");
            return null;
        }

        if (seconds < 0 || nanos < 0 || (positive && seconds == 0 && nanos == 0))
        {
            errors.Error(field, $"{Show(duration)} is not allowed: it must be {(positive ? "more than" : "at least")} 0s");
            return null;
        }

        // A TimeSpan ends at 29,000 years; nobody waits to see the difference.
        return seconds > TimeSpan.MaxValue.Ticks / TimeSpan.TicksPerSecond - 1
            ? TimeSpan.MaxValue
            : new TimeSpan((seconds * TimeSpan.TicksPerSecond) + (nanos / TimeSpan.NanosecondsPerTick));
    }

    /// <summary>Whether a required text is there; an error otherwise.</summary>
    public static bool Require(this string value, string field, ErrorCollector errors)
    {
        if (value.Length > 0)
            return true;
        errors.Error(field, "required, and must not be empty");
        return false;
    }

    /// <summary>Whether a required message is there; an error otherwise.</summary>
    public static bool Require<T>([NotNullWhen(true)] this T? value, string field, ErrorCollector errors)
        where T : class
    {
        if (value is not null)
            return true;
        errors.Error(field, "required");
        return false;
    }

    /// <summary>An enum value as its proto spells it: <c>LeastRequest</c> is LEAST_REQUEST; a number where it is not known.</summary>
    public static string ProtoName<T>(this T value)
        where T : struct, System.Enum
    {
        string name = value.ToString();
        var text = new System.Text.StringBuilder(name.Length + 4);
        for (int i = 0; i < name.Length; i++)
        {
            if (i > 0 && char.IsUpper(name[i]))
                text.Append('_');
            text.Append(char.ToUpperInvariant(name[i]));
        }

        return text.ToString();
    }

    private static string Show(Duration duration) =>
        ((duration.Seconds * 1_000_000_000m + duration.Nanos) / 1_000_000_000m).ToString("0.#########", System.Globalization.CultureInfo.InvariantCulture) + "s";
}
