using System.Globalization;
using System.Text;
using System.Text.Json;
using Mesh.Resources;
using Microsoft.Extensions.Configuration;

namespace Mesh.Sources.Xds.Bootstrap;

/// <summary>
/// A bootstrap as settings, in <c>Mesh:Xds</c>: the section is written as the JSON it stands for and read by the same reader. Keys of the format may
/// be in any case, with underscores or without; keys 0, 1, 2 are a list; every value is a text. Spellings of one key are one key, so that a
/// variable <c>Mesh__Xds__Node__Id</c> adds to a file that says <c>node</c>.
/// </summary>
internal sealed class BootstrapSettings
{
    private readonly ErrorCollector _errors = new();

    private BootstrapSettings()
    {
    }

    public static BootstrapReading Read(IConfigurationSection section)
    {
        var settings = new BootstrapSettings();
        string text = settings.TextOf([section]);
        if (settings._errors.HasErrors)
            return new BootstrapReading(null, [.. settings._errors.Items.Select(item => item with { Owner = section.Path })]);
        return BootstrapReader.Read(Encoding.UTF8.GetBytes(text), section.Path, located: false);
    }

    /// <summary>The JSON that a section stands for.</summary>
    public static string TextOf(IConfigurationSection section) => new BootstrapSettings().TextOf([section]);

    private string TextOf(IReadOnlyList<IConfigurationSection> sections)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
            Write(writer, sections, BootstrapShape.Top);
        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    /// <summary>Writes what stands under one key, in however many spellings.</summary>
    private void Write(Utf8JsonWriter writer, IReadOnlyList<IConfigurationSection> sections, BootstrapShape shape)
    {
        List<IConfigurationSection> children = [.. sections.SelectMany(section => section.GetChildren())];
        if (children.Count == 0)
        {
            WriteValue(writer, sections, shape);
            return;
        }

        // The names of a map may well be numbers.
        if (!shape.IsMap && children.TrueForAll(child => uint.TryParse(child.Key, NumberStyles.None, CultureInfo.InvariantCulture, out _)))
        {
            writer.WriteStartArray();
            foreach (var item in children.GroupBy(child => uint.Parse(child.Key, CultureInfo.InvariantCulture)).OrderBy(item => item.Key))
                Write(writer, [.. item], shape.IsFree ? shape : shape.Item);
            writer.WriteEndArray();
            return;
        }

        writer.WriteStartObject();
        foreach (var member in children.GroupBy(child => shape.Member(child.Key).Key, StringComparer.Ordinal))
        {
            writer.WritePropertyName(member.Key);
            Write(writer, [.. member], shape.Member(member.Key).Below);
        }

        writer.WriteEndObject();
    }

    private void WriteValue(Utf8JsonWriter writer, IReadOnlyList<IConfigurationSection> sections, BootstrapShape shape)
    {
        List<IConfigurationSection> set = [.. sections.Where(section => section.Value is not null)];

        // Which of two comes from the later source cannot be asked.
        if (set.Count > 1)
            _errors.Error($"{string.Join(" and ", set.Select(section => section.Path))} are spellings of one key; keep one of them");

        // An empty list or object of a JSON file arrives as no text, or an empty one.
        string? value = set.Count > 0 ? set[0].Value : null;
        if (shape.IsObject && string.IsNullOrEmpty(value))
        {
            writer.WriteStartObject();
            writer.WriteEndObject();
        }
        else if (value is null || (value.Length == 0 && !shape.IsText && !shape.IsFree))
        {
            writer.WriteNullValue();
        }
        else
        {
            writer.WriteStringValue(value);
        }
    }
}
