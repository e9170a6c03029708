using System.Buffers.Binary;

namespace Mesh.Primitives;

/// <summary>MurmurHash64A, with the seed of the C++ standard library: <c>MURMUR_HASH_2</c> of rings.</summary>
internal static class MurmurHash2
{
    private const ulong Seed = 0xc70f6907, Multiplier = 0xc6a4a7935bd1e995;

    public static ulong Hash(ReadOnlySpan<byte> bytes)
    {
        ulong hash = Seed ^ ((ulong)bytes.Length * Multiplier);
        for (; bytes.Length >= 8; bytes = bytes[8..])
            hash = (hash ^ Mix(BinaryPrimitives.ReadUInt64LittleEndian(bytes) * Multiplier)) * Multiplier;
        if (bytes.Length > 0)
        {
            ulong rest = 0;
            for (int i = 0; i < bytes.Length; i++)
                rest |= (ulong)bytes[i] << (8 * i);
            hash = (hash ^ rest) * Multiplier;
        }

        return Shift(Shift(hash) * Multiplier);
    }

    private static ulong Mix(ulong block) => Shift(block) * Multiplier;

    private static ulong Shift(ulong value) => value ^ (value >> 47);
}
