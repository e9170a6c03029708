using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Mesh.LoadBalancing;

/// <summary>Values of metadata as JSON texts that are equal where the values are: members of objects stand in order, which maps have not.</summary>
internal static class MetadataText
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The members of a JSON object, by name.</summary>
    /// <param name="json">The object; empty for none.</param>
    public static SortedDictionary<string, string> Read(string json)
    {
        var members = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (json.Length == 0)
            return members;
        using JsonDocument document = JsonDocument.Parse(json);
        foreach (JsonProperty member in document.RootElement.EnumerateObject())
            members[member.Name] = Of(member.Value);
        return members;
    }

    /// <summary>The items of a value that is a list; null for another.</summary>
    public static string[]? Items(string value)
    {
        if (value[0] != '[')
            return null;
        using JsonDocument document = JsonDocument.Parse(value);
        return [.. document.RootElement.EnumerateArray().Select(Of)];
    }

    /// <summary>A text as a value.</summary>
    public static string OfText(string text) => $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";

    private static string Of(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.String)
            return OfText(value.GetString()!);
        if (value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array))
            return value.GetRawText();
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Options))
            Write(writer, value);
        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static void Write(Utf8JsonWriter writer, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (JsonProperty member in value.EnumerateObject().OrderBy(member => member.Name, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(member.Name);
                    Write(writer, member.Value);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (JsonElement item in value.EnumerateArray())
                    Write(writer, item);
                writer.WriteEndArray();
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }
}
