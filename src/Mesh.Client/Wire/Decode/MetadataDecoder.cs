using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Mesh.Primitives;
using Mesh.Resources;
using Mesh.Wire.Protos.Envoy.Config.Core.V3;

namespace Mesh.Wire.Decode;

/// <summary><c>Metadata</c> of routes, virtual hosts and route configurations: kept for formats, tests and explanations.</summary>
internal static class MetadataDecoder
{
    public static MetadataResource Decode(Metadata? message) => message is null || message.FilterMetadata.Count == 0
        ? MetadataResource.None
        : new MetadataResource(message.FilterMetadata
            .OrderBy(entry => entry.Key, StringComparer.Ordinal)
            .Select(entry => KeyValuePair.Create(entry.Key, Compact(entry.Value)))
            .ToValueList());

    /// <summary>A <c>Struct</c> as JSON without a needless space. Whatever can come over the wire can be written: a value of no kind is null.</summary>
    public static string Compact(Struct value)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            Write(writer, value);
        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static void Write(Utf8JsonWriter writer, Struct value)
    {
        writer.WriteStartObject();
        foreach (var (name, member) in value.Fields)
        {
            writer.WritePropertyName(name);
            Write(writer, member);
        }

        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, Value value)
    {
        switch (value.KindCase)
        {
            case Value.KindOneofCase.NumberValue when double.IsFinite(value.NumberValue):
                writer.WriteNumberValue(value.NumberValue);
                break;
            case Value.KindOneofCase.NumberValue:
                writer.WriteStringValue(value.NumberValue.ToString(CultureInfo.InvariantCulture));
                break;
            case Value.KindOneofCase.StringValue:
                writer.WriteStringValue(value.StringValue);
                break;
            case Value.KindOneofCase.BoolValue:
                writer.WriteBooleanValue(value.BoolValue);
                break;
            case Value.KindOneofCase.StructValue:
                Write(writer, value.StructValue);
                break;
            case Value.KindOneofCase.ListValue:
                writer.WriteStartArray();
                foreach (Value item in value.ListValue.Values)
                    Write(writer, item);
                writer.WriteEndArray();
                break;
            default:
                writer.WriteNullValue();
                break;
        }
    }
}
