using System.Text.Json;
using Mesh.Resources;

namespace Mesh.Sources.Xds.Bootstrap;

/// <summary>Reads <c>node</c> (A27).</summary>
internal static class NodeReader
{
    /// <summary>The node; of use only when nothing was reported.</summary>
    public static XdsNode Read(BootstrapObject entry, ErrorCollector errors)
    {
        var node = new XdsNode { Id = entry.Text("id"), Cluster = entry.Text("cluster") };
        if (entry.Object("locality") is { } locality)
        {
            using (errors.At("locality"))
            {
                node = node with { Region = locality.Text("region"), Zone = locality.Text("zone"), SubZone = locality.Text("sub_zone") };
                locality.ReportUnknown();
            }
        }

        if (entry.Find("metadata") is { } metadata)
        {
            using (errors.At("metadata"))
            {
                if (metadata.ValueKind != JsonValueKind.Object)
                    errors.Error($"expected an object, found {BootstrapObject.Describe(metadata)}");
                else
                    CheckStruct(metadata, errors);
            }

            node = node with { Metadata = metadata.Clone() };
        }

        entry.ReportUnknown();
        return node;
    }

    /// <summary>Whether a value can be a <c>google.protobuf.Struct</c>, which it becomes on the wire.</summary>
    private static void CheckStruct(JsonElement value, ErrorCollector errors)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Number when !value.TryGetDouble(out double number) || !double.IsFinite(number):
                errors.Error($"{BootstrapObject.Describe(value)} is out of the range of a double");
                break;
            case JsonValueKind.Object:
                var seen = new HashSet<string>(StringComparer.Ordinal);
                foreach (JsonProperty member in value.EnumerateObject())
                {
                    using (errors.At(member.Name))
                    {
                        if (!seen.Add(member.Name))
                            errors.Error("stands twice");
                        CheckStruct(member.Value, errors);
                    }
                }

                break;
            case JsonValueKind.Array:
                int i = 0;
                foreach (JsonElement item in value.EnumerateArray())
                {
                    using (errors.At("", i++))
                        CheckStruct(item, errors);
                }

                break;
        }
    }
}
