using System.Buffers.Text;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Mesh.Wire.Text;

/// <content>Numbers, booleans, enums, strings and bytes.</content>
internal sealed partial class JsonTranscoder
{
    /// <summary>The value as the bits its wire type carries.</summary>
    private bool TryReadScalar(ref Utf8JsonReader reader, FieldEntry field, out ulong bits)
    {
        switch (field.Type)
        {
            case FieldType.Bool:
                bits = reader.TokenType == JsonTokenType.True ? 1u : 0u;
                return reader.TokenType is JsonTokenType.True or JsonTokenType.False || Expected(ref reader, "true or false");
            case FieldType.Enum:
                return TryReadEnum(ref reader, field.Enum!, out bits);
            case FieldType.Double:
                bool isDouble = TryReadDouble(ref reader, isSingle: false, out double value);
                bits = BitConverter.DoubleToUInt64Bits(value);
                return isDouble;
            case FieldType.Float:
                bool isFloat = TryReadDouble(ref reader, isSingle: true, out double single);
                bits = BitConverter.SingleToUInt32Bits((float)single);
                return isFloat;
            case FieldType.UInt32 or FieldType.Fixed32:
                return TryReadInteger(ref reader, 0, uint.MaxValue, out bits);
            case FieldType.UInt64 or FieldType.Fixed64:
                return TryReadInteger(ref reader, 0, ulong.MaxValue, out bits);
            case FieldType.Int32 or FieldType.SInt32 or FieldType.SFixed32:
                bool fits = TryReadInteger(ref reader, 1UL << 31, int.MaxValue, out bits);
                if (field.Type == FieldType.SInt32)
                    bits = (uint)(((int)bits << 1) ^ ((int)bits >> 31));
                return fits;
            default:
                bool fits64 = TryReadInteger(ref reader, 1UL << 63, long.MaxValue, out bits);
                if (field.Type == FieldType.SInt64)
                    bits = (ulong)(((long)bits << 1) ^ ((long)bits >> 63));
                return fits64;
        }
    }

    private void WriteScalar(FieldEntry field, ulong bits)
    {
        switch (field.ValueWireType)
        {
            case WireFormat.WireType.Fixed32:
                output.WriteFixed32((uint)bits);
                break;
            case WireFormat.WireType.Fixed64:
                output.WriteFixed64(bits);
                break;
            default:
                output.WriteVarint(bits);
                break;
        }
    }

    /// <summary>A whole number from -<paramref name="below"/> to <paramref name="max"/>, bare or quoted, sign-extended.</summary>
    private bool TryReadInteger(ref Utf8JsonReader reader, ulong below, ulong max, out ulong bits)
    {
        if (IsNumberOrString(ref reader)
            && JsonInteger.TryParse(reader.ValueSpan, out bool negative, out ulong magnitude)
            && magnitude <= (negative ? below : max))
        {
            bits = negative ? 0 - magnitude : magnitude;
            return true;
        }

        bits = 0;
        string least = below == 0 ? "0" : $"-{below}";
        return Expected(ref reader, $"a whole number from {least} to {max}");
    }

    private bool TryReadDouble(ref Utf8JsonReader reader, bool isSingle, out double value)
    {
        value = 0;
        ReadOnlySpan<byte> text = reader.ValueSpan;
        if (reader.TokenType == JsonTokenType.String)
        {
            double? named = text.SequenceEqual("NaN"u8) ? double.NaN
                : text.SequenceEqual("Infinity"u8) ? double.PositiveInfinity
                : text.SequenceEqual("-Infinity"u8) ? double.NegativeInfinity
                : null;
            if (named is not null)
            {
                value = named.Value;
                return true;
            }
        }

        // Utf8Parser reads more than JSON's grammar ("+1", "inf"): the first and the last byte tell.
        if (IsNumberOrString(ref reader)
            && text is [(byte)'-' or (>= (byte)'0' and <= (byte)'9'), ..] and [.., >= (byte)'0' and <= (byte)'9']
            && Utf8Parser.TryParse(text, out value, out int used) && used == text.Length
            && (isSingle ? float.IsFinite((float)value) : double.IsFinite(value)))
        {
            return true;
        }

        value = 0;
        string max = isSingle ? "3.4028235E+38" : "1.7976931348623157E+308";
        return Expected(ref reader, $"a number from -{max} to {max}");
    }

    private static bool IsNumberOrString(ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.Number || (reader.TokenType == JsonTokenType.String && !reader.ValueIsEscaped);

    private bool TryReadEnum(ref Utf8JsonReader reader, EnumTable type, out ulong bits)
    {
        bits = 0;
        if (reader.TokenType == JsonTokenType.Number)
            return TryReadInteger(ref reader, 1UL << 31, int.MaxValue, out bits); // proto3 enums are open
        if (reader.TokenType != JsonTokenType.String || !type.TryFind(reader.ValueSpan, out int number))
            return Expected(ref reader, $"one of {type.Allowed}");
        bits = (ulong)number;
        return true;
    }

    private void ReadString(ref Utf8JsonReader reader, FieldEntry field)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            string hint = reader.TokenType is JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False ? "; quote it" : "";
            Refuse(ref reader, $"expected a string, found {Excerpt.Found(ref reader)}{hint}");
            return;
        }

        if (reader.ValueSpan.IsEmpty && field.IsImplicit)
            return;
        int before = output.Length;
        output.WriteVarint(field.Tag);
        if (!TryWriteText(ref reader, out _))
            output.Truncate(before);
    }

    /// <summary>Writes the string or property name the reader stands at with its length.</summary>
    private bool TryWriteText(ref Utf8JsonReader reader, out int length)
    {
        ReadOnlySpan<byte> raw = reader.ValueSpan;
        if (!JsonStrings.IsValid(raw, reader.ValueIsEscaped))
        {
            length = 0;
            Report($"not valid Unicode: \"{Excerpt.Of(raw)}\"");
            return false;
        }

        if (!reader.ValueIsEscaped)
        {
            output.WriteVarint((ulong)raw.Length);
            output.Write(raw);
            length = raw.Length;
            return true;
        }

        int start = output.Open();
        length = reader.CopyString(output.Reserve(raw.Length));
        output.Advance(length);
        output.Close(start);
        return true;
    }

    private void ReadBytes(ref Utf8JsonReader reader, FieldEntry field)
    {
        if (reader.TokenType != JsonTokenType.String || !JsonStrings.IsValid(reader.ValueSpan, reader.ValueIsEscaped))
        {
            Expected(ref reader, "base64");
            return;
        }

        int before = output.Length;
        output.WriteVarint(field.Tag);
        int start = output.Open();
        Span<byte> text = output.Reserve(reader.ValueSpan.Length);
        text = text[..reader.CopyString(text)];

        // Both alphabets are allowed, padded or not; one of them is enough to decode.
        text.Replace((byte)'+', (byte)'-');
        text.Replace((byte)'/', (byte)'_');
        if (!Base64Url.IsValid(text))
        {
            output.Truncate(before);
            Expected(ref reader, "base64");
            return;
        }

        output.Advance(Base64Url.DecodeFromUtf8InPlace(text));
        output.Close(start);
        if (output.Length == start && field.IsImplicit)
            output.Truncate(before);
    }
}
