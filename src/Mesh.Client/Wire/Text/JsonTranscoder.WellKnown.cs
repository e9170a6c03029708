using System.Text.Json;

namespace Mesh.Wire.Text;

/// <content>The messages of google.protobuf whose JSON form is not that of their fields, and maps.</content>
internal sealed partial class JsonTranscoder
{
    private void ReadWellKnown(ref Utf8JsonReader reader, MessageTable table)
    {
        switch (table.WellKnown)
        {
            case WellKnownKind.Any:
                ReadAny(ref reader, table);
                break;
            case WellKnownKind.Duration:
                ReadTime(ref reader, table, isDuration: true);
                break;
            case WellKnownKind.Timestamp:
                ReadTime(ref reader, table, isDuration: false);
                break;
            case WellKnownKind.Value:
                ReadDynamic(ref reader, table);
                break;
            default:
                // A wrapper holds one value, a Struct one map, a ListValue one list: the bare content of field 1.
                FieldEntry content = table[1];
                _path.Push(content);
                ReadField(ref reader, content);
                _path.Pop();
                break;
        }
    }

    private void ReadTime(ref Utf8JsonReader reader, MessageTable table, bool isDuration)
    {
        long seconds = 0;
        int nanos = 0;
        bool valid = reader.TokenType == JsonTokenType.String && !reader.ValueIsEscaped && (isDuration
            ? TimeText.TryParseDuration(reader.ValueSpan, out seconds, out nanos)
            : TimeText.TryParseTimestamp(reader.ValueSpan, out seconds, out nanos));
        if (!valid)
        {
            Expected(ref reader, isDuration
                ? "a duration in seconds as \"1.5s\", up to 315576000000s"
                : "a time as \"2006-01-02T15:04:05Z\"");
            return;
        }

        WriteNumber(table[1], (ulong)seconds);
        WriteNumber(table[2], (ulong)nanos);
    }

    private void WriteNumber(FieldEntry field, ulong bits)
    {
        if (bits == 0)
            return;
        output.WriteVarint(field.Tag);
        output.WriteVarint(bits);
    }

    /// <summary>A <c>google.protobuf.Value</c>: the JSON itself says which of its fields is set.</summary>
    private void ReadDynamic(ref Utf8JsonReader reader, MessageTable table)
    {
        const int Null = 1, Number = 2, String = 3, Bool = 4, Struct = 5, List = 6;
        int kind = reader.TokenType switch
        {
            JsonTokenType.Null => Null,
            JsonTokenType.Number => Number,
            JsonTokenType.String => String,
            JsonTokenType.StartObject => Struct,
            JsonTokenType.StartArray => List,
            _ => Bool,
        };

        FieldEntry field = table[kind];
        if (kind == Null)
        {
            output.WriteVarint(field.Tag);
            output.WriteVarint(0);
        }
        else
        {
            ReadValue(ref reader, field);
        }
    }

    private void ReadMap(ref Utf8JsonReader reader, FieldEntry field)
    {
        if (!Enter(ref reader, JsonTokenType.StartObject, "an object"))
            return;

        FieldEntry key = field.Table[1];
        var keys = new MapKeys(output.Length);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            int before = output.Length;
            output.WriteVarint(field.Tag);
            int entry = output.Open();
            output.WriteVarint(key.Tag);
            if (!TryWriteText(ref reader, out int keyLength))
            {
                output.Truncate(before);
                reader.Skip();
                continue;
            }

            int keyStart = output.Length - keyLength;
            _path.SetKey(keyStart, keyLength);
            reader.Read();
            if (!keys.Add(output.Written, before, output.Written[keyStart..]))
                Refuse(ref reader, "set twice");
            else if (TryReadMapValue(ref reader, field.Table[2]))
            {
                output.Close(entry);
                continue;
            }

            output.Truncate(before);
        }
    }

    private bool TryReadMapValue(ref Utf8JsonReader reader, FieldEntry value)
    {
        if (reader.TokenType == JsonTokenType.Null && !TakesNull(value))
        {
            Report("null cannot stand in a map");
            return false;
        }

        _path.Push(value);
        ReadValue(ref reader, value);
        _path.Pop();
        return true;
    }
}
