using System.Text;
using System.Text.Json;
using Mesh.Resources;
using Mesh.Tool.RouteTests;
using Mesh.Wire.Text;

namespace Mesh.Conformance.Suites;

/// <summary>Messages that a case holds as JSON.</summary>
internal static class ProtoJson
{
    public static byte[] ToWire(string type, JsonElement json)
    {
        var errors = new ErrorCollector();
        var wire = new WireBuffer();
        MessageTable table = TypeRegistry.Default.Find($"type.googleapis.com/{type}") ?? throw new CaseFormatException($"{type} is not known");
        new JsonTranscoder(TypeRegistry.Default, wire, errors).ReadDocument(Encoding.UTF8.GetBytes(json.GetRawText()), table);
        return errors.HasErrors ? throw new CaseFormatException($"the {type} is refused: {string.Join(", ", errors.Items)}") : wire.Written.ToArray();
    }
}
