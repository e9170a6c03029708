using System.Text;
using System.Text.Json;

namespace Mesh.Wire.Text;

/// <content><c>google.protobuf.Any</c>: an object that names its own type in <c>@type</c>.</content>
internal sealed partial class JsonTranscoder
{
    /// <summary>
    /// Reads an object with an <c>@type</c> and writes the fields of that type alone, without an Any around them. The
    /// reader stands at its start. A type the registry does not know is skipped without a word: the caller judges it.
    /// </summary>
    /// <param name="reader">Stands at the object; afterwards at its end.</param>
    /// <param name="typeUrl">What <c>@type</c> says; null when it is missing, which is reported.</param>
    /// <returns>The table of the type, or null when there is none.</returns>
    /// <exception cref="JsonException">The text is no JSON.</exception>
    public MessageTable? ReadTyped(ref Utf8JsonReader reader, out string? typeUrl)
    {
        _path.Clear();
        typeUrl = null;
        Utf8JsonReader type = reader;
        if (!Enter(ref reader, JsonTokenType.StartObject, "an object"))
            return null;
        if (!TryFindType(ref type))
        {
            reader.Skip();
            return null;
        }

        int before = output.Length;
        if (TryWriteText(ref type, out int length))
            typeUrl = Encoding.UTF8.GetString(output.Written[^length..]);
        output.Truncate(before);

        MessageTable? table = typeUrl is null ? null : types.Find(typeUrl);
        if (table is null)
            reader.Skip();
        else
            ReadTypedContent(ref reader, table);
        return table;
    }

    private void ReadAny(ref Utf8JsonReader reader, MessageTable any)
    {
        Utf8JsonReader type = reader;
        if (!Enter(ref reader, JsonTokenType.StartObject, "an object"))
            return;

        // The one Any that needs no type is the one that holds nothing.
        Utf8JsonReader ahead = reader;
        if (ahead.Read() && ahead.TokenType == JsonTokenType.EndObject)
        {
            reader = ahead;
            return;
        }

        if (!TryFindType(ref type))
        {
            reader.Skip();
            return;
        }

        FieldEntry typeUrl = any[1];
        FieldEntry value = any[2];
        int before = output.Length;
        output.WriteVarint(typeUrl.Tag);
        if (!TryWriteText(ref type, out int length))
        {
            output.Truncate(before);
            reader.Skip();
            return;
        }

        if (types.Find(output.Written[^length..]) is not { } table)
        {
            reader.Skip();
            return;
        }

        before = output.Length;
        output.WriteVarint(value.Tag);
        int start = output.Open();
        ReadTypedContent(ref reader, table);
        if (output.Length == start)
            output.Truncate(before);
        else
            output.Close(start);
    }

    /// <summary>Moves the reader, a copy that may run ahead, to the value of <c>@type</c>; it should come first but need not.</summary>
    private bool TryFindType(ref Utf8JsonReader ahead)
    {
        while (ahead.Read() && ahead.TokenType == JsonTokenType.PropertyName)
        {
            bool isType = ahead.ValueTextEquals("@type"u8);
            ahead.Read();
            if (!isType)
            {
                ahead.Skip();
                continue;
            }

            if (ahead.TokenType == JsonTokenType.String && ahead.ValueSpan.Contains((byte)'/'))
                return true;
            Report($"expected a type URL as \"type.googleapis.com/package.Message\", found {Excerpt.Found(ref ahead)}", "@type");
            return false;
        }

        Report("'@type' is missing");
        return false;
    }

    private void ReadTypedContent(ref Utf8JsonReader reader, MessageTable table)
    {
        if (table.WellKnown == WellKnownKind.None)
            ReadMessage(ref reader, table, inAny: true);
        else
            ReadTypedWellKnown(ref reader, table);
    }

    /// <summary>A type with a JSON form of its own stands in <c>value</c>, next to <c>@type</c>.</summary>
    private void ReadTypedWellKnown(ref Utf8JsonReader reader, MessageTable table)
    {
        bool found = table.WellKnown == WellKnownKind.Empty; // which may be left out
        bool typeSeen = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!reader.ValueTextEquals("value"u8))
            {
                SkipUnknown(ref reader, table, inAny: true, ref typeSeen);
                continue;
            }

            found = true;
            reader.Read();
            ReadContent(ref reader, table);
        }

        if (!found)
            Report($"'value' is missing: {table.FullName} stands in it");
    }
}
