using System.Text.Json;
using Google.Protobuf.Reflection;
using Mesh.Resources;

namespace Mesh.Wire.Text;

/// <summary>
/// Reads canonical proto3 JSON as protobuf wire bytes, guided by a <see cref="MessageTable"/>. Every mistake is gathered
/// with its path and reading goes on behind it; only malformed JSON ends it. One pass over the text, nothing allocated
/// for a field.
/// </summary>
/// <remarks>
/// What is written is well-formed even after an error, then without the values at fault. A field that stands in for a
/// message we do not read is written empty, so that <see cref="Validate.WireScan"/> reports it.
/// </remarks>
internal sealed partial class JsonTranscoder(
    TypeRegistry types,
    WireBuffer output,
    ErrorCollector errors,
    int maxDepth = JsonTranscoder.DefaultMaxDepth)
{
    public const int DefaultMaxDepth = 100;

    private readonly PathTrail _path = new();

    /// <summary>
    /// How readers handed in are to be made: nesting is limited here, where the error can have a path. Far beyond any limit that can be
    /// set the reader gives up by itself.
    /// </summary>
    public static JsonReaderOptions ReaderOptions { get; } = new() { MaxDepth = 2000 };

    /// <summary>
    /// Reads a whole text, which must be one value. Malformed JSON is one error with its position, and nothing is written.
    /// </summary>
    public void ReadDocument(ReadOnlySpan<byte> json, MessageTable table)
    {
        int start = output.Length;
        try
        {
            var reader = new Utf8JsonReader(json, ReaderOptions);
            reader.Read();
            Read(ref reader, table);
            reader.Read();
        }
        catch (JsonException exception)
        {
            output.Truncate(start);
            errors.AddRange([SyntaxErrors.From(json, exception)]);
        }
    }

    /// <summary>
    /// Reads the value the reader stands at as the content of a message; afterwards it stands at the value's last token.
    /// </summary>
    /// <exception cref="JsonException">The text is no JSON.</exception>
    public void Read(ref Utf8JsonReader reader, MessageTable table)
    {
        _path.Clear();
        ReadContent(ref reader, table);
    }

    private void ReadContent(ref Utf8JsonReader reader, MessageTable table)
    {
        if (table.WellKnown is WellKnownKind.None or WellKnownKind.Empty)
            ReadMessage(ref reader, table, inAny: false);
        else
            ReadWellKnown(ref reader, table);
    }

    private void ReadMessage(ref Utf8JsonReader reader, MessageTable table, bool inAny)
    {
        if (!Enter(ref reader, JsonTokenType.StartObject, "an object"))
            return;

        FieldSet seen = default;
        FieldSet oneofs = default;
        bool typeSeen = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            FieldEntry? field = Find(ref reader, table);
            if (field is null)
            {
                SkipUnknown(ref reader, table, inAny, ref typeSeen);
                continue;
            }

            reader.Read();
            _path.Push(field);
            if (!seen.Add(field.Index))
                Refuse(ref reader, "set twice");
            else if (reader.TokenType == JsonTokenType.Null && !TakesNull(field))
            {
                // null is the same as absent, also within a oneof
            }
            else if (field.OneofIndex >= 0 && !oneofs.Add(field.OneofIndex))
                Refuse(ref reader, $"only one field of '{field.OneofName}' may be set");
            else
                ReadField(ref reader, field);
            _path.Pop();
        }
    }

    private void ReadField(ref Utf8JsonReader reader, FieldEntry field)
    {
        if (field.StandInFor is not null)
            ReadStandIn(ref reader, field);
        else if (field.IsMap)
            ReadMap(ref reader, field);
        else if (field.IsRepeated)
            ReadList(ref reader, field);
        else
            ReadValue(ref reader, field);
    }

    /// <summary>One value with its tag: a singular field or an element of a list that is not packed.</summary>
    private void ReadValue(ref Utf8JsonReader reader, FieldEntry field)
    {
        switch (field.Type)
        {
            case FieldType.Message:
                output.WriteVarint(field.Tag);
                int start = output.Open();
                ReadContent(ref reader, field.Table);
                output.Close(start);
                break;
            case FieldType.String:
                ReadString(ref reader, field);
                break;
            case FieldType.Bytes:
                ReadBytes(ref reader, field);
                break;
            default:
                if (TryReadScalar(ref reader, field, out ulong bits) && !(bits == 0 && field.IsImplicit))
                {
                    output.WriteVarint(field.Tag);
                    WriteScalar(field, bits);
                }

                break;
        }
    }

    private void ReadList(ref Utf8JsonReader reader, FieldEntry field)
    {
        if (!Enter(ref reader, JsonTokenType.StartArray, "a list"))
            return;

        int before = output.Length;
        int packed = 0;
        if (field.IsPacked)
        {
            output.WriteVarint(field.Tag);
            packed = output.Open();
        }

        for (int i = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; i++)
        {
            _path.SetIndex(i);
            if (reader.TokenType == JsonTokenType.Null && !TakesNull(field))
                Report("null cannot stand in a list");
            else if (!field.IsPacked)
                ReadValue(ref reader, field);
            else if (TryReadScalar(ref reader, field, out ulong bits))
                WriteScalar(field, bits);
        }

        if (!field.IsPacked)
            return;
        if (output.Length == packed)
            output.Truncate(before);
        else
            output.Close(packed);
    }

    // What it holds is not ours to judge; an empty list or map of them is as good as absent.
    private void ReadStandIn(ref Utf8JsonReader reader, FieldEntry field)
    {
        Utf8JsonReader ahead = reader;
        bool isEmpty = field.IsRepeated
            && reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject
            && ahead.Read()
            && ahead.TokenType is JsonTokenType.EndArray or JsonTokenType.EndObject;
        reader.Skip();
        if (isEmpty)
            return;
        output.WriteVarint(field.Tag);
        output.Close(output.Open());
    }

    private static FieldEntry? Find(ref Utf8JsonReader reader, MessageTable table)
    {
        ReadOnlySpan<byte> raw = reader.ValueSpan;
        if (!reader.ValueIsEscaped)
            return table.Find(raw);

        const int MaxEscaped = 512;
        if (raw.Length > MaxEscaped || !JsonStrings.IsValid(raw, escaped: true))
            return null;
        Span<byte> name = stackalloc byte[MaxEscaped];
        return table.Find(name[..reader.CopyString(name)]);
    }

    private void SkipUnknown(ref Utf8JsonReader reader, MessageTable table, bool inAny, ref bool typeSeen)
    {
        bool isType = inAny && reader.ValueTextEquals("@type"u8);
        if (isType && typeSeen)
        {
            Report("set twice", "@type");
        }
        else if (!isType)
        {
            string name = Excerpt.Of(reader.ValueSpan);
            string? nearest = PathTrail.IsFull(errors, Severity.Error)
                ? null
                : NearestName.Find(name, table.Fields.Select(field => field.Name));
            Report(nearest is null ? $"unknown field '{name}'" : $"unknown field '{name}'; did you mean '{nearest}'?", name);
        }

        typeSeen |= isType;
        reader.Skip();
    }

    /// <summary>Only a <c>google.protobuf.Value</c> tells null from absent.</summary>
    private static bool TakesNull(FieldEntry field) =>
        field is { Type: FieldType.Message, IsMap: false } && field.Table.WellKnown == WellKnownKind.Value;

    /// <summary>Whether a container of the wanted kind starts here, not nested too deep; else it is reported and skipped.</summary>
    private bool Enter(ref Utf8JsonReader reader, JsonTokenType token, string expected)
    {
        if (reader.TokenType != token)
            return Expected(ref reader, expected);
        if (reader.CurrentDepth < maxDepth)
            return true;
        Refuse(ref reader, $"nested deeper than {maxDepth}");
        return false;
    }

    private bool Expected(ref Utf8JsonReader reader, string expected)
    {
        Refuse(ref reader, $"expected {expected}, found {Excerpt.Found(ref reader)}");
        return false;
    }

    private void Refuse(ref Utf8JsonReader reader, string message)
    {
        Report(message);
        reader.Skip();
    }

    private void Report(string message, string? leaf = null) => _path.Report(errors, output.Written, Severity.Error, message, leaf);
}
