using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Google.Protobuf;
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
            .Select(entry => KeyValuePair.Create(entry.Key, Compact(JsonFormatter.Default.Format(entry.Value))))
            .ToValueList());

    private static string Compact(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            document.RootElement.WriteTo(writer);
        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}
