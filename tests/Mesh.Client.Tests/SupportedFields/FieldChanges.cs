using System.Collections;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace Mesh.Client.Tests.SupportedFields;

/// <summary>Other values for a field: small changes that leave everything else as it is.</summary>
internal static class FieldChanges
{
    /// <summary>Changes of a field, each of which its support must make visible; none for a message that is not set here.</summary>
    /// <param name="place">The message that holds the field.</param>
    /// <param name="field">The field.</param>
    /// <param name="texts">Texts that mean something in a field; null for one that needs none.</param>
    public static IEnumerable<Action<IMessage>> Of(Place place, FieldDescriptor field, Func<string, object?> texts)
    {
        object? value = field.Accessor.GetValue(place.Message);
        if (value is IDictionary map)
            return map.Count == 0 ? [] : [message => ((IDictionary)field.Accessor.GetValue(message)).Clear()];
        if (value is IList list)
            return OfList(field, list.Count);
        if (Place.HoldsMessages(field))
            return value is null ? [] : [field.Accessor.Clear];
        return Others(field, value, texts($"{place.Shape}.{field.Name}")).Select(other => (Action<IMessage>)(message => field.Accessor.SetValue(message, other)));
    }

    /// <summary>Sets a field to something, whatever it is, so that the field is there on the wire.</summary>
    public static void SetToSomething(IMessage message, FieldDescriptor field)
    {
        if (field.IsMap)
            ((IDictionary)field.Accessor.GetValue(message)).Add("key", Something(field.MessageType.FindFieldByNumber(2)));
        else if (field.IsRepeated)
            ((IList)field.Accessor.GetValue(message)).Add(Something(field));
        else
            field.Accessor.SetValue(message, Something(field));
    }

    private static IEnumerable<Action<IMessage>> OfList(FieldDescriptor field, int count)
    {
        if (count > 0)
        {
            yield return message =>
            {
                var list = (IList)field.Accessor.GetValue(message);
                list.RemoveAt(list.Count - 1);
            };
        }

        if (field.FieldType != FieldType.Message)
            yield return message => ((IList)field.Accessor.GetValue(message)).Add(Added(field));
    }

    private static object Added(FieldDescriptor field) => field.FieldType switch
    {
        FieldType.UInt32 => 451u,
        FieldType.Enum => System.Enum.ToObject(field.EnumType.ClrType, 2),
        _ => "added",
    };

    private static IEnumerable<object> Others(FieldDescriptor field, object? value, object? text)
    {
        if (text is not null)
            return [text];
        if (field.FieldType == FieldType.Enum)
            return field.EnumType.Values.Select(v => System.Enum.ToObject(field.EnumType.ClrType, v.Number)).Where(other => !other.Equals(value));
        return value switch
        {
            string old => [old + "x"],
            bool old => [!old],
            uint old => [old + 1],
            int old => [old + 1],
            ulong old => [old + 1],
            double old => [old + 1],
            float old => [old + 1],
            long old => [old + 1, old - 1],
            ByteString => [ByteString.CopyFromUtf8("raw")],
            Duration old => [new Duration { Seconds = old.Seconds + 1, Nanos = old.Nanos }],
            Struct => [new Struct()],
            null when field.MessageType == Struct.Descriptor => [new Struct { Fields = { ["stage"] = Value.ForString("one") } }],
            null when field.MessageType == BoolValue.Descriptor => [true, false],
            null when field.MessageType == UInt32Value.Descriptor => [7u],
            null when field.MessageType == UInt64Value.Descriptor => [96ul],
            null when field.MessageType == Duration.Descriptor => [new Duration { Seconds = 3 }],
            _ => throw new NotSupportedException($"{field.FullName} needs a value to be changed to"),
        };
    }

    private static object Something(FieldDescriptor field) => field.FieldType switch
    {
        FieldType.String => "x",
        FieldType.Bool => true,
        FieldType.Bytes => ByteString.CopyFrom(8, 1),
        FieldType.UInt32 => 1u,
        FieldType.Int32 => 1,
        FieldType.Int64 => 1L,
        FieldType.Double => 1.0,
        FieldType.Enum => System.Enum.ToObject(field.EnumType.ClrType, 1),
        FieldType.Message when field.MessageType == BoolValue.Descriptor => true,
        FieldType.Message when field.MessageType == UInt32Value.Descriptor => 1u,
        FieldType.Message when field.MessageType == UInt64Value.Descriptor => 1UL,
        FieldType.Message when field.MessageType == DoubleValue.Descriptor => 1.0,
        FieldType.Message => field.MessageType.Parser.ParseFrom(ByteString.Empty),
        var other => throw new NotSupportedException($"{field.FullName} is a {other}"),
    };
}
