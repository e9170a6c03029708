using Google.Protobuf;
using Google.Protobuf.Reflection;
using Mesh.Wire.Protos.Mesh;

namespace Mesh.Wire.Text;

/// <summary>What reading and scanning need to know of one field, taken from its descriptor once.</summary>
internal sealed class FieldEntry
{
    private readonly MessageDescriptor? _message;
    private MessageTable? _table;

    public FieldEntry(FieldDescriptor field, int index, int repeatedIndex, bool hasPathName)
    {
        Name = field.Name;
        JsonName = field.JsonName;
        PathName = hasPathName ? field.Name : "";
        Number = field.FieldNumber;
        Index = index;
        RepeatedIndex = repeatedIndex;
        Type = field.FieldType;
        IsMap = field.IsMap;
        IsRepeated = field.IsRepeated && !field.IsMap;
        ValueWireType = WireTypeOf(field.FieldType);
        IsPacked = IsRepeated && field.IsPacked && ValueWireType != WireFormat.WireType.LengthDelimited;
        Tag = WireFormat.MakeTag(Number, IsPacked ? WireFormat.WireType.LengthDelimited : ValueWireType);
        OneofIndex = field.RealContainingOneof?.Index ?? -1;
        OneofName = field.RealContainingOneof?.Name ?? "";
        IsImplicit = !field.IsRepeated && !field.HasPresence;
        _message = field.FieldType == FieldType.Message ? field.MessageType : null;
        Enum = field.FieldType == FieldType.Enum ? new EnumTable(field.EnumType) : null;

        FieldOptions? options = field.GetOptions();
        Support = options?.GetExtension(SupportExtensions.Support) ?? Support.Honoured;
        StandInFor = options?.GetExtension(SupportExtensions.StandInFor) is { Length: > 0 } type ? type : null;
    }

    /// <summary>The name in the proto file: snake_case, and what paths show.</summary>
    public string Name { get; }

    public string JsonName { get; }

    /// <summary>The name in paths; empty where the text has no such level (inside a map entry, a Struct, a wrapper).</summary>
    public string PathName { get; }

    public int Number { get; }

    /// <summary>The position in <see cref="MessageTable.Fields"/>.</summary>
    public int Index { get; }

    /// <summary>The position among the repeated message fields; -1 for others. It numbers a scan's counters.</summary>
    public int RepeatedIndex { get; }

    public FieldType Type { get; }

    public bool IsMap { get; }

    /// <summary>A list; a map is none.</summary>
    public bool IsRepeated { get; }

    public bool IsPacked { get; }

    /// <summary>The wire type of one value; a packed list as a whole is length-delimited.</summary>
    public WireFormat.WireType ValueWireType { get; }

    /// <summary>The tag as this field is written.</summary>
    public uint Tag { get; }

    public int OneofIndex { get; }

    public string OneofName { get; }

    /// <summary>A zero value is the same as none: a proto3 scalar outside a oneof, without <c>optional</c>.</summary>
    public bool IsImplicit { get; }

    public EnumTable? Enum { get; }

    public Support Support { get; }

    /// <summary>The message type a bytes field stands in for; null for an ordinary field.</summary>
    public string? StandInFor { get; }

    /// <summary>The fields of a message field, or of a map's entry. Made when first asked for: messages may contain themselves.</summary>
    public MessageTable Table => _table ??= MessageTable.For(_message ?? throw new InvalidOperationException($"{Name} is no message"));

    /// <summary>Whether a value of this wire type belongs to this field; a list of numbers may be packed or not.</summary>
    public bool Accepts(WireFormat.WireType wireType) =>
        wireType == ValueWireType || (wireType == WireFormat.WireType.LengthDelimited && IsRepeated);

    private static WireFormat.WireType WireTypeOf(FieldType type) => type switch
    {
        FieldType.String or FieldType.Bytes or FieldType.Message => WireFormat.WireType.LengthDelimited,
        FieldType.Double or FieldType.Fixed64 or FieldType.SFixed64 => WireFormat.WireType.Fixed64,
        FieldType.Float or FieldType.Fixed32 or FieldType.SFixed32 => WireFormat.WireType.Fixed32,
        FieldType.Group => throw new NotSupportedException("proto3 has no groups"),
        _ => WireFormat.WireType.Varint,
    };
}
