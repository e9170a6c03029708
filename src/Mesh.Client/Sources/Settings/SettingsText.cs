using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Configuration;

namespace Mesh.Sources.Settings;

/// <summary>Writes a section of settings as the JSON text it stands for: keys 0, 1, 2 are a list, everything else is an object.</summary>
internal static class SettingsText
{
    public static string Of(IConfiguration section)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
            Write(writer, section);
        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static void Write(Utf8JsonWriter writer, IConfiguration section)
    {
        List<IConfigurationSection> children = [.. section.GetChildren()];
        if (children.Count == 0)
        {
            if ((section as IConfigurationSection)?.Value is { } value)
                writer.WriteStringValue(value);
            else
                writer.WriteNullValue();
            return;
        }

        if (children.TrueForAll(child => uint.TryParse(child.Key, NumberStyles.None, CultureInfo.InvariantCulture, out _)))
        {
            writer.WriteStartArray();
            foreach (IConfigurationSection child in children.OrderBy(child => uint.Parse(child.Key, CultureInfo.InvariantCulture)))
                Write(writer, child);
            writer.WriteEndArray();
            return;
        }

        writer.WriteStartObject();
        foreach (IConfigurationSection child in children)
        {
            writer.WritePropertyName(child.Key);
            Write(writer, child);
        }

        writer.WriteEndObject();
    }
}
