using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Google.Protobuf;
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

    /// <summary>A <c>Struct</c> as JSON without a needless space.</summary>
    public static string Compact(Struct value)
    {
        using JsonDocument document = JsonDocument.Parse(JsonFormatter.Default.Format(value));
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            document.RootElement.WriteTo(writer);
        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}
