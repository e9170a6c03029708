using System.Text;
using System.Text.Json;
using Mesh.Primitives;
using Mesh.Resources;

namespace Mesh.Matching;

/// <summary>
/// <c>envoy.config.core.v3.SubstitutionFormatString</c>, ready to run. What has no value is a '-' in a text and null in JSON, unless
/// <c>omit_empty_values</c> leaves it out; in JSON a number or an object stays one where the variable stands alone.
/// </summary>
internal sealed class BodyFormat
{
    private readonly BodyFormatResource _resource;
    private readonly SubstitutionFormat? _text;
    private readonly Dictionary<string, SubstitutionFormat> _values = new(StringComparer.Ordinal);

    private BodyFormat(BodyFormatResource resource)
    {
        _resource = resource;
        if (!resource.IsJson)
        {
            _text = Parse(resource.Text);
            return;
        }

        using JsonDocument document = JsonDocument.Parse(resource.Text);
        Collect(document.RootElement);
    }

    public string ContentType => _resource.ContentType;

    public static BodyFormat? Create(BodyFormatResource? resource) => resource is null ? null : new BodyFormat(resource);

    public string Evaluate(in FormatContext context)
    {
        if (_text is not null)
            return context.Evaluate(_text, _resource.OmitEmpty ? "" : "-");
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        using (JsonDocument document = JsonDocument.Parse(_resource.Text))
            Write(writer, document.RootElement, null, context);
        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static SubstitutionFormat Parse(string text) => SubstitutionFormat.Parse(text, out string error) ?? throw new ArgumentException(error, nameof(text));

    private void Collect(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.String)
            _values.TryAdd(element.GetString()!, Parse(element.GetString()!));
        else if (element.ValueKind == JsonValueKind.Object)
            element.EnumerateObject().ToList().ForEach(property => Collect(property.Value));
        else if (element.ValueKind == JsonValueKind.Array)
            element.EnumerateArray().ToList().ForEach(Collect);
    }

    private void Write(Utf8JsonWriter writer, JsonElement element, string? name, in FormatContext context)
    {
        SubstitutionFormat? format = element.ValueKind == JsonValueKind.String ? _values[element.GetString()!] : null;
        string? alone = format is { Parts: [{ IsText: false } only] } ? context.Value(only) : "";
        if (alone is null && _resource.OmitEmpty && name is not null)
            return;
        if (name is not null)
            writer.WritePropertyName(name);
        switch (element.ValueKind)
        {
            case JsonValueKind.String when alone is null:
                writer.WriteNullValue();
                break;
            case JsonValueKind.String when format!.Parts is [{ IsText: false } variable] && context.Json(variable) is { } json:
                writer.WriteRawValue(json);
                break;
            case JsonValueKind.String:
                writer.WriteStringValue(context.Evaluate(format!, _resource.OmitEmpty ? "" : "-"));
                break;
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (JsonProperty property in element.EnumerateObject())
                    Write(writer, property.Value, property.Name, context);
                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (JsonElement item in element.EnumerateArray())
                    Write(writer, item, null, context);
                writer.WriteEndArray();
                break;
            default:
                element.WriteTo(writer);
                break;
        }
    }
}
