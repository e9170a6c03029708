using System.Text.Unicode;
using Google.Protobuf;
using Mesh.Resources;
using Mesh.Wire.Protos.Mesh;
using Mesh.Wire.Text;
using FieldType = Google.Protobuf.Reflection.FieldType;

namespace Mesh.Wire.Validate;

/// <summary>
/// Walks a message on the wire beside its table and reports what the parsed message no longer shows: fields this version
/// does not declare, fields it knows but does not support, and malformed bytes. Nothing is accepted in silence.
/// </summary>
/// <remarks>Nothing is allocated while nothing is found, and each byte is visited once for each level it lies in.</remarks>
internal sealed class WireScan(TypeRegistry types, ErrorCollector errors, int maxDepth = WireScan.DefaultMaxDepth)
{
    /// <summary>The generated parser's own limit, so what passes here cannot fail there for depth.</summary>
    public const int DefaultMaxDepth = 100;

    private readonly PathTrail _path = new();
    private List<string>? _tolerated;

    /// <param name="wire">The message.</param>
    /// <param name="table">Its type.</param>
    /// <param name="tolerated">Takes the fields that would refuse the message, which are warnings then; null refuses it.</param>
    public void Scan(ReadOnlySpan<byte> wire, MessageTable table, List<string>? tolerated = null)
    {
        _tolerated = tolerated;
        _path.Clear();
        ScanMessage(wire, 0, wire.Length, table, depth: 0);
    }

    private void ScanMessage(ReadOnlySpan<byte> wire, int start, int end, MessageTable table, int depth)
    {
        if (depth > maxDepth)
        {
            Report(wire, Severity.Error, $"messages are nested deeper than {maxDepth}");
            return;
        }

        FieldSet reported = default;
        HashSet<int>? undeclared = null;
        Span<int> counts = stackalloc int[table.RepeatedCount];
        var reader = new WireReader(wire, start, end);
        while (reader.Read())
        {
            FieldEntry? field = table.Find(reader.Number);
            if (field is null)
            {
                if ((undeclared ??= []).Add(reader.Number))
                    Report(wire, Severity.Warning, $"field number {reader.Number} is not declared by this version and has no effect");
            }
            else if (!field.Accepts(reader.WireType))
            {
                if (reported.Add(field.Index))
                    Report(wire, field, Severity.Warning, $"written as {reader.WireType}, not as this field's type: it has no effect");
            }
            else if (field.Support is Support.Ignored or Support.Refused)
            {
                if (IsSet(field, in reader) && reported.Add(field.Index))
                    ReportUnsupported(wire, field);
            }
            else if (field.Type == FieldType.Message)
            {
                if (field.Support == Support.Validated && reported.Add(field.Index))
                    ReportUnsupported(wire, field);
                _path.Push(field, field.IsRepeated ? counts[field.RepeatedIndex]++ : -1);
                if (field.IsMap)
                    SetKey(wire, in reader);
                ScanMessage(wire, reader.ValueStart, reader.ValueEnd, field.Table, depth + 1);
                _path.Pop();
            }
            else
            {
                if (field.Support == Support.Validated && IsSet(field, in reader) && reported.Add(field.Index))
                    ReportUnsupported(wire, field);
                CheckValue(wire, field, in reader, ref reported);
            }
        }

        if (reader.Malformed is not null)
            Report(wire, Severity.Error, $"malformed protobuf: {reader.Malformed}");
        else if (table.WellKnown == WellKnownKind.Any)
            ScanAny(wire, start, end, depth);
    }

    /// <summary>Walks the message in an Any, whose own fields are walked already. An unknown type is the decoder's to judge.</summary>
    private void ScanAny(ReadOnlySpan<byte> wire, int start, int end, int depth)
    {
        const int TypeUrl = 1, Value = 2;
        MessageTable? table = null;
        int valueStart = 0;
        int valueEnd = 0;
        var reader = new WireReader(wire, start, end);
        while (reader.Read())
        {
            if (reader.WireType != WireFormat.WireType.LengthDelimited)
                continue;
            if (reader.Number == TypeUrl)
                table = types.Find(reader.Value);
            else if (reader.Number == Value)
                (valueStart, valueEnd) = (reader.ValueStart, reader.ValueEnd);
        }

        if (table is not null)
            ScanMessage(wire, valueStart, valueEnd, table, depth + 1);
    }

    private void SetKey(ReadOnlySpan<byte> wire, in WireReader map)
    {
        const int Key = 1;
        int start = 0;
        int end = 0;
        var entry = new WireReader(wire, map.ValueStart, map.ValueEnd);
        while (entry.Read())
        {
            if (entry is { Number: Key, WireType: WireFormat.WireType.LengthDelimited })
                (start, end) = (entry.ValueStart, entry.ValueEnd);
        }

        _path.SetKey(start, end - start);
    }

    // The generated parser puts replacement characters in place of bad UTF-8, which would change what a text matches.
    private void CheckValue(ReadOnlySpan<byte> wire, FieldEntry field, in WireReader reader, ref FieldSet reported)
    {
        if (reader.WireType != WireFormat.WireType.LengthDelimited)
            return;

        string? wrong = field.Type switch
        {
            FieldType.String => Utf8.IsValid(reader.Value) ? null : "not valid UTF-8",
            FieldType.Bytes => null,
            _ => IsPackedList(field, reader.Value) ? null : "malformed protobuf: a packed list is cut short",
        };
        if (wrong is not null && reported.Add(field.Index))
            Report(wire, field, Severity.Error, wrong);
    }

    private static bool IsPackedList(FieldEntry field, ReadOnlySpan<byte> list)
    {
        if (field.ValueWireType == WireFormat.WireType.Fixed32)
            return list.Length % sizeof(uint) == 0;
        if (field.ValueWireType == WireFormat.WireType.Fixed64)
            return list.Length % sizeof(ulong) == 0;

        var numbers = new WireReader(list);
        while (!numbers.AtEnd)
        {
            if (!numbers.TryReadVarint(out _))
                return false;
        }

        return true;
    }

    private static bool IsSet(FieldEntry field, in WireReader reader)
    {
        if (reader.WireType != WireFormat.WireType.LengthDelimited)
            return reader.Bits != 0 || !field.IsImplicit;

        // An empty message is set, and so is an empty stand-in for one; an empty string or packed list is not.
        bool emptyIsUnset = field.StandInFor is null && (field.IsImplicit || field.IsPacked);
        return reader.ValueStart != reader.ValueEnd || !emptyIsUnset;
    }

    private void ReportUnsupported(ReadOnlySpan<byte> wire, FieldEntry field)
    {
        string type = field.StandInFor is null ? "" : $" ({field.StandInFor})";
        if (field.Support == Support.Refused && _tolerated is not null)
        {
            _tolerated.Add($"{field.Name} is not supported{type}");
            Report(wire, field, Severity.Warning, $"not supported{type}: what needs it cannot be called");
        }
        else if (field.Support == Support.Refused)
            Report(wire, field, Severity.Error, $"not supported{type}; remove it: without effect it would change what is matched or trusted");
        else if (field.Support == Support.Validated)
            Report(wire, field, Severity.Warning, "read and checked, but this version does not act on it: it has no effect");
        else
            Report(wire, field, Severity.Warning, $"known but not supported{type}: it has no effect");
    }

    private void Report(ReadOnlySpan<byte> wire, FieldEntry field, Severity severity, string message)
    {
        _path.Push(field);
        Report(wire, severity, message);
        _path.Pop();
    }

    private void Report(ReadOnlySpan<byte> wire, Severity severity, string message) => _path.Report(errors, wire, severity, message);
}
