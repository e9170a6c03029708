using System.Buffers.Binary;
using Google.Protobuf;

namespace Mesh.Wire.Validate;

/// <summary>
/// Steps over the fields of one message on the wire without copying or throwing. Offsets count from the start of all
/// the bytes, so they stay good in nested messages.
/// </summary>
internal ref struct WireReader
{
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly int _end;
    private int _position;

    public WireReader(ReadOnlySpan<byte> bytes)
        : this(bytes, 0, bytes.Length)
    {
    }

    public WireReader(ReadOnlySpan<byte> bytes, int start, int end)
    {
        _bytes = bytes;
        _position = start;
        _end = end;
    }

    public int Number { get; private set; }

    public WireFormat.WireType WireType { get; private set; }

    /// <summary>The value of a varint or fixed field.</summary>
    public ulong Bits { get; private set; }

    /// <summary>The content of a length-delimited field.</summary>
    public int ValueStart { get; private set; }

    public int ValueEnd { get; private set; }

    /// <summary>What is wrong with the bytes; null while nothing is.</summary>
    public string? Malformed { get; private set; }

    public readonly bool AtEnd => _position == _end;

    public readonly ReadOnlySpan<byte> Value => _bytes[ValueStart..ValueEnd];

    /// <summary>Reads the next field; false at the end and at malformed bytes.</summary>
    public bool Read()
    {
        if (_position == _end || Malformed is not null || !TryReadVarint(out ulong tag))
            return false;

        WireType = (WireFormat.WireType)(tag & 7);
        Number = (int)(tag >> 3);
        if (tag > uint.MaxValue || Number == 0)
            return Fail("a tag is not one of protobuf's");

        switch (WireType)
        {
            case WireFormat.WireType.Varint:
                if (!TryReadVarint(out ulong varint))
                    return false;
                Bits = varint;
                return true;
            case WireFormat.WireType.Fixed64:
                if (!TryTake(sizeof(ulong)))
                    return false;
                Bits = BinaryPrimitives.ReadUInt64LittleEndian(_bytes[ValueStart..]);
                return true;
            case WireFormat.WireType.Fixed32:
                if (!TryTake(sizeof(uint)))
                    return false;
                Bits = BinaryPrimitives.ReadUInt32LittleEndian(_bytes[ValueStart..]);
                return true;
            case WireFormat.WireType.LengthDelimited:
                return TryReadVarint(out ulong length) && TryTake(length);
            default:
                return Fail("groups are no part of proto3");
        }
    }

    private bool TryTake(ulong length)
    {
        if (length > (ulong)(_end - _position))
            return Fail("the bytes end within a field");
        ValueStart = _position;
        ValueEnd = _position += (int)length;
        return true;
    }

    /// <summary>Reads a bare varint, as a packed list holds them.</summary>
    public bool TryReadVarint(out ulong value)
    {
        value = 0;
        for (int shift = 0; shift < 70; shift += 7)
        {
            if (_position == _end)
                return Fail("the bytes end within a field");
            byte b = _bytes[_position++];
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
                return true;
        }

        return Fail("a number is longer than ten bytes");
    }

    private bool Fail(string what)
    {
        Malformed = what;
        return false;
    }
}
