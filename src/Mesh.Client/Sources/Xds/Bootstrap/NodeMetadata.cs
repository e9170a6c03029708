using System.Text.Json;

namespace Mesh.Sources.Xds.Bootstrap;

/// <summary>Adds to the metadata of a node (<c>Node.metadata</c>), which is an object of JSON.</summary>
internal static class NodeMetadata
{
    /// <summary>The metadata with entries added.</summary>
    /// <param name="own">What there is; null for nothing.</param>
    /// <param name="added">The entries, each name once.</param>
    /// <param name="replace">Whether an entry that is there already gives way; it stays otherwise.</param>
    public static JsonElement? With(JsonElement? own, IEnumerable<KeyValuePair<string, string>> added, bool replace)
    {
        Dictionary<string, string> entries = added.Where(entry => replace || !Has(own, entry.Key)).ToDictionary(StringComparer.Ordinal);
        return entries.Count == 0 ? own : Write(own, entries.ContainsKey, writer => WriteEntries(writer, entries));
    }

    /// <summary>The metadata with an object added, unless there is an entry of its name or nothing in it.</summary>
    public static JsonElement? With(JsonElement? own, string name, IReadOnlyDictionary<string, string> members)
    {
        if (members.Count == 0 || Has(own, name))
            return own;
        return Write(own, _ => false, writer =>
        {
            writer.WriteStartObject(name);
            WriteEntries(writer, members);
            writer.WriteEndObject();
        });
    }

    private static bool Has(JsonElement? own, string name) => own is { } metadata && metadata.TryGetProperty(name, out _);

    private static void WriteEntries(Utf8JsonWriter writer, IEnumerable<KeyValuePair<string, string>> entries)
    {
        foreach (var (name, value) in entries)
            writer.WriteString(name, value);
    }

    private static JsonElement Write(JsonElement? own, Predicate<string> isReplaced, Action<Utf8JsonWriter> add)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (JsonProperty entry in own?.EnumerateObject() ?? default)
            {
                if (!isReplaced(entry.Name))
                    entry.WriteTo(writer);
            }

            add(writer);
            writer.WriteEndObject();
        }

        using var document = JsonDocument.Parse(buffer.ToArray());
        return document.RootElement.Clone();
    }
}
