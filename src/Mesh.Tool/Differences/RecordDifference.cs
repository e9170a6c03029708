using System.Collections;
using System.Reflection;
using Mesh.Primitives;

namespace Mesh.Tool.Differences;

/// <summary>What differs between two records of one type, a line for each property: <c>connect_timeout 5s -> 1s</c>.</summary>
internal static class RecordDifference
{
    /// <param name="before">The old record.</param>
    /// <param name="after">The new one.</param>
    /// <param name="without">Properties that are told elsewhere.</param>
    /// <param name="prefix">What stands before each property's name.</param>
    public static IEnumerable<string> Of<T>(T before, T after, string[] without, string prefix = "")
        where T : class => before.Equals(after) ? [] : Properties(before, after, without, prefix);

    private static IEnumerable<string> Properties(object before, object after, string[] without, string prefix) =>
        RecordProperties.Find(before)!
            .Where(property => !without.Contains(property.Name, StringComparer.Ordinal))
            .SelectMany(property => Values(prefix + ValueText.Name(property.Name), property.GetValue(before), property.GetValue(after)));

    private static IEnumerable<string> Values(string name, object? before, object? after)
    {
        if (Equals(before, after))
            return [];
        if (before is IEnumerable old and not (string or ValueList<byte>) && after is IEnumerable now)
            return Lists(name, [.. old.Cast<object>()], [.. now.Cast<object>()]);
        if (before is not null && after is not null && RecordProperties.Find(before) is not null && before.GetType() == after.GetType())
            return Properties(before, after, [], name + ".");
        string was = ValueText.Of(before), becomes = ValueText.Of(after);

        // Secrets have no text, and of bodies only the length is told.
        return [was == becomes ? $"{name} changed" : $"{name} {was} -> {becomes}"];
    }

    private static List<string> Lists(string name, object[] before, object[] after)
    {
        var details = new List<string>();
        List<object> removed = [.. before], added = [];
        foreach (object item in after)
        {
            if (!removed.Remove(item))
                added.Add(item);
        }

        // Of one name on both sides it is the same thing, changed.
        foreach (object item in removed.ToList())
        {
            if (NameOf(item) is not { } key || removed.Count(other => NameOf(other) == key) > 1 || added.FindAll(other => NameOf(other) == key) is not [var changed])
                continue;
            removed.Remove(item);
            added.Remove(changed);
            details.AddRange(Properties(item, changed, [], $"{name} '{key}' "));
        }

        string[] moved = [.. removed.Select(item => $"{ValueText.Of(item)} removed"), .. added.Select(item => $"{ValueText.Of(item)} added")];
        if (moved.Length > 0)
            details.Add($"{name} {string.Join(", ", moved)}");
        if (details.Count == 0)
            details.Add($"{name} reordered");
        return details;
    }

    private static string? NameOf(object item) =>
        RecordProperties.Find(item) is { } properties && Array.Find(properties, property => property.Name == "Name") is { } name ? name.GetValue(item) as string : null;
}
