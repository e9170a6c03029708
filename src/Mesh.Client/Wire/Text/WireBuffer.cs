using System.Buffers.Binary;

namespace Mesh.Wire.Text;

/// <summary>
/// Bytes under construction, protobuf's or JSON's: one array that grows. A nested message reserves one byte for its length
/// and is moved up when it turns out to need more, so nothing is measured beforehand.
/// </summary>
internal sealed class WireBuffer(int capacity = 4096)
{
    private byte[] _bytes = new byte[Math.Max(capacity, 16)];
    private int _length;

    public int Length => _length;

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    public void Clear() => _length = 0;

    /// <summary>Takes back what was written after <paramref name="length"/>.</summary>
    public void Truncate(int length) => _length = Math.Min(length, _length);

    public void WriteVarint(ulong value)
    {
        Ensure(10);
        while (value >= 0x80)
        {
            _bytes[_length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        _bytes[_length++] = (byte)value;
    }

    public void WriteFixed32(uint value)
    {
        Ensure(sizeof(uint));
        BinaryPrimitives.WriteUInt32LittleEndian(_bytes.AsSpan(_length), value);
        _length += sizeof(uint);
    }

    public void WriteFixed64(ulong value)
    {
        Ensure(sizeof(ulong));
        BinaryPrimitives.WriteUInt64LittleEndian(_bytes.AsSpan(_length), value);
        _length += sizeof(ulong);
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Reserve(bytes.Length));
        _length += bytes.Length;
    }

    /// <summary>Room for at least <paramref name="size"/> bytes behind the end; <see cref="Advance"/> takes what was used.</summary>
    public Span<byte> Reserve(int size)
    {
        Ensure(size);
        return _bytes.AsSpan(_length);
    }

    public void Advance(int size) => _length += size;

    /// <summary>Begins a length-delimited value and returns where its content starts.</summary>
    public int Open()
    {
        Ensure(1);
        return ++_length;
    }

    /// <summary>Ends the length-delimited value whose content started at <paramref name="start"/>.</summary>
    public void Close(int start)
    {
        int length = _length - start;
        if (length < 0x80)
        {
            _bytes[start - 1] = (byte)length;
            return;
        }

        int extra = 0;
        for (int rest = length >> 7; rest > 0; rest >>= 7)
            extra++;
        Ensure(extra);
        _bytes.AsSpan(start, length).CopyTo(_bytes.AsSpan(start + extra));
        _length = start - 1;
        WriteVarint((ulong)length);
        _length += length;
    }

    private void Ensure(int size)
    {
        if (_bytes.Length - _length < size)
            Array.Resize(ref _bytes, (int)Math.Min(Math.Max(2L * _bytes.Length, (long)_length + size), Array.MaxLength));
    }
}
