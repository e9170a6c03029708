using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Mesh.Wire.Text;

/// <summary>
/// Finds a value by its name in UTF-8, without making a string: open addressing, at most half full. Filled once, then
/// only read.
/// </summary>
internal sealed class NameIndex<T>
{
    private readonly Slot[] _slots;

    public NameIndex(IReadOnlyCollection<KeyValuePair<string, T>> entries)
    {
        _slots = new Slot[BitOperations.RoundUpToPowerOf2((uint)Math.Max(entries.Count, 1) * 2)];
        foreach ((string name, T value) in entries)
            Add(Encoding.UTF8.GetBytes(name), value);
    }

    public bool TryFind(ReadOnlySpan<byte> name, out T? value)
    {
        uint mask = (uint)_slots.Length - 1;
        for (uint i = Hash(name) & mask; ; i = (i + 1) & mask)
        {
            ref readonly Slot slot = ref _slots[i];
            if (slot.Name is null)
            {
                value = default;
                return false;
            }

            if (name.SequenceEqual(slot.Name))
            {
                value = slot.Value;
                return true;
            }
        }
    }

    private void Add(byte[] name, T value)
    {
        uint mask = (uint)_slots.Length - 1;
        uint i = Hash(name) & mask;
        while (_slots[i].Name is { } taken)
        {
            if (taken.AsSpan().SequenceEqual(name))
                return; // the JSON name and the proto name of one field may be the same
            i = (i + 1) & mask;
        }

        _slots[i] = new Slot(name, value);
    }

    // Both ends and the length tell field names apart well; what lies between need not be read.
    private static uint Hash(ReadOnlySpan<byte> name)
    {
        ulong head = 0;
        ulong tail = 0;
        if (name.Length >= sizeof(ulong))
        {
            head = BinaryPrimitives.ReadUInt64LittleEndian(name);
            tail = BinaryPrimitives.ReadUInt64LittleEndian(name[^sizeof(ulong)..]);
        }
        else if (name.Length >= sizeof(uint))
        {
            head = BinaryPrimitives.ReadUInt32LittleEndian(name);
            tail = BinaryPrimitives.ReadUInt32LittleEndian(name[^sizeof(uint)..]);
        }
        else
        {
            foreach (byte b in name)
                head = (head << 8) | b;
        }

        ulong mixed = (head ^ BitOperations.RotateLeft(tail, 29) ^ (uint)name.Length) * 0x9E3779B97F4A7C15;
        return (uint)(mixed >> 32);
    }

    private readonly record struct Slot(byte[] Name, T Value);
}
