using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Mesh.Matching;
using Mesh.Primitives;
using Mesh.Resources;

namespace Mesh.Tool.Differences;

/// <summary>What stands in a record, for people: <c>5s</c>, <c>'text'</c>, <c>(name 'x', present true)</c>.</summary>
internal static class ValueText
{
    public const string Unset = "unset";

    public static string Of(object? value) => value switch
    {
        null or "" => Unset,
        string text => $"'{text}'",
        bool flag => flag ? "true" : "false",
        TimeSpan time => Of(time),
        RetryConditions conditions => Of(conditions),
        Enum name => Name(name.ToString()),
        StringMatcherResource matcher => new StringMatcher(matcher).ToString(),
        ValueList<byte> bytes => string.Create(CultureInfo.InvariantCulture, $"{bytes.Count} bytes"),
        IEnumerable list => $"[{string.Join(", ", list.Cast<object?>().Select(Of))}]",
        _ when RecordProperties.Find(value) is { } properties => $"({string.Join(", ", Parts(value, properties))})",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    /// <summary>A property's name as configurations spell it: <c>connect_timeout</c>.</summary>
    public static string Name(string property) => JsonNamingPolicy.SnakeCaseLower.ConvertName(property);

    private static string Of(TimeSpan time) => time.Ticks % TimeSpan.TicksPerSecond != 0 && time < TimeSpan.FromSeconds(1)
        ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds}ms")
        : string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds}s");

    private static string Of(RetryConditions conditions) =>
        $"[{string.Join(", ", RetryConditionNames.All.Where(each => conditions.HasFlag(each.Condition)).Select(each => each.Name))}]";

    /// <summary>The properties that are set.</summary>
    private static IEnumerable<string> Parts(object record, PropertyInfo[] properties)
    {
        foreach (PropertyInfo property in properties)
        {
            string text = Of(property.GetValue(record));
            if (text is not (Unset or "false" or "[]" or "()"))
                yield return $"{Name(property.Name)} {text}";
        }
    }
}
