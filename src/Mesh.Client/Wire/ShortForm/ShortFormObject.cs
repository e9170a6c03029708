using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Mesh.Resources;
using Mesh.Wire.Text;

namespace Mesh.Wire.ShortForm;

/// <summary>
/// One object of the short form, read key by key: what is asked for is known, and what remains is an error with the nearest known
/// key. Scalars may be written as text, because settings have nothing else.
/// </summary>
internal sealed class ShortFormObject
{
    private static readonly SearchValues<char> DecimalCharacters = SearchValues.Create("0123456789.");

    private readonly Dictionary<string, JsonElement> _members = new(StringComparer.Ordinal);
    private readonly List<string> _asked = [];
    private readonly ErrorCollector _errors;

    private ShortFormObject(ErrorCollector errors) => _errors = errors;

    /// <summary>The keys asked for so far.</summary>
    public IReadOnlyList<string> Asked => _asked;

    /// <summary>An object; null after reporting that it is none.</summary>
    public static ShortFormObject? Read(JsonElement element, ErrorCollector errors)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            errors.Error($"expected an object, found {Describe(element)}");
            return null;
        }

        var result = new ShortFormObject(errors);
        foreach (JsonProperty member in element.EnumerateObject())
        {
            if (!result._members.TryAdd(member.Name, member.Value))
                errors.Error(member.Name, "stands twice");
        }

        return result;
    }

    /// <summary>A member; null when absent, or after reporting that it has no value: left out, a matcher would match more than was meant.</summary>
    public JsonElement? Find(string key)
    {
        bool isFirst = !_asked.Contains(key, StringComparer.Ordinal);
        if (isFirst)
            _asked.Add(key);
        if (!_members.TryGetValue(key, out JsonElement value))
            return null;
        if (value.ValueKind != JsonValueKind.Null)
            return value;
        if (isFirst)
            _errors.Error(key, "has no value; give one, or leave the key out");
        return null;
    }

    public string? Text(string key) => Find(key) is { } value ? ScalarAt(key, value) : null;

    public bool Flag(string key)
    {
        if (Text(key) is not { } text)
            return false;
        if (bool.TryParse(text, out bool flag))
            return flag;
        _errors.Error(key, $"'{text}' is neither true nor false");
        return false;
    }

    public uint? Number(string key, uint max)
    {
        if (Text(key) is not { } text)
            return null;
        if (uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) && number <= max)
            return number;
        _errors.Error(key, $"'{text}' is no number from 0 to {max}");
        return null;
    }

    /// <summary>A duration as <c>250ms</c>, <c>2s</c>, <c>1.5s</c>, <c>1m</c> or <c>1h</c>.</summary>
    public TimeSpan? Duration(string key)
    {
        if (Text(key) is not { } text)
            return null;
        if (ParseDuration(text) is { } duration)
            return duration;
        _errors.Error(key, $"'{text}' is no duration; write 250ms, 2s, 1.5s, 1m or 1h");
        return null;
    }

    /// <summary>A list of texts; one text alone is a list of one.</summary>
    public IReadOnlyList<string> Texts(string key)
    {
        if (Find(key) is not { } value)
            return [];
        if (value.ValueKind != JsonValueKind.Array)
            return ScalarAt(key, value) is { } single ? [single] : [];
        var texts = new List<string>();
        int i = 0;
        foreach (JsonElement item in value.EnumerateArray())
        {
            using (_errors.At(key, i++))
            {
                if (Scalar(item) is { } text)
                    texts.Add(text);
            }
        }

        return texts;
    }

    /// <summary>Reports every member that nobody asked for.</summary>
    public void ReportUnknown()
    {
        foreach (string key in _members.Keys.Where(key => !_asked.Contains(key, StringComparer.Ordinal)))
        {
            string? near = NearestName.Find(key, _asked);
            _errors.Error(key, $"unknown key{(near is null ? "." : $"; did you mean '{near}'?")} Allowed are {string.Join(", ", _asked)}");
        }
    }

    /// <summary>A scalar as text; null after reporting that it is none.</summary>
    public string? Scalar(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String: return value.GetString();
            case JsonValueKind.Number: return value.GetRawText();
            case JsonValueKind.True: return "true";
            case JsonValueKind.False: return "false";
            default:
                _errors.Error($"expected a text, found {Describe(value)}");
                return null;
        }
    }

    public static string Describe(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.Null => "nothing",
        _ => element.GetRawText(),
    };

    private string? ScalarAt(string key, JsonElement value)
    {
        using (_errors.At(key))
            return Scalar(value);
    }

    private static TimeSpan? ParseDuration(string text)
    {
        int unit = text.AsSpan().IndexOfAnyExcept(DecimalCharacters);
        if (unit <= 0 || !decimal.TryParse(text.AsSpan(0, unit), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number))
            return null;
        long? ticks = text[unit..] switch
        {
            "ms" => TimeSpan.TicksPerMillisecond,
            "s" => TimeSpan.TicksPerSecond,
            "m" => TimeSpan.TicksPerMinute,
            "h" => TimeSpan.TicksPerHour,
            _ => null,
        };
        return ticks is { } scale && number <= long.MaxValue / scale ? TimeSpan.FromTicks((long)(number * scale)) : null;
    }
}
