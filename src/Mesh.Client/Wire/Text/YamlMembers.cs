using System.Text;
using System.Text.Json;

namespace Mesh.Wire.Text;

/// <summary>The keys of a YAML mapping on its way to a JSON object, and what its merge key (<c>&lt;&lt;</c>) adds in the end.</summary>
internal sealed class YamlMembers(WireBuffer json)
{
    private readonly HashSet<string> _keys = new(StringComparer.Ordinal);
    private byte[]? _merged;

    /// <summary>Begins a member, with a comma where one belongs; false when the key was there already.</summary>
    public bool TryBegin(string key)
    {
        if (!_keys.Add(key))
            return false;
        if (_keys.Count > 1)
            json.Write(","u8);
        return true;
    }

    /// <summary>Takes the JSON of a merge key's value; false when there is one already or it is of the wrong kind.</summary>
    public bool TryMerge(byte[] merged)
    {
        if (_merged is not null)
            return false;
        _merged = merged;

        var reader = new Utf8JsonReader(merged, JsonTranscoder.ReaderOptions);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
            return reader.TokenType == JsonTokenType.StartObject;
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
            reader.Skip();
        return reader.TokenType == JsonTokenType.EndArray;
    }

    /// <summary>Writes the merged members whose keys are not set; of a list the earlier mapping wins.</summary>
    public void WriteMerged()
    {
        if (_merged is null)
            return;

        var reader = new Utf8JsonReader(_merged, JsonTranscoder.ReaderOptions);
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName)
                continue;
            string key = reader.GetString()!;
            reader.Read();
            int start = (int)reader.TokenStartIndex;
            reader.Skip();
            if (!TryBegin(key))
                continue;
            JsonText.Write(json, key);
            json.Write(":"u8);
            json.Write(_merged.AsSpan(start, (int)reader.BytesConsumed - start));
        }
    }
}
