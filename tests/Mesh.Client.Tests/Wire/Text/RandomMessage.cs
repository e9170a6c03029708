using System.Collections;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Mesh.Client.Tests.Wire.Protos;
using FieldType = Google.Protobuf.Reflection.FieldType;

namespace Mesh.Client.Tests.Wire.Text;

/// <summary>Fills messages by their descriptors, from a seed: every kind of field, edge values among them.</summary>
internal sealed class RandomMessage(int seed)
{
    private static readonly string[] Strings = ["", "a", "grün", "\"quoted\"\\", "line\nbreak\t\u0001", "𝒳 surrogates", new string('x', 300), "</script>", "\u2028"];
    private readonly Random _random = new(seed);

    public IMessage Next(MessageDescriptor type, int depth = 0)
    {
        IMessage message = type.Parser.ParseFrom(ByteString.Empty);
        foreach (FieldDescriptor field in type.Fields.InFieldNumberOrder())
        {
            if (_random.Next(depth + 2) != 0 || IsStandIn(field))
                continue;
            if (field.IsMap)
                FillMap((IDictionary)field.Accessor.GetValue(message), field.MessageType.FindFieldByNumber(2), depth);
            else if (field.IsRepeated)
                FillList((IList)field.Accessor.GetValue(message), field, depth);
            else
                field.Accessor.SetValue(message, Value(field, depth));
        }

        return message;
    }

    private static bool IsStandIn(FieldDescriptor field) => Mesh.Wire.Text.MessageTable.For(field.ContainingType)[field.FieldNumber].StandInFor is not null;

    private void FillList(IList list, FieldDescriptor field, int depth)
    {
        for (int i = _random.Next(4); i > 0; i--)
            list.Add(Value(field, depth));
    }

    private void FillMap(IDictionary map, FieldDescriptor value, int depth)
    {
        for (int i = _random.Next(14); i > 0; i--)
            map[$"{Strings[_random.Next(Strings.Length)]}{(i % 3 == 0 ? "" : i)}"] = Value(value, depth);
    }

    private object Value(FieldDescriptor field, int depth) => field.FieldType switch
    {
        FieldType.Double => Pick(0d, 1.5, double.MaxValue, double.Epsilon, double.NaN, double.NegativeInfinity, _random.NextDouble()),
        FieldType.Float => Pick(0f, -2.25f, float.MaxValue, float.Epsilon, float.PositiveInfinity, _random.NextSingle()),
        FieldType.Int32 or FieldType.SInt32 or FieldType.SFixed32 => Pick(0, 1, -1, int.MinValue, int.MaxValue, _random.Next()),
        FieldType.Int64 or FieldType.SInt64 or FieldType.SFixed64 => Pick(0L, 1, -1, long.MinValue, long.MaxValue, _random.NextInt64()),
        FieldType.UInt32 or FieldType.Fixed32 => Pick(0u, 1u, 127u, 128u, uint.MaxValue),
        FieldType.UInt64 or FieldType.Fixed64 => Pick(0ul, 1ul, 300ul, ulong.MaxValue),
        FieldType.Bool => Pick(true, false),
        FieldType.String => Strings[_random.Next(Strings.Length)],
        FieldType.Bytes => ByteString.CopyFrom(Bytes()),
        FieldType.Enum => System.Enum.ToObject(field.EnumType.ClrType, field.EnumType.Values[_random.Next(field.EnumType.Values.Count)].Number),
        _ => Message(field.MessageType, depth + 1),
    };

    private object Message(MessageDescriptor type, int depth) => type.FullName switch
    {
        "google.protobuf.BoolValue" => Pick(true, false),
        "google.protobuf.BytesValue" => ByteString.CopyFrom(Bytes()),
        "google.protobuf.StringValue" => Strings[_random.Next(Strings.Length)],
        "google.protobuf.DoubleValue" => Pick(0d, 1e300),
        "google.protobuf.FloatValue" => Pick(0f, 1.5f),
        "google.protobuf.Int32Value" => Pick(0, -5),
        "google.protobuf.Int64Value" => Pick(0L, long.MinValue),
        "google.protobuf.UInt32Value" => Pick(0u, uint.MaxValue),
        "google.protobuf.UInt64Value" => Pick(0ul, ulong.MaxValue),
        "google.protobuf.Duration" => Pick(
            new Duration(),
            new Duration { Seconds = 1, Nanos = 500_000_000 },
            new Duration { Seconds = -315_576_000_000 },
            new Duration { Nanos = -1 },
            new Duration { Seconds = _random.Next(), Nanos = _random.Next(1_000_000_000) }),
        "google.protobuf.Timestamp" => Pick(
            new Timestamp(),
            new Timestamp { Seconds = -62_135_596_800 },
            new Timestamp { Seconds = 253_402_300_799, Nanos = 999_999_999 },
            new Timestamp { Seconds = _random.NextInt64(4_000_000_000), Nanos = 120_000_000 }),
        "google.protobuf.Struct" => Struct(depth),
        "google.protobuf.Value" => Dynamic(depth),
        "google.protobuf.ListValue" => new ListValue { Values = { Dynamic(depth), Dynamic(depth) } },
        "google.protobuf.Any" => Any(depth),
        _ => depth > 4 ? type.Parser.ParseFrom(ByteString.Empty) : Next(type, depth),
    };

    private Any Any(int depth)
    {
        MessageDescriptor[] types = [Scalars.Descriptor, WellKnowns.Descriptor, Duration.Descriptor, Empty.Descriptor, Google.Protobuf.WellKnownTypes.Struct.Descriptor];
        return Google.Protobuf.WellKnownTypes.Any.Pack((IMessage)Message(types[_random.Next(types.Length)], depth + 1));
    }

    private Struct Struct(int depth)
    {
        var made = new Struct();
        foreach (string key in Strings.Where(key => key.Length > 0 && _random.Next(3) == 0)) // the formatter refuses an empty one
            made.Fields.Add(key, Dynamic(depth + 1));
        return made;
    }

    private Value Dynamic(int depth) => _random.Next(depth > 4 ? 4 : 6) switch
    {
        0 => Google.Protobuf.WellKnownTypes.Value.ForNull(),
        1 => Google.Protobuf.WellKnownTypes.Value.ForBool(_random.Next(2) == 0),
        2 => Google.Protobuf.WellKnownTypes.Value.ForNumber(Pick(0d, -1.5, 1e300)),
        3 => Google.Protobuf.WellKnownTypes.Value.ForString(Strings[_random.Next(Strings.Length)]),
        4 => Google.Protobuf.WellKnownTypes.Value.ForStruct(Struct(depth + 1)),
        _ => Google.Protobuf.WellKnownTypes.Value.ForList(Dynamic(depth + 1)),
    };

    private T Pick<T>(params T[] values) => values[_random.Next(values.Length)];

    private byte[] Bytes()
    {
        byte[] bytes = new byte[_random.Next(40)];
        _random.NextBytes(bytes);
        return bytes;
    }
}
