using System.Collections;
using System.Globalization;
using System.Reflection;

namespace Mesh.Client.Tests.RoutingModel;

/// <summary>Records in words, without what is empty or left at its default.</summary>
internal static class CaseText
{
    private const int MaxLength = 300;

    public static string Of(object? value) => value switch
    {
        null => "null",
        string text => text.Length <= MaxLength ? $"\"{text}\"" : $"\"{text[..40]}...\" ({text.Length} characters)",
        IEnumerable items => $"[{string.Join(", ", items.Cast<object?>().Select(Of))}]",
        IFormattable plain => plain.ToString(null, CultureInfo.InvariantCulture),
        bool flag => flag ? "true" : "false",
        System.Runtime.CompilerServices.ITuple tuple => $"({string.Join(", ", Enumerable.Range(0, tuple.Length).Select(i => Of(tuple[i])))})",
        _ => $"{{ {string.Join(", ", Properties(value))} }}",
    };

    private static IEnumerable<string> Properties(object record) => record.GetType()
        .GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(property => property.GetIndexParameters().Length == 0 && property.CanWrite)
        .Select(property => (property.Name, Value: property.GetValue(record)))
        .Where(property => property.Value is not null and not "" and not false and not 0 and not 0u)
        .Select(property => (property.Name, Text: Of(property.Value)))
        .Where(property => property.Text is not "[]" and not "{  }")
        .Select(property => $"{property.Name}: {property.Text}");
}
