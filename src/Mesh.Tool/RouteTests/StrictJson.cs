using System.Text.Json;

namespace Mesh.Tool.RouteTests;

/// <summary>A case file names something that is not known: that is the file's error, and never passed over.</summary>
internal sealed class CaseFormatException(string message) : Exception(message);

/// <summary>Reads an object whose every key must be asked for.</summary>
internal sealed class StrictJson(JsonElement element, string where)
{
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);

    public JsonElement? Find(string key)
    {
        _asked.Add(key);
        return element.TryGetProperty(key, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }

    public string? Text(string key) => Find(key)?.GetString();

    public StrictJson? Object(string key) => Find(key) is { } value ? new StrictJson(value, $"{where}.{key}") : null;

    public IEnumerable<StrictJson> Objects(string key)
    {
        if (Find(key) is not { } list)
            yield break;
        int i = 0;
        foreach (JsonElement item in list.EnumerateArray())
            yield return new StrictJson(item, $"{where}.{key}[{i++}]");
    }

    /// <summary>Throws for a key that nobody asked for.</summary>
    public void Complete()
    {
        foreach (JsonProperty property in element.EnumerateObject())
        {
            if (!_asked.Contains(property.Name))
                throw new CaseFormatException($"{where}: unknown key '{property.Name}'");
        }
    }
}
