using System.Collections.Concurrent;
using Google.Protobuf.Reflection;

namespace Mesh.Wire.Text;

/// <summary>
/// The fields of one message type by number and by name (as the proto file spells it and in lowerCamelCase), made from
/// its descriptor once. What guides <see cref="JsonTranscoder"/> and <see cref="Validate.WireScan"/>, so neither needs
/// reflection.
/// </summary>
internal sealed class MessageTable
{
    private const int MaxFieldNumber = 4095;

    private static readonly ConcurrentDictionary<MessageDescriptor, MessageTable> Tables = new();

    private readonly NameIndex<FieldEntry> _byName;
    private readonly FieldEntry?[] _byNumber;

    private MessageTable(MessageDescriptor message)
    {
        FullName = message.FullName;
        WellKnown = Text.WellKnown.KindOf(message);
        IsMapEntry = message.GetOptions()?.MapEntry == true;

        IList<FieldDescriptor> fields = message.Fields.InDeclarationOrder();
        if (fields.Count > FieldSet.Capacity)
            throw new NotSupportedException($"{FullName} has more than {FieldSet.Capacity} fields");

        Fields = new FieldEntry[fields.Count];
        bool hasPathNames = WellKnown == WellKnownKind.None && !IsMapEntry;
        for (int i = 0; i < fields.Count; i++)
        {
            FieldDescriptor field = fields[i];
            if (field.IsMap && field.MessageType.FindFieldByNumber(1).FieldType != FieldType.String)
                throw new NotSupportedException($"{field.FullName}: xDS has no maps but by string");
            int repeated = field is { IsRepeated: true, IsMap: false, FieldType: FieldType.Message } ? RepeatedCount++ : -1;
            Fields[i] = new FieldEntry(field, i, repeated, hasPathNames);
        }

        _byName = new NameIndex<FieldEntry>([.. Fields.SelectMany(NamesOf)]);
        _byNumber = new FieldEntry?[Fields.Length == 0 ? 0 : Fields.Max(field => field.Number) + 1];
        if (_byNumber.Length > MaxFieldNumber)
            throw new NotSupportedException($"{FullName} has a field number above {MaxFieldNumber}");
        foreach (FieldEntry field in Fields)
            _byNumber[field.Number] = field;
    }

    public string FullName { get; }

    public WellKnownKind WellKnown { get; }

    public bool IsMapEntry { get; }

    public FieldEntry[] Fields { get; }

    /// <summary>How many repeated message fields there are: each has a counter in a scan.</summary>
    public int RepeatedCount { get; }

    public static MessageTable For(MessageDescriptor message) => Tables.GetOrAdd(message, static message => new MessageTable(message));

    /// <summary>The field with this proto or JSON name in UTF-8.</summary>
    public FieldEntry? Find(ReadOnlySpan<byte> name) => _byName.TryFind(name, out FieldEntry? field) ? field : null;

    public FieldEntry? Find(int number) => (uint)number < (uint)_byNumber.Length ? _byNumber[number] : null;

    /// <summary>A field known to exist.</summary>
    public FieldEntry this[int number] => _byNumber[number]!;

    private static KeyValuePair<string, FieldEntry>[] NamesOf(FieldEntry field) =>
        [KeyValuePair.Create(field.Name, field), KeyValuePair.Create(field.JsonName, field)];
}
