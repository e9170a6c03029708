using System.Globalization;
using System.Text;
using Google.Protobuf.WellKnownTypes;
using Mesh.Primitives;
using Mesh.Resources;
using Mesh.Wire.Text;

namespace Mesh.Wire.Decode;

/// <summary>The fields of one policy of gRPC's in the JSON form of a service config, which is that of protobuf: numbers may be texts, null is unset.</summary>
internal sealed class GrpcPolicyFields(Struct config, ErrorCollector errors)
{
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);

    public bool? Flag(string name) => Find(name) switch
    {
        null => null,
        { KindCase: Value.KindOneofCase.BoolValue } value => value.BoolValue,
        _ => Wrong<bool>(name, "true or false"),
    };

    public string? Text(string name)
    {
        Value? value = Find(name);
        if (value is null || value.KindCase == Value.KindOneofCase.StringValue)
            return value?.StringValue;
        errors.Error(name, "is not a text");
        return null;
    }

    public double? Number(string name) => Find(name) switch
    {
        null => null,
        { KindCase: Value.KindOneofCase.NumberValue } value => value.NumberValue,
        { KindCase: Value.KindOneofCase.StringValue } value when double.TryParse(value.StringValue, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) => number,
        _ => Wrong<double>(name, "a number"),
    };

    public uint? UInt32(string name) => (uint?)Whole(name, uint.MaxValue);

    /// <summary>A whole number from 0.</summary>
    public ulong? Whole(string name, ulong most)
    {
        if (Number(name) is not { } number)
            return null;
        return number >= 0 && number <= most && Math.Truncate(number) == number ? (ulong)number : Wrong<ulong>(name, $"a whole number from 0 to {most}");
    }

    public TimeSpan? Time(string name)
    {
        if (Text(name) is not { } text)
            return null;
        return TimeText.TryParseDuration(Encoding.UTF8.GetBytes(text), out long seconds, out int nanos)
            ? new Duration { Seconds = seconds, Nanos = nanos }.Read(name, errors)
            : Wrong<TimeSpan>(name, "a duration such as 1.5s");
    }

    public ListValue? List(string name)
    {
        Value? value = Find(name);
        if (value?.ListValue is null)
            errors.Error(name, value is null ? "required" : "is not a list");
        return value?.ListValue;
    }

    public ValueList<string> Texts(string name)
    {
        Value? value = Find(name);
        if (value is null)
            return [];
        if (value.ListValue is not { } list || list.Values.Any(each => each.KindCase != Value.KindOneofCase.StringValue))
        {
            errors.Error(name, "is not a list of texts");
            return [];
        }

        return list.Values.Select(each => each.StringValue).ToValueList();
    }

    /// <summary>What nobody asked for has no effect.</summary>
    public void WarnOfOthers()
    {
        foreach (string name in config.Fields.Keys.Where(name => !_asked.Contains(name)).Order(StringComparer.Ordinal))
            errors.Warning(name, "is not known: it has no effect");
    }

    private Value? Find(string name)
    {
        _asked.Add(name);
        return config.Fields.TryGetValue(name, out Value? value) && value.KindCase != Value.KindOneofCase.NullValue ? value : null;
    }

    private T? Wrong<T>(string name, string allowed)
        where T : struct
    {
        errors.Error(name, $"is not {allowed}");
        return null;
    }
}
